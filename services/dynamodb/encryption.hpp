#pragma once
#include <optional>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::dynamodb {

// Encryption at rest: what an SSESpecification asks for, and what becomes of a table whose key can't be used. Answers
// and words as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

/// DynamoDB's key in each account and region.
inline constexpr const char* kManagedKey = "alias/aws/dynamodb";

/// The SSEDescription of a table that is encrypted with this key.
Json encrypted_with(const std::string& key_arn);

/// The SSEDescription of a new table; null where it is encrypted with DynamoDB's own key. Refuses a key that DynamoDB
/// can't use.
Json sse_description(RequestContext& context, const std::optional<Input>& specification);

/// For UpdateTable; `table` is to be put by the caller.
void change_encryption(RequestContext& context, storage::Resource& table, const Input& specification);

/// Refuses in KMS's words where the key of the table's description can't be used.
void check_table_key(RequestContext& context, const Json& document);

/// Since when its items can't be read for the state of their key; nullopt while they can.
std::optional<aws::Millis> unreadable_since(RequestContext& context, const Json& document);

/// INACCESSIBLE_ENCRYPTION_CREDENTIALS, in a description that is about to be answered.
void show_key_state(RequestContext& context, Json& description);

}  // namespace orrery::dynamodb
