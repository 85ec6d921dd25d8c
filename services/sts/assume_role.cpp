#include "aws/ids.hpp"
#include "identity/policy.hpp"
#include "services/sts/errors.hpp"
#include "services/sts/handlers.hpp"
#include "services/sts/session.hpp"

namespace orrery::sts {

namespace {

constexpr std::int64_t kHour = 3600;

/// All names that a policy may mean the caller by: itself, its account, and the role behind a session.
std::vector<std::string> names_of_caller(RequestContext& context) {
  const identity::Principal& who = context.principal;
  std::vector<std::string> out = {who.arn, who.account, aws::arn("iam", "", who.account, "root")};
  const aws::Arn arn = aws::parse_arn(who.arn);
  if (who.type == identity::Principal::Type::assumed_role) {
    const std::string rest = arn.resource.substr(arn.resource.find('/') + 1);
    if (const auto role = context.peers.iam->role(context, rest.substr(0, rest.find('/')))) out.push_back(role->arn);
  }
  return out;
}

/// Session tags as context keys: aws:RequestTag/KEY.
void add_tags(const Input& input, identity::Question& question) {
  for (const Input& tag : input.objects("Tags"))
    question.context["aws:RequestTag/" + tag.str("Key")] = {tag.str("Value")};
  if (const auto keys = input.strings("TransitiveTagKeys"); !keys.empty())
    question.context["sts:TransitiveTagKeys"] = keys;
}

bool trusts(const RoleInfo& role, const identity::Question& question) {
  const auto policy = identity::parse_policy(role.trust_policy.dump(), identity::PolicyKind::trust);
  return identity::evaluate(policy, question) == identity::Decision::allow;
}

std::string account_of(const std::string& role_arn) {
  const aws::Arn arn = aws::parse_arn(role_arn);
  if (!arn.valid() || arn.service != "iam" || !arn.resource.starts_with("role/"))
    throw validation_error(role_arn + " is invalid");
  return arn.account;
}

/// Session policies only narrow what a session may do, which nothing evaluates; their form is checked.
void check_session_policy(const Input& input) {
  if (const auto policy = input.find_str("Policy")) identity::parse_policy(*policy, identity::PolicyKind::identity);
  for (const Input& policy : input.objects("PolicyArns")) policy.acknowledge("arn", "see above");
}

Json answer(RequestContext& context, const RoleInfo& role, const std::string& session, std::int64_t seconds) {
  identity::Principal principal;
  principal.type = identity::Principal::Type::assumed_role;
  principal.account = aws::parse_arn(role.arn).account;
  principal.arn = aws::arn("sts", "", principal.account, "assumed-role/" + role.name + "/" + session);
  principal.user_id = role.id + ":" + session;
  Json out;
  out["AssumedRoleUser"] = {{"AssumedRoleId", principal.user_id}, {"Arn", principal.arn}};
  out["Credentials"] = issue(context, principal, seconds);
  return out;
}

/// The claims of a JSON Web Token; its signature is the caller's to judge.
Json claims_of(const std::string& token) {
  const auto first = token.find('.'), second = token.find('.', first + 1);
  const AwsError invalid = invalid_identity_token(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
  if (first == std::string::npos || second == std::string::npos) throw invalid;
  std::string text = token.substr(first + 1, second - first - 1), bytes;
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  text.append((4 - text.size() % 4) % 4, '=');
  if (!aws::base64_decode(text, bytes)) throw invalid;
  const Json claims = Json::parse(bytes, nullptr, false);
  const auto text_at = [&](const char* name) { return claims.contains(name) && claims.at(name).is_string(); };
  if (!claims.is_object() || !text_at("iss") || !text_at("sub")) throw invalid;
  if (claims.contains("exp") && !claims.at("exp").is_number()) throw invalid;
  return claims;
}

std::vector<std::string> audiences_of(const Json& claims) {
  const Json audience = claims.value("aud", Json(""));
  std::vector<std::string> out;
  for (const Json& each : audience.is_array() ? audience : Json::array({audience})) {
    if (each.is_string()) out.push_back(each.get<std::string>());
  }
  if (out.empty()) out.emplace_back();
  return out;
}

}  // namespace

Json assume_role(RequestContext& context, const Input& input) {
  const std::string arn = input.str("RoleArn"), session = input.str("RoleSessionName");
  account_of(arn);
  check_session_policy(input);
  input.acknowledge("SerialNumber", "no MFA device can exist here, so nothing checks its code");
  input.acknowledge("TokenCode", "see SerialNumber");
  input.acknowledge("ProvidedContexts", "context assertions of IAM Identity Center; no policy here reads them");
  const AwsError denied = not_authorized(context.principal.arn, "sts:AssumeRole", arn);
  const auto role = context.peers.iam->role(context, arn);
  if (!role) throw denied;
  identity::Question question;
  question.principals = names_of_caller(context);
  question.action = "sts:AssumeRole";
  question.context["sts:RoleSessionName"] = {session};
  question.context["aws:PrincipalArn"] = {context.principal.arn};
  question.context["aws:PrincipalAccount"] = {context.principal.account};
  if (!context.request.remote.empty()) question.context["aws:SourceIp"] = {context.request.remote};
  if (const auto id = input.find_str("ExternalId")) question.context["sts:ExternalId"] = {*id};
  const auto source = input.find_str("SourceIdentity");
  if (source) question.context["sts:SourceIdentity"] = {*source};
  add_tags(input, question);
  if (!trusts(*role, question)) throw denied;
  // A role that assumes another gets an hour at most (STS API reference, AssumeRole, "role chaining").
  const bool chained = context.principal.type == identity::Principal::Type::assumed_role;
  const std::int64_t most = chained ? kHour : role->max_session_seconds;
  Json out = answer(context, *role, session, read_duration(input, kHour, most));
  if (source) out["SourceIdentity"] = *source;
  return out;
}

Json assume_role_with_web_identity(RequestContext& context, const Input& input) {
  const std::string arn = input.str("RoleArn"), session = input.str("RoleSessionName");
  const std::string account = account_of(arn);
  check_session_policy(input);
  input.acknowledge("ProviderId", "for OAuth 2.0 access tokens of two providers only; an OIDC token names its issuer");
  const Json claims = claims_of(input.str("WebIdentityToken"));
  std::string issuer = claims["iss"];
  if (issuer.starts_with("https://")) issuer.erase(0, 8);
  const std::string provider_arn = aws::arn("iam", "", account, "oidc-provider/" + issuer);
  const auto provider = context.peers.iam->oidc_provider(context, provider_arn);
  if (!provider) throw invalid_identity_token("No OpenIDConnect provider found in your account for https://" + issuer);
  if (claims.value("exp", std::int64_t{0}) * 1000 <= context.now) throw expired_identity_token();
  const auto audiences = audiences_of(claims);
  const bool known = std::any_of(audiences.begin(), audiences.end(), [&](const auto& audience) {
    return std::find(provider->client_ids.begin(), provider->client_ids.end(), audience) != provider->client_ids.end();
  });
  if (!known) throw invalid_identity_token("Incorrect token audience");
  const AwsError denied("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  const auto role = context.peers.iam->role(context, arn);
  if (!role) throw denied;
  identity::Question question;
  question.principal_type = "Federated";
  question.principals = {provider_arn};
  question.action = "sts:AssumeRoleWithWebIdentity";
  const std::string subject = claims["sub"];
  question.context[issuer + ":sub"] = {subject};
  question.context[issuer + ":aud"] = audiences;
  question.context["sts:RoleSessionName"] = {session};
  if (!trusts(*role, question)) throw denied;
  Json out = answer(context, *role, session, read_duration(input, kHour, role->max_session_seconds));
  out["SubjectFromWebIdentityToken"] = subject;
  out["Audience"] = audiences.front();
  out["Provider"] = provider_arn;
  return out;
}

}  // namespace orrery::sts
