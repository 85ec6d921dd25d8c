#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"

namespace orrery::iam {

namespace {

constexpr std::string_view kHolds = "role";

enum class WithTags { no, yes };

/// A profile as IAM shows it: with its role in full.
Json profile_document(RequestContext& context, const storage::Resource& profile, WithTags with_tags) {
  Json out = profile.document;
  out["Roles"] = Json::array();
  for (const auto& edge : table(context).links_from(kInstanceProfile.kind, profile.id)) {
    auto role = table(context).find(kRole.kind, edge.to.id);
    if (!role) continue;
    for (const char* member : {"RoleLastUsed", "MaxSessionDuration", "Description"}) role->document.erase(member);
    out["Roles"].push_back(std::move(role->document));
  }
  if (with_tags == WithTags::yes) add_tags(out, table(context).tags(kInstanceProfile.kind, profile.id));
  return out;
}

storage::Target role_target(const storage::Resource& role) { return {"iam", std::string(kRole.kind), role.id}; }

std::string profile_arn_key(const Json& item) { return item["Arn"].get<std::string>(); }

}  // namespace

Json create_instance_profile(RequestContext& context, const Input& input) {
  const std::string name = input.str("InstanceProfileName"), path = read_path(input);
  const storage::Tags tags = read_tags(input);
  const storage::Resource profile = new_entity(context, kInstanceProfile, path, name,
                                               already_exists("Instance Profile " + name + " already exists."));
  table(context).put(profile);
  table(context).tag(kInstanceProfile.kind, profile.id, tags);
  return {{"InstanceProfile", profile_document(context, profile, WithTags::yes)}};
}

Json get_instance_profile(RequestContext& context, const Input& input) {
  const storage::Resource profile = find_instance_profile(context, input.str("InstanceProfileName"));
  return {{"InstanceProfile", profile_document(context, profile, WithTags::yes)}};
}

Json list_instance_profiles(RequestContext& context, const Input& input) {
  const std::string prefix = input.str("PathPrefix");
  std::vector<Json> items;
  for (const auto& profile : table(context).list(kInstanceProfile.kind)) {
    if (has_path_prefix(profile.document, prefix)) items.push_back(profile_document(context, profile, WithTags::no));
  }
  return page(input, "InstanceProfiles", std::move(items), profile_arn_key);
}

Json list_instance_profiles_for_role(RequestContext& context, const Input& input) {
  const storage::Resource role = find_role(context, input.str("RoleName"));
  std::vector<Json> items;
  for (const auto& edge : table(context).links_to(kRole.kind, role.id)) {
    if (edge.from.kind != kInstanceProfile.kind) continue;
    if (const auto profile = table(context).find(kInstanceProfile.kind, edge.from.id))
      items.push_back(profile_document(context, *profile, WithTags::no));
  }
  return page(input, "InstanceProfiles", std::move(items), profile_arn_key);
}

Json add_role_to_instance_profile(RequestContext& context, const Input& input) {
  const storage::Resource profile = find_instance_profile(context, input.str("InstanceProfileName"));
  const storage::Resource role = find_role(context, input.str("RoleName"));
  if (!table(context).links_from(kInstanceProfile.kind, profile.id).empty())
    throw quota_exceeded("InstanceSessionsPerInstanceProfile", 1);
  table(context).link(kInstanceProfile.kind, profile.id, kHolds, role_target(role));
  return Json::object();
}

Json remove_role_from_instance_profile(RequestContext& context, const Input& input) {
  const storage::Resource profile = find_instance_profile(context, input.str("InstanceProfileName"));
  const std::string name = input.str("RoleName");
  const storage::Resource role = find_role(context, name);
  const auto links = table(context).links_from(kInstanceProfile.kind, profile.id);
  if (links.empty() || links.front().to.id != role.id) throw not_found("role", name);
  table(context).unlink(kInstanceProfile.kind, profile.id, kHolds, role_target(role));
  return Json::object();
}

Json delete_instance_profile(RequestContext& context, const Input& input) {
  const storage::Resource profile = find_instance_profile(context, input.str("InstanceProfileName"));
  if (!table(context).links_from(kInstanceProfile.kind, profile.id).empty())
    throw delete_conflict("Cannot delete entity, must remove roles from instance profile first.");
  table(context).erase(kInstanceProfile.kind, profile.id);
  return Json::object();
}

}  // namespace orrery::iam
