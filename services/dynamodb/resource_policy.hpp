#pragma once
#include <string>

#include "registry/context.hpp"

namespace orrery::dynamodb {

/// Checks and keeps the policy that CreateTable has; `table` is to be put by the caller.
void create_with_policy(RequestContext& context, storage::Resource& table, const std::string& policy);

/// For DeleteTable: throws ResourceInUseException while a change of the table's policy is under way.
void check_policy_settled(const RequestContext& context, const storage::Resource& table);

}  // namespace orrery::dynamodb
