#include "identity/credentials.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/membership.hpp"

namespace orrery::iam {

namespace {

constexpr int kMostKeys = 2;

storage::Resource find_key(RequestContext& context, const Input& input) {
  const storage::Resource user = find_user(context, user_name(context, input));
  const std::string key = input.str("AccessKeyId");
  auto found = table(context).find(kAccessKey, user.id + "/" + key);
  if (!found) throw no_such_entity("The Access Key with id " + key + " cannot be found.");
  return std::move(*found);
}

}  // namespace

Json create_access_key(RequestContext& context, const Input& input) {
  const storage::Resource user = find_user(context, user_name(context, input));
  if (list_prefixed(context, kAccessKey, user.id + "/").size() >= kMostKeys)
    throw quota_exceeded("AccessKeysPerUser", kMostKeys);
  identity::Credential credential;
  credential.secret = identity::new_secret();
  credential.principal = {identity::Principal::Type::user, context.account, user.arn, user.document.value("UserId", ""),
                          identity::new_access_key("AKIA", context.account)};
  identity::CredentialTable(context.tx).put(credential);
  storage::Resource key;
  key.kind = kAccessKey;
  key.id = user.id + "/" + credential.principal.access_key;
  key.created = context.now;
  key.document = {{"UserName", user.document["UserName"]},
                  {"AccessKeyId", credential.principal.access_key},
                  {"Status", "Active"},
                  {"CreateDate", whole_seconds(context)}};
  table(context).put(key);
  Json out = key.document;
  out["SecretAccessKey"] = credential.secret;
  return {{"AccessKey", out}};
}

Json list_access_keys(RequestContext& context, const Input& input) {
  const storage::Resource user = find_user(context, user_name(context, input));
  std::vector<Json> items;
  for (auto& key : list_prefixed(context, kAccessKey, user.id + "/")) {
    key.document["UserName"] = user.document["UserName"];
    items.push_back(std::move(key.document));
  }
  return page(input, "AccessKeyMetadata", std::move(items),
              [](const Json& key) { return key["AccessKeyId"].get<std::string>(); });
}

Json update_access_key(RequestContext& context, const Input& input) {
  storage::Resource key = find_key(context, input);
  const std::string status = input.str("Status");
  key.document["Status"] = status;
  table(context).put(key);
  identity::CredentialTable(context.tx).set_active(key.document.value("AccessKeyId", ""), status == "Active");
  return Json::object();
}

Json delete_access_key(RequestContext& context, const Input& input) {
  const storage::Resource key = find_key(context, input);
  identity::CredentialTable(context.tx).erase(key.document.value("AccessKeyId", ""));
  table(context).erase(kAccessKey, key.id);
  return Json::object();
}

}  // namespace orrery::iam
