#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/rds/engines.hpp"

namespace orrery::rds {

/// The ARN of an enabled key; `reference` "" means the service's own ("alias/aws/rds"). KMSKeyNotAccessibleFault.
std::string key_arn(RequestContext& context, const std::string& reference, std::string_view fallback = "alias/aws/rds");

/// MasterUsername and its password: given, or generated and kept in Secrets Manager (ManageMasterUserPassword).
void settle_credentials(RequestContext& context, const Engine& engine, const Input& input, storage::Resource& instance);
/// The changes ModifyDBInstance can make to them.
void change_credentials(RequestContext& context, const Engine& engine, const Input& input, storage::Resource& instance);
/// ManageMasterUserPassword of a restored instance: a new password, kept in Secrets Manager.
void manage_password(RequestContext& context, const Input& input, storage::Resource& instance);
void drop_credentials(RequestContext& context, const storage::Resource& instance);

}  // namespace orrery::rds
