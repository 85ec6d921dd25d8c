#include "services/iam/attachment.hpp"

#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/managed_policies.hpp"

namespace orrery::iam {

namespace {

// AWS's default quotas (IAM user guide, "IAM and AWS STS quotas").
constexpr std::size_t kMostAttached = 10;

storage::Target policy_target(const std::string& arn) { return {"iam", std::string(kPolicy.kind), arn}; }

std::string quota_name(const Entity& entity) {
  if (entity.kind == kRole.kind) return "PoliciesPerRole";
  return entity.kind == kUser.kind ? "PoliciesPerUser" : "PoliciesPerGroup";
}

/// The path that an ARN's resource part has between its type and its name.
std::string path_of_arn(const std::string& arn) {
  const auto first = arn.find('/'), last = arn.rfind('/');
  return arn.substr(first, last - first + 1);
}

std::string name_of_arn(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

}  // namespace

void check_attachable(RequestContext& context, const std::string& arn) {
  if (find_managed_policy(arn) != nullptr) return;
  const auto found = table(context).find(kPolicy.kind, lower(name_of_arn(arn)));
  if (!found || found->arn != arn) throw policy_not_attachable(arn);
}

std::vector<std::string> attached_arns(RequestContext& context, const Entity& entity, const storage::Resource& of) {
  std::vector<std::string> out;
  for (const auto& edge : table(context).links_from(entity.kind, of.id)) {
    if (edge.role == kAttached) out.push_back(edge.to.id);
  }
  return out;
}

std::int64_t use_count(RequestContext& context, const std::string& policy_arn, std::string_view role) {
  std::int64_t count = 0;
  for (const auto& edge : table(context).links_to(kPolicy.kind, policy_arn)) count += edge.role == role ? 1 : 0;
  return count;
}

void set_boundary(RequestContext& context, const Entity& entity, const storage::Resource& of, const std::string& arn) {
  check_attachable(context, arn);
  table(context).unlink(entity.kind, of.id, kBoundary);
  table(context).link(entity.kind, of.id, kBoundary, policy_target(arn));
}

void add_boundary(RequestContext& context, const Entity& entity, const storage::Resource& of, Json& document) {
  for (const auto& edge : table(context).links_from(entity.kind, of.id)) {
    if (edge.role != kBoundary) continue;
    document["PermissionsBoundary"] = {{"PermissionsBoundaryType", "Policy"}, {"PermissionsBoundaryArn", edge.to.id}};
  }
}

void refuse_while_policies(RequestContext& context, const Entity& entity, const storage::Resource& of) {
  if (!attached_arns(context, entity, of).empty())
    throw delete_conflict("Cannot delete entity, must detach all policies first.");
  if (!list_prefixed(context, inline_kind(entity), inline_prefix(of)).empty())
    throw delete_conflict("Cannot delete entity, must delete policies first.");
}

Json attach_policy(RequestContext& context, const Input& input, const Entity& entity) {
  const std::string arn = input.str("PolicyArn");
  const storage::Resource to = entity.find(context, input.str(entity.name_member));
  check_attachable(context, arn);
  const auto attached = attached_arns(context, entity, to);
  const bool there = std::find(attached.begin(), attached.end(), arn) != attached.end();
  if (!there && attached.size() >= kMostAttached) throw quota_exceeded(quota_name(entity), kMostAttached);
  table(context).link(entity.kind, to.id, kAttached, policy_target(arn));
  return Json::object();
}

Json detach_policy(RequestContext& context, const Input& input, const Entity& entity) {
  const std::string arn = input.str("PolicyArn");
  const storage::Resource from = entity.find(context, input.str(entity.name_member));
  const auto attached = attached_arns(context, entity, from);
  if (std::find(attached.begin(), attached.end(), arn) == attached.end()) throw policy_not_found(arn);
  table(context).unlink(entity.kind, from.id, kAttached, policy_target(arn));
  return Json::object();
}

Json list_attached_policies(RequestContext& context, const Input& input, const Entity& entity) {
  const std::string prefix = input.str("PathPrefix");
  std::vector<Json> items;
  for (const auto& arn : attached_arns(context, entity, entity.find(context, input.str(entity.name_member)))) {
    if (!path_of_arn(arn).starts_with(prefix)) continue;
    items.push_back({{"PolicyName", name_of_arn(arn)}, {"PolicyArn", arn}});
  }
  return page(input, "AttachedPolicies", std::move(items),
              [](const Json& item) { return item["PolicyArn"].get<std::string>(); });
}

Json put_permissions_boundary(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource of = entity.find(context, input.str(entity.name_member));
  set_boundary(context, entity, of, input.str("PermissionsBoundary"));
  return Json::object();
}

Json delete_permissions_boundary(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource of = entity.find(context, input.str(entity.name_member));
  table(context).unlink(entity.kind, of.id, kBoundary);
  return Json::object();
}

Json list_entities_for_policy(RequestContext& context, const Input& input) {
  const std::string arn = input.str("PolicyArn"), filter = input.str("EntityFilter"), prefix = input.str("PathPrefix");
  const std::string usage = input.str("PolicyUsageFilter");
  if (find_managed_policy(arn) == nullptr) find_policy(context, arn);
  std::vector<Json> items;
  for (const auto& edge : table(context).links_to(kPolicy.kind, arn)) {
    const bool wanted_use = usage.empty() || (usage == "PermissionsBoundary") == (edge.role == kBoundary);
    const std::string type = edge.from.kind == kRole.kind ? "Role" : edge.from.kind == kUser.kind ? "User" : "Group";
    const bool wanted_type = filter.empty() || filter == type;
    const auto entity = table(context).find(edge.from.kind, edge.from.id);
    if (!wanted_use || !wanted_type || !entity || !has_path_prefix(entity->document, prefix)) continue;
    items.push_back({{"type", type},
                     {type + "Name", entity->document[type + "Name"]},
                     {type + "Id", entity->document[type + "Id"]}});
  }
  Json all = page(input, "items", std::move(items), [](const Json& item) {
    const std::string type = item["type"];
    return type + "/" + item[type + "Name"].get<std::string>();
  });
  Json out = {{"PolicyGroups", Json::array()}, {"PolicyUsers", Json::array()}, {"PolicyRoles", Json::array()}};
  for (auto& item : all["items"]) {
    const std::string type = item["type"];
    item.erase("type");
    out["Policy" + type + "s"].push_back(item);
  }
  all.erase("items");
  out.update(all);
  return out;
}

}  // namespace orrery::iam
