#include "aws/ids.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/membership.hpp"

namespace orrery::iam {

namespace {

/// Nothing signs in to a console here, so of a password only a salted hash is kept.
void set_password(storage::Resource& profile, const std::string& password) {
  const std::string salt = aws::random_hex(32);
  profile.hidden = {{"Salt", salt}, {"Hash", aws::hex(aws::hmac_sha256(salt, password))}};
}

storage::Resource find_profile(RequestContext& context, const std::string& name) {
  const storage::Resource user = find_user(context, name);
  auto found = table(context).find(kLoginProfile, user.id);
  if (!found) throw no_such_entity("Login Profile for User " + name + " cannot be found.");
  found->document["UserName"] = user.document["UserName"];
  return std::move(*found);
}

}  // namespace

Json create_login_profile(RequestContext& context, const Input& input) {
  const storage::Resource user = find_user(context, user_name(context, input));
  if (!input.has("Password")) throw validation_error("Password must be specified.");
  if (table(context).exists(kLoginProfile, user.id))
    throw already_exists("Login Profile for user " + user.document.value("UserName", "") + " already exists.");
  storage::Resource profile;
  profile.kind = kLoginProfile;
  profile.id = user.id;
  profile.created = context.now;
  profile.document = {{"UserName", user.document["UserName"]},
                      {"CreateDate", whole_seconds(context)},
                      {"PasswordResetRequired", input.flag("PasswordResetRequired")}};
  set_password(profile, input.str("Password"));
  table(context).put(profile);
  return {{"LoginProfile", profile.document}};
}

Json get_login_profile(RequestContext& context, const Input& input) {
  return {{"LoginProfile", find_profile(context, user_name(context, input)).document}};
}

Json update_login_profile(RequestContext& context, const Input& input) {
  storage::Resource profile = find_profile(context, input.str("UserName"));
  if (const auto password = input.find_str("Password")) set_password(profile, *password);
  if (const auto reset = input.find_flag("PasswordResetRequired")) profile.document["PasswordResetRequired"] = *reset;
  table(context).put(profile);
  return Json::object();
}

Json delete_login_profile(RequestContext& context, const Input& input) {
  table(context).erase(kLoginProfile, find_profile(context, user_name(context, input)).id);
  return Json::object();
}

}  // namespace orrery::iam
