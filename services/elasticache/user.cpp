#include "services/elasticache/user.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "registry/filters.hpp"
#include "services/elasticache/backing.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/live.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/tags.hpp"

namespace orrery::elasticache {

namespace {

constexpr std::string_view kUser = "user";

void check_engine(const std::string& engine) {
  if (lower(engine) != "redis" && lower(engine) != "valkey")
    throw invalid_parameter_value("Unsupported engine: " + engine + ". Valid engines are redis and valkey.");
}

/// Passwords are kept as digests: nothing here needs them in the clear.
void set_passwords(const std::vector<std::string>& passwords, storage::Resource& user) {
  if (passwords.empty() || passwords.size() > 2)
    throw invalid_parameter_value("A user must have one or two passwords.");
  Json digests = Json::array();
  for (const std::string& password : passwords) {
    if (password.size() < 16 || password.size() > 128)
      throw invalid_parameter_value("Passwords length must be between 16-128 characters.");
    digests.push_back(aws::hex(aws::sha256(password)));
  }
  user.hidden["passwords"] = digests;
  user.document["Authentication"] = {{"Type", "password"}, {"PasswordCount", passwords.size()}};
}

void set_without(const char* type, storage::Resource& user) {
  user.hidden.erase("passwords");
  user.document["Authentication"] = {{"Type", type}};
  if (std::string_view(type) == "no-password") user.document["Authentication"]["PasswordCount"] = 0;
}

enum class Required { no, yes };

void settle_authentication(const Input& input, Required required, storage::Resource& user) {
  const std::vector<std::string> passwords = input.strings("Passwords");
  const bool open = input.flag("NoPasswordRequired");
  const Input mode = input.object("AuthenticationMode");
  const std::string type = mode.str("Type");
  const std::vector<std::string> of_mode = mode.strings("Passwords");
  if ((!passwords.empty()) + open + (!type.empty()) > 1)
    throw invalid_parameter_combination(
        "Only one of Passwords, NoPasswordRequired and AuthenticationMode can be specified.");
  if (!of_mode.empty() && type != "password")
    throw invalid_parameter_combination("Passwords can only be specified with the authentication type password.");
  if (!passwords.empty()) return set_passwords(passwords, user);
  if (type == "password") return set_passwords(of_mode, user);
  if (type == "iam") {
    if (user.document.at("UserName") != user.id)
      throw invalid_parameter_combination("For IAM authentication the user id and the user name must be the same.");
    return set_without("iam", user);
  }
  if (open || type == "no-password-required") return set_without("no-password", user);
  if (required == Required::yes)
    throw invalid_parameter_combination(
        "No password was provided and NoPasswordRequired was not specified. Please provide one of them.");
}

void settle_access(const std::string& access, storage::Resource& user) {
  if (access.empty())
    throw invalid_parameter_value("The parameter AccessString must be provided and must not be blank.");
  user.document["AccessString"] = access;
}

std::vector<std::string> filter_values(const Json& user, std::string_view name) {
  if (name == "user-id") return {text(user, "UserId")};
  if (name == "user-name") return {text(user, "UserName")};
  if (name == "status") return {text(user, "Status")};
  return {user.at("Authentication").at("Type")};
}

Json view(RequestContext& context, const storage::Resource& user) {
  Json out = user.document;
  out["UserGroupIds"] = Json::array();
  for (const storage::Edge& edge : context.resources().links_to(kUser, user.id)) {
    out["UserGroupIds"].push_back(edge.from.id);
    if (user_group_changes(context, edge.from.id)) out["Status"] = "modifying";
  }
  return out;
}

storage::Resource default_user(RequestContext& context) {
  storage::Resource user{.kind = std::string(kUser), .id = "default", .arn = context.arn("user:default")};
  user.document = {{"UserId", "default"},
                   {"UserName", "default"},
                   {"Status", "active"},
                   {"Engine", "redis"},
                   {"MinimumEngineVersion", "6.0"},
                   {"AccessString", "on ~* +@all"},
                   {"Authentication", {{"Type", "no-password"}, {"PasswordCount", 0}}},
                   {"ARN", user.arn}};
  return user;
}

}  // namespace

storage::Resource user_named(RequestContext& context, const std::string& id) {
  if (auto user = context.resources().find(kUser, lower(id))) return std::move(*user);
  if (lower(id) == "default") return default_user(context);
  throw user_not_found(id);
}

Json create_user(RequestContext& context, const Input& input) {
  const std::string id = checked_identifier("UserId", input.str("UserId"), 40), engine = input.str("Engine");
  check_engine(engine);
  const storage::Tags tags = read_tags(input);
  if (id == "default" || context.resources().exists(kUser, id))
    throw AwsError("UserAlreadyExists", 400, "User " + id + " already exists.");
  storage::Resource user{.kind = std::string(kUser), .id = id, .arn = context.arn("user:" + id)};
  user.created = context.now;
  user.document = {{"UserId", id},
                   {"UserName", input.str("UserName")},
                   {"Status", "active"},
                   {"Engine", lower(engine)},
                   {"MinimumEngineVersion", lower(engine) == "valkey" ? "7.2" : "6.0"},
                   {"ARN", user.arn}};
  settle_access(input.str("AccessString"), user);
  settle_authentication(input, Required::yes, user);
  context.resources().put(user);
  context.resources().tag(kUser, id, tags);
  return view(context, user);
}

Json describe_users(RequestContext& context, const Input& input) {
  const std::string id = input.str("UserId"), engine = lower(input.str("Engine"));
  const Filters filters(input);
  std::vector<Json> users;
  if (!id.empty()) {
    users.push_back(view(context, user_named(context, id)));
  } else {
    if (!context.resources().exists(kUser, "default")) users.push_back(view(context, default_user(context)));
    for (const storage::Resource& user : context.resources().list(kUser)) users.push_back(view(context, user));
  }
  std::erase_if(users, [&](const Json& user) {
    return (!engine.empty() && user.at("Engine") != engine) ||
           !filters.match([&](std::string_view name) { return filter_values(user, name); });
  });
  return page(input, "Users", std::move(users), "UserId");
}

Json modify_user(RequestContext& context, const Input& input) {
  storage::Resource user = user_named(context, input.str("UserId"));
  if (const std::string engine = input.str("Engine"); !engine.empty()) {
    check_engine(engine);
    user.document["Engine"] = lower(engine);
  }
  if (const auto access = input.find_str("AccessString")) settle_access(*access, user);
  if (const std::string more = input.str("AppendAccessString"); !more.empty())
    user.document["AccessString"] = text(user.document, "AccessString") + " " + more;
  settle_authentication(input, Required::no, user);
  context.resources().put(user);
  poke(context);
  return view(context, user);
}

Json delete_user(RequestContext& context, const Input& input) {
  const storage::Resource user = user_named(context, input.str("UserId"));
  if (user.id == "default") throw invalid_parameter_value("The default user can't be deleted.");
  Json out = view(context, user);
  for (const storage::Edge& edge : context.resources().links_to(kUser, user.id)) {
    if (out.at("UserName") == "default")
      throw AwsError("DefaultUserAssociatedToUserGroup", 400,
                     "The default user is associated to user group " + edge.from.id + ".");
    // Deleting a user takes it out of its groups (API reference, DeleteUser).
    auto group = context.resources().find("user-group", edge.from.id);
    if (!group) continue;
    auto ids = group->document.at("UserIds").get<std::vector<std::string>>();
    std::erase(ids, user.id);
    group->document["UserIds"] = ids;
    context.resources().put(*group);
    context.resources().unlink("user-group", group->id, "user", {"elasticache", "user", user.id});
  }
  out["Status"] = "deleting";
  poke(context);
  context.resources().erase(kUser, user.id);
  return out;
}

}  // namespace orrery::elasticache
