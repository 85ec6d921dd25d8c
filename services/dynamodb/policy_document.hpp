#pragma once
#include <string>

#include "registry/context.hpp"

namespace orrery::dynamodb {

// The documents of resource-based policies: what may stand in them, and the one form in which DynamoDB keeps them
// (recorded in 2026, aws-controllers-k8s' notes on DynamoDB). Documents of the same form are the same policy.

/// What a policy is attached to decides which resources and actions it may name.
enum class PolicyOf { table, stream };

/// Checks a document and returns its form. `arn` is what it is attached to. Throws ValidationException.
std::string policy_form(RequestContext& context, const std::string& arn, PolicyOf of, const std::string& text);

/// The document of a form as GetResourcePolicy answers it. A missing Version is told as the old one, although a
/// document that says so is another.
std::string policy_text(const std::string& form);

/// AWS refuses what the policy of `resource`, a table or stream, denies the caller of this operation: a finding, where
/// one can be kept, as it may be another one who calls here. For operations whose action has their name.
void check_denial(RequestContext& context, const storage::Resource& resource);

/// Refuses a policy that keeps the caller from putting another one.
void check_lockout(RequestContext& context, const std::string& arn, const std::string& form);

}  // namespace orrery::dynamodb
