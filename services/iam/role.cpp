#include "services/iam/attachment.hpp"
#include "services/iam/documents.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"

namespace orrery::iam {

namespace {

constexpr std::int64_t kDefaultSession = 3600;

/// A role as GetRole shows it.
Json full_role(RequestContext& context, const storage::Resource& role) {
  Json out = role.document;
  add_boundary(context, kRole, role, out);
  add_tags(out, table(context).tags(kRole.kind, role.id));
  return out;
}

void refuse_service_linked(const storage::Resource& role) {
  if (role.document.value("Path", "").starts_with("/aws-service-role/"))
    throw unmodifiable_entity("Cannot perform the operation on the protected role '" +
                              role.document.value("RoleName", "") + "' - this role is only modifiable by AWS");
}

}  // namespace

Json create_role(RequestContext& context, const Input& input) {
  const std::string name = input.str("RoleName"), path = read_path(input);
  const storage::Tags tags = read_tags(input);
  if (path.starts_with("/aws-service-role/"))
    throw validation_error("Role paths that start with /aws-service-role/ are reserved for service-linked roles.");
  storage::Resource role = new_entity(context, kRole, path, name, name_taken("Role", name));
  role.document.update(
      {{"AssumeRolePolicyDocument", checked_trust_policy(context, input.str("AssumeRolePolicyDocument"), role.arn)},
       {"MaxSessionDuration", input.integer("MaxSessionDuration", kDefaultSession)},
       {"RoleLastUsed", Json::object()}});
  if (const auto description = input.find_str("Description")) role.document["Description"] = *description;
  table(context).put(role);
  table(context).tag(kRole.kind, role.id, tags);
  if (const auto boundary = input.find_str("PermissionsBoundary")) set_boundary(context, kRole, role, *boundary);
  Json out = full_role(context, role);
  out.erase("RoleLastUsed");
  return {{"Role", out}};
}

Json get_role(RequestContext& context, const Input& input) {
  return {{"Role", full_role(context, find_role(context, input.str("RoleName")))}};
}

Json list_roles(RequestContext& context, const Input& input) {
  const std::string prefix = input.str("PathPrefix");
  std::vector<Json> roles;
  for (auto& role : table(context).list(kRole.kind)) {
    if (!has_path_prefix(role.document, prefix)) continue;
    role.document.erase("RoleLastUsed");  // ListRoles leaves it, tags and the boundary out (IAM API reference)
    roles.push_back(std::move(role.document));
  }
  return page(input, "Roles", std::move(roles), [](const Json& role) { return role["Arn"].get<std::string>(); });
}

Json update_role(RequestContext& context, const Input& input) {
  storage::Resource role = find_role(context, input.str("RoleName"));
  refuse_service_linked(role);
  if (const auto description = input.find_str("Description")) role.document["Description"] = *description;
  role.document["MaxSessionDuration"] = input.integer("MaxSessionDuration", kDefaultSession);
  table(context).put(role);
  return Json::object();
}

Json update_role_description(RequestContext& context, const Input& input) {
  storage::Resource role = find_role(context, input.str("RoleName"));
  role.document["Description"] = input.str("Description");
  table(context).put(role);
  return {{"Role", full_role(context, role)}};
}

Json update_assume_role_policy(RequestContext& context, const Input& input) {
  storage::Resource role = find_role(context, input.str("RoleName"));
  refuse_service_linked(role);
  role.document["AssumeRolePolicyDocument"] = checked_trust_policy(context, input.str("PolicyDocument"), role.arn);
  table(context).put(role);
  return Json::object();
}

Json delete_role(RequestContext& context, const Input& input) {
  const storage::Resource role = find_role(context, input.str("RoleName"));
  refuse_service_linked(role);
  for (const auto& edge : table(context).links_to(kRole.kind, role.id)) {
    if (edge.from.kind == kInstanceProfile.kind)
      throw delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  refuse_while_policies(context, kRole, role);
  table(context).erase(kRole.kind, role.id);
  return Json::object();
}

}  // namespace orrery::iam
