#include "aws/ids.hpp"
#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

Json settled(RequestContext& context, const Input& input, const Key& key) {
  Json grant{{"KeyId", key.arn()},
             {"GranteePrincipal", input.str("GranteePrincipal")},
             {"IssuingAccount", "arn:aws:iam::" + context.account + ":root"},
             {"Operations", input.strings("Operations")}};
  if (const auto name = input.find_str("Name")) grant["Name"] = *name;
  if (const auto retiring = input.find_str("RetiringPrincipal")) grant["RetiringPrincipal"] = *retiring;
  if (input.has("Constraints")) grant["Constraints"] = input.json("Constraints");
  return grant;
}

/// A repeated request with the same name and settings gives the same grant (API reference, CreateGrant, "Name").
std::optional<storage::Resource> repeated(RequestContext& context, const Json& wanted) {
  if (!wanted.contains("Name")) return std::nullopt;
  for (auto& grant : table(context).list(kGrant)) {
    Json document = grant.document;
    document.erase("GrantId");
    document.erase("CreationDate");
    if (document == wanted) return std::move(grant);
  }
  return std::nullopt;
}

Json list(RequestContext& context, const Input& input, const std::function<bool(const Json&)>& wanted) {
  std::vector<Json> grants;
  for (auto& grant : table(context).list(kGrant)) {
    if (wanted(grant.document)) grants.push_back(std::move(grant.document));
  }
  return page(input, "Grants", std::move(grants), 50,
              [](const Json& grant) { return grant.at("GrantId").get<std::string>(); });
}

void remove(RequestContext& context, const Key& key, const std::string& id) {
  const auto grant = table(context).find(kGrant, id);
  if (!grant || grant->document.at("KeyId") != key.arn()) throw errors::grant_not_found(id);
  table(context).erase(kGrant, id);
}

}  // namespace

Json create_grant(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  key.usable();
  const Json wanted = settled(context, input, key);
  settle_options(input);
  if (const auto same = repeated(context, wanted)) {
    return {{"GrantId", same->id}, {"GrantToken", same->hidden.at("token")}};
  }
  storage::Resource grant;
  grant.kind = kGrant;
  grant.id = aws::random_hex(64);
  grant.created = context.now;
  grant.document = wanted;
  grant.document.update({{"GrantId", grant.id}, {"CreationDate", context.timestamp()}});
  grant.hidden["token"] = aws::base64(aws::random_bytes(96));
  table(context).put(grant);
  return {{"GrantId", grant.id}, {"GrantToken", grant.hidden["token"]}};
}

Json list_grants(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  key.not_pending_deletion();
  const auto id = input.find_str("GrantId"), grantee = input.find_str("GranteePrincipal");
  return list(context, input, [&](const Json& grant) {
    return grant.at("KeyId") == key.arn() && (!id || grant.at("GrantId") == *id) &&
           (!grantee || grant.at("GranteePrincipal") == *grantee);
  });
}

Json list_retirable_grants(RequestContext& context, const Input& input) {
  const std::string principal = input.str("RetiringPrincipal");
  return list(context, input, [&](const Json& grant) { return grant.value("RetiringPrincipal", "") == principal; });
}

Json revoke_grant(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  key.not_pending_deletion();
  const std::string id = input.str("GrantId");
  settle_options(input);
  remove(context, key, id);
  return Json::object();
}

Json retire_grant(RequestContext& context, const Input& input) {
  const auto token = input.find_str("GrantToken"), reference = input.find_str("KeyId"), id = input.find_str("GrantId");
  settle_options(input);
  if (token) {
    for (const auto& grant : table(context).list(kGrant)) {
      if (grant.hidden.at("token") != *token) continue;
      table(context).erase(kGrant, grant.id);
      return Json::object();
    }
    throw AwsError("InvalidGrantTokenException", 400, "The grant token is invalid.");
  }
  if (!reference || !id) throw errors::validation("Either a GrantToken, or a KeyId and a GrantId must be specified.");
  const Key key = find_key(context, *reference);
  key.not_pending_deletion();
  remove(context, key, *id);
  return Json::object();
}

}  // namespace orrery::kms
