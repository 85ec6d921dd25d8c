#pragma once
#include <string>
#include <vector>

#include "services/iam/entity.hpp"

namespace orrery::iam {

/// Roles of edges from an entity to a policy; the edge's target id is the policy's ARN, also for AWS's own.
inline constexpr std::string_view kAttached = "attached-policy", kBoundary = "permissions-boundary";

/// Throws NoSuchEntity for a policy that neither AWS nor this account has.
void check_attachable(RequestContext& context, const std::string& arn);
/// ARNs of the managed policies attached to an entity.
std::vector<std::string> attached_arns(RequestContext& context, const Entity& entity, const storage::Resource& of);
/// How many entities use a policy in this way.
std::int64_t use_count(RequestContext& context, const std::string& policy_arn, std::string_view role);

void set_boundary(RequestContext& context, const Entity& entity, const storage::Resource& of, const std::string& arn);
/// Sets `document[PermissionsBoundary]` where there is one.
void add_boundary(RequestContext& context, const Entity& entity, const storage::Resource& of, Json& document);

/// Throws DeleteConflict while the entity has attached or inline policies.
void refuse_while_policies(RequestContext& context, const Entity& entity, const storage::Resource& of);
/// Where an entity's inline policies are kept: their kind and the beginning of their ids.
std::string inline_kind(const Entity& entity);
std::string inline_prefix(const storage::Resource& of);

}  // namespace orrery::iam
