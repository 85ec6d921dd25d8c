#include "aws/ids.hpp"
#include "identity/credentials.hpp"
#include "services/iam/attachment.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/membership.hpp"

namespace orrery::iam {

namespace {

Json full_user(RequestContext& context, const storage::Resource& user) {
  Json out = user.document;
  add_boundary(context, kUser, user, out);
  add_tags(out, table(context).tags(kUser.kind, user.id));
  return out;
}

/// The account's root user, which GetUser shows to itself.
Json root_user(RequestContext& context) {
  return {{"Path", "/"},
          {"UserName", "root"},
          {"UserId", context.account},
          {"Arn", aws::arn("iam", "", context.account, "root")},
          {"CreateDate", whole_seconds(context)}};
}

void refuse_while_in_use(RequestContext& context, const storage::Resource& user) {
  if (!list_prefixed(context, kAccessKey, user.id + "/").empty())
    throw delete_conflict("Cannot delete entity, must delete access keys first.");
  if (table(context).exists(kLoginProfile, user.id))
    throw delete_conflict("Cannot delete entity, must delete login profile first.");
  if (!groups_of(context, user).empty())
    throw delete_conflict("Cannot delete entity, must remove users from group first.");
  refuse_while_policies(context, kUser, user);
}

}  // namespace

std::string user_name(RequestContext& context, const Input& input) {
  if (const auto name = input.find_str("UserName")) return *name;
  const std::string& arn = context.principal.arn;
  if (context.principal.type == identity::Principal::Type::user) return arn.substr(arn.rfind('/') + 1);
  throw validation_error("Must specify userName when calling with non-User credentials");
}

Json create_user(RequestContext& context, const Input& input) {
  const std::string name = input.str("UserName"), path = read_path(input);
  const storage::Tags tags = read_tags(input);
  const storage::Resource user = new_entity(context, kUser, path, name, name_taken("User", name));
  table(context).put(user);
  table(context).tag(kUser.kind, user.id, tags);
  if (const auto boundary = input.find_str("PermissionsBoundary")) set_boundary(context, kUser, user, *boundary);
  return {{"User", full_user(context, user)}};
}

Json get_user(RequestContext& context, const Input& input) {
  if (!input.has("UserName") && context.principal.type == identity::Principal::Type::root)
    return {{"User", root_user(context)}};
  return {{"User", full_user(context, find_user(context, user_name(context, input)))}};
}

Json list_users(RequestContext& context, const Input& input) {
  const std::string prefix = input.str("PathPrefix");
  std::vector<Json> users;
  for (auto& user : table(context).list(kUser.kind)) {
    if (has_path_prefix(user.document, prefix)) users.push_back(std::move(user.document));
  }
  return page(input, "Users", std::move(users), [](const Json& user) { return user["Arn"].get<std::string>(); });
}

Json update_user(RequestContext& context, const Input& input) {
  const std::string name = input.str("NewUserName", input.str("UserName"));
  const storage::Resource user =
      rename_entity(context, kUser, find_user(context, input.str("UserName")), input, name, name_taken("User", name));
  identity::CredentialTable(context.tx).rename(user.document.value("UserId", ""), user.arn);
  return Json::object();
}

Json delete_user(RequestContext& context, const Input& input) {
  const storage::Resource user = find_user(context, input.str("UserName"));
  refuse_while_in_use(context, user);
  table(context).erase(kUser.kind, user.id);
  return Json::object();
}

// SSH keys, signing certificates, MFA devices and service-specific credentials can't be made here (their Create
// operations answer 501), so a user has none; Terraform asks for them before it deletes one.
Json list_no_credentials(RequestContext& context, const Input& input, std::string_view member) {
  find_user(context, user_name(context, input));
  return page(input, member, {}, [](const Json&) { return std::string(); });
}

Json list_ssh_public_keys(RequestContext& context, const Input& input) {
  return list_no_credentials(context, input, "SSHPublicKeys");
}
Json list_signing_certificates(RequestContext& context, const Input& input) {
  return list_no_credentials(context, input, "Certificates");
}
Json list_mfa_devices(RequestContext& context, const Input& input) {
  return list_no_credentials(context, input, "MFADevices");
}
Json list_service_specific_credentials(RequestContext& context, const Input& input) {
  input.acknowledge("ServiceName", "narrows an empty list");
  input.acknowledge("AllUsers", "widens a list that is empty for every user");
  return list_no_credentials(context, input, "ServiceSpecificCredentials");
}
Json list_virtual_mfa_devices(RequestContext&, const Input& input) {
  input.acknowledge("AssignmentStatus", "narrows an empty list");
  return page(input, "VirtualMFADevices", {}, [](const Json&) { return std::string(); });
}

}  // namespace orrery::iam
