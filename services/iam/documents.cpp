#include "services/iam/documents.hpp"

#include "aws/ids.hpp"
#include "http/message.hpp"
#include "registry/findings.hpp"
#include "services/iam/entity.hpp"

namespace orrery::iam {

namespace {

constexpr Rule kPrincipalExists{
    "iam-trust-policy-principal-exists",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"};

/// A user or role of this account that a principal names, and that is not there.
bool missing_principal(RequestContext& context, const std::string& principal) {
  const aws::Arn arn = aws::parse_arn(principal);
  if (!arn.valid() || arn.service != "iam" || arn.account != context.account) return false;
  const std::string name = lower(arn.resource.substr(arn.resource.rfind('/') + 1));
  for (const Entity* entity : {&kRole, &kUser}) {
    if (!arn.resource.starts_with(std::string(entity->kind) + "/")) continue;
    const auto found = table(context).find(entity->kind, name);
    return !found || found->arn != principal;
  }
  return false;
}

}  // namespace

std::string checked_document(std::string_view document, identity::PolicyKind kind) {
  identity::parse_policy(document, kind);
  return http::percent_encode(document);
}

std::string checked_trust_policy(RequestContext& context, std::string_view document, const std::string& role_arn) {
  const identity::Policy policy = identity::parse_policy(document, identity::PolicyKind::trust);
  settle(context, kPrincipalExists, role_arn);
  for (const auto& statement : policy.statements) {
    const auto principals = statement.principals.find("AWS");
    if (principals == statement.principals.end()) continue;
    for (const auto& principal : principals->second) {
      if (!missing_principal(context, principal)) continue;
      would_refuse(context, kPrincipalExists, role_arn,
                   {"MalformedPolicyDocument", 400, "Invalid principal in policy: \"AWS\":\"" + principal + "\""});
    }
  }
  return http::percent_encode(document);
}

}  // namespace orrery::iam
