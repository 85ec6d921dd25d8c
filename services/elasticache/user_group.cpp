#include <algorithm>
#include <set>

#include "services/elasticache/backing.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/live.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/serverless.hpp"
#include "services/elasticache/tags.hpp"
#include "services/elasticache/user.hpp"

namespace orrery::elasticache {

namespace {

constexpr std::string_view kUserGroup = "user-group";

storage::Resource user_group_named(RequestContext& context, const std::string& id) {
  auto group = context.resources().find(kUserGroup, lower(id));
  if (!group) throw user_group_not_found(id);
  return std::move(*group);
}

Json group_view(RequestContext& context, const storage::Resource& group) {
  Json out = group.document;
  out["ReplicationGroups"] = out["ServerlessCaches"] = Json::array();
  if (user_group_changes(context, group.id)) out["Status"] = "modifying";
  for (const storage::Edge& edge : context.resources().links_to(kUserGroup, group.id))
    out[edge.from.kind == kServerless ? "ServerlessCaches" : "ReplicationGroups"].push_back(edge.from.id);
  return out;
}

/// One user named "default" is required of redis groups; user names may not repeat.
void set_users(RequestContext& context, const std::vector<std::string>& ids, storage::Resource& group) {
  std::set<std::string> names;
  for (const std::string& id : ids)
    if (!names.insert(text(user_named(context, id).document, "UserName")).second)
      throw AwsError("DuplicateUserName", 400, "The user group can't hold two users of the same name.");
  if (group.document.at("Engine") == "redis" && !names.contains("default"))
    throw AwsError("DefaultUserRequired", 400, "User group needs to contain a user with the user name default.");
  group.document["UserIds"] = ids;
}

void store(RequestContext& context, const storage::Resource& group) {
  storage::ResourceTable table = context.resources();
  table.put(group);
  table.unlink(kUserGroup, group.id, "user");
  for (const Json& id : group.document.at("UserIds"))
    table.link(kUserGroup, group.id, "user", {"elasticache", "user", id});
  poke(context);
}

void check_group_engine(const std::string& engine) {
  if (engine != "redis" && engine != "valkey")
    throw invalid_parameter_value("Unsupported engine: " + engine + ". Valid engines are redis and valkey.");
}

}  // namespace

bool user_group_changes(RequestContext& context, const std::string& user_group) {
  Lives lives(context);
  for (const storage::Edge& edge : context.resources().links_to(kUserGroup, user_group))
    if (const auto user = context.resources().find(edge.from.kind, edge.from.id))
      if (edge.from.kind == kServerless ? lives.changing_serverless(*user) : lives.changing(*user)) return true;
  return false;
}

Json create_user_group(RequestContext& context, const Input& input) {
  const std::string id = checked_identifier("UserGroupId", input.str("UserGroupId"), 40),
                    engine = lower(input.str("Engine"));
  check_group_engine(engine);
  const storage::Tags tags = read_tags(input);
  if (context.resources().exists(kUserGroup, id))
    throw AwsError("UserGroupAlreadyExists", 400, "User group " + id + " already exists.");
  storage::Resource group{.kind = std::string(kUserGroup), .id = id, .arn = context.arn("usergroup:" + id)};
  group.created = context.now;
  group.document = {{"UserGroupId", id},
                    {"Status", "active"},
                    {"Engine", engine},
                    {"UserIds", Json::array()},
                    {"MinimumEngineVersion", engine == "valkey" ? "7.2" : "6.0"},
                    {"ARN", group.arn}};
  set_users(context, input.strings("UserIds"), group);
  store(context, group);
  context.resources().tag(kUserGroup, id, tags);
  return group_view(context, group);
}

Json describe_user_groups(RequestContext& context, const Input& input) {
  std::vector<Json> groups;
  if (const std::string id = input.str("UserGroupId"); !id.empty())
    groups.push_back(group_view(context, user_group_named(context, id)));
  else
    for (const storage::Resource& group : context.resources().list(kUserGroup))
      groups.push_back(group_view(context, group));
  return page(input, "UserGroups", std::move(groups), "UserGroupId");
}

Json modify_user_group(RequestContext& context, const Input& input) {
  storage::Resource group = user_group_named(context, input.str("UserGroupId"));
  std::vector<std::string> ids = group.document.at("UserIds");
  const std::vector<std::string> add = input.strings("UserIdsToAdd"), remove = input.strings("UserIdsToRemove");
  if (const std::string engine = lower(input.str("Engine")); !engine.empty()) {
    check_group_engine(engine);
    group.document["Engine"] = engine;
  }
  for (const std::string& id : remove)
    if (std::erase(ids, id) == 0) throw user_not_found(id);
  for (const std::string& id : add) {
    if (std::find(ids.begin(), ids.end(), id) != ids.end())
      throw invalid_parameter_combination(id + " is already a member of " + group.id + ".");
    ids.push_back(id);
  }
  set_users(context, ids, group);
  store(context, group);
  return group_view(context, group);
}

Json delete_user_group(RequestContext& context, const Input& input) {
  const storage::Resource group = user_group_named(context, input.str("UserGroupId"));
  Json out = group_view(context, group);
  if (!out.at("ReplicationGroups").empty())
    throw AwsError("InvalidUserGroupState", 400, "The user group " + group.id + " is in use by a replication group.");
  if (!out.at("ServerlessCaches").empty())
    throw AwsError("InvalidUserGroupState", 400, "The user group " + group.id + " is in use by a serverless cache.");
  out["Status"] = "deleting";
  context.resources().erase(kUserGroup, group.id);
  return out;
}

}  // namespace orrery::elasticache
