#include "services/iam/attachment.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/membership.hpp"

namespace orrery::iam {

namespace {

constexpr std::string_view kMember = "member";
constexpr int kMostGroups = 10;

storage::Target group_target(const std::string& id) { return {"iam", std::string(kGroup.kind), id}; }

std::string arn_key(const Json& item) { return item["Arn"].get<std::string>(); }

std::vector<std::string> members_of(RequestContext& context, const storage::Resource& group) {
  std::vector<std::string> out;
  for (const auto& edge : table(context).links_to(kGroup.kind, group.id)) {
    if (edge.role == kMember) out.push_back(edge.from.id);
  }
  return out;
}

}  // namespace

std::vector<std::string> groups_of(RequestContext& context, const storage::Resource& user) {
  std::vector<std::string> out;
  for (const auto& edge : table(context).links_from(kUser.kind, user.id)) {
    if (edge.role == kMember) out.push_back(edge.to.id);
  }
  return out;
}

Json create_group(RequestContext& context, const Input& input) {
  const std::string name = input.str("GroupName"), path = read_path(input);
  const storage::Resource group = new_entity(context, kGroup, path, name, name_taken("Group", name));
  table(context).put(group);
  return {{"Group", group.document}};
}

Json get_group(RequestContext& context, const Input& input) {
  const storage::Resource group = find_group(context, input.str("GroupName"));
  std::vector<Json> users;
  for (const auto& id : members_of(context, group)) {
    if (auto user = table(context).find(kUser.kind, id)) users.push_back(std::move(user->document));
  }
  Json out = page(input, "Users", std::move(users), arn_key);
  out["Group"] = group.document;
  return out;
}

Json list_groups(RequestContext& context, const Input& input) {
  const std::string prefix = input.str("PathPrefix");
  std::vector<Json> groups;
  for (auto& group : table(context).list(kGroup.kind)) {
    if (has_path_prefix(group.document, prefix)) groups.push_back(std::move(group.document));
  }
  return page(input, "Groups", std::move(groups), arn_key);
}

Json list_groups_for_user(RequestContext& context, const Input& input) {
  std::vector<Json> groups;
  for (const auto& id : groups_of(context, find_user(context, input.str("UserName")))) {
    if (auto group = table(context).find(kGroup.kind, id)) groups.push_back(std::move(group->document));
  }
  return page(input, "Groups", std::move(groups), arn_key);
}

Json update_group(RequestContext& context, const Input& input) {
  const std::string name = input.str("NewGroupName", input.str("GroupName"));
  rename_entity(context, kGroup, find_group(context, input.str("GroupName")), input, name, name_taken("Group", name));
  return Json::object();
}

Json delete_group(RequestContext& context, const Input& input) {
  const storage::Resource group = find_group(context, input.str("GroupName"));
  if (!members_of(context, group).empty())
    throw delete_conflict("Cannot delete entity, must remove users from group first.");
  refuse_while_policies(context, kGroup, group);
  table(context).erase(kGroup.kind, group.id);
  return Json::object();
}

Json add_user_to_group(RequestContext& context, const Input& input) {
  const storage::Resource group = find_group(context, input.str("GroupName"));
  const storage::Resource user = find_user(context, input.str("UserName"));
  const auto groups = groups_of(context, user);
  const bool there = std::find(groups.begin(), groups.end(), group.id) != groups.end();
  if (!there && groups.size() >= kMostGroups) throw quota_exceeded("GroupsPerUser", kMostGroups);
  table(context).link(kUser.kind, user.id, kMember, group_target(group.id));
  return Json::object();
}

Json remove_user_from_group(RequestContext& context, const Input& input) {
  const storage::Resource group = find_group(context, input.str("GroupName"));
  const storage::Resource user = find_user(context, input.str("UserName"));
  table(context).unlink(kUser.kind, user.id, kMember, group_target(group.id));
  return Json::object();
}

}  // namespace orrery::iam
