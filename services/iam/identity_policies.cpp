#include "services/iam/identity_policies.hpp"

#include <map>
#include <mutex>

#include "http/message.hpp"
#include "registry/error.hpp"
#include "services/iam/attachment.hpp"
#include "services/iam/managed_policies.hpp"
#include "services/iam/membership.hpp"
#include "services/iam/policy_versions.hpp"

namespace orrery::iam {

namespace {

using identity::Decision;

/// "arn:aws:iam::ACCOUNT:user/path/NAME", "arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION".
std::string name_in(const identity::Principal& principal) {
  if (principal.type != identity::Principal::Type::assumed_role)
    return principal.arn.substr(principal.arn.rfind('/') + 1);
  const auto first = principal.arn.find('/');
  return principal.arn.substr(first + 1, principal.arn.find('/', first + 1) - first - 1);
}

/// Unpacked once: who is asked for often is attached often.
std::string document_of_aws(const ManagedPolicy& policy) {
  static std::mutex mutex;
  static std::map<const ManagedPolicy*, std::string> known;
  const std::lock_guard lock(mutex);
  std::string& document = known[&policy];
  if (document.empty()) document = policy.document();
  return document;
}

/// The document of a managed policy in its default version; "" when there is none.
std::string managed_document(RequestContext& context, const std::string& arn) {
  if (const ManagedPolicy* managed = find_managed_policy(arn)) return document_of_aws(*managed);
  const auto policy = table(context).find(kPolicy.kind, lower(arn.substr(arn.rfind('/') + 1)));
  if (!policy || policy->arn != arn) return "";
  for (const auto& version : versions_of(context, *policy))
    if (version.document.at("VersionId") == policy->document.at("DefaultVersionId"))
      return http::percent_decode(version.document.at("Document").get<std::string>());
  return "";
}

/// Writes the values of ${aws:username} and the like into a text; one that is not known stays, and so matches nothing.
std::string with_variables(std::string text, const identity::Question& question) {
  for (const auto& [key, values] : question.context) {
    const std::string variable = "${" + key + "}";
    for (auto at = aws::lower(text).find(aws::lower(variable)); at != std::string::npos && values.size() == 1;
         at = aws::lower(text).find(aws::lower(variable), at + values[0].size()))
      text.replace(at, variable.size(), values[0]);
  }
  return text;
}

Decision answer(const std::string& document, const identity::Question& question) {
  try {
    identity::Policy policy = identity::parse_policy(document, identity::PolicyKind::identity);
    for (auto& statement : policy.statements) {
      for (auto& resource : statement.resources) resource = with_variables(resource, question);
      for (auto& condition : statement.conditions)
        for (auto& value : condition.values) value = with_variables(value, question);
    }
    return identity::evaluate(policy, question);
  } catch (const AwsError&) {  // what cannot be read allows nothing
    return Decision::implicit_deny;
  }
}

std::vector<std::string> documents_of(RequestContext& context, const Entity& entity, const storage::Resource& of) {
  std::vector<std::string> out;
  for (const auto& policy : list_prefixed(context, inline_kind(entity), inline_prefix(of)))
    out.push_back(http::percent_decode(policy.document.at("PolicyDocument").get<std::string>()));
  for (const auto& arn : attached_arns(context, entity, of)) out.push_back(managed_document(context, arn));
  return out;
}

/// A deny of any wins, then an allow of any.
Decision together(const std::vector<std::string>& documents, const identity::Question& question) {
  Decision decision = Decision::implicit_deny;
  for (const auto& document : documents) {
    const Decision one = document.empty() ? Decision::implicit_deny : answer(document, question);
    if (one == Decision::deny) return one;
    if (one == Decision::allow) decision = one;
  }
  return decision;
}

}  // namespace

Decision decide(RequestContext& context, const identity::Principal& principal, identity::Question question) {
  using Type = identity::Principal::Type;
  if (principal.type == Type::root) return Decision::allow;
  if (principal.type != Type::user && principal.type != Type::assumed_role) return Decision::implicit_deny;
  const Entity& entity = principal.type == Type::user ? kUser : kRole;
  const std::string name = name_in(principal);
  const auto of = table(context).find(entity.kind, lower(name));
  if (!of) return Decision::implicit_deny;
  question.context["aws:PrincipalArn"] = {entity.kind == kUser.kind ? principal.arn : of->arn};
  question.context["aws:PrincipalAccount"] = {principal.account};
  question.context["aws:userid"] = {principal.user_id};
  if (entity.kind == kUser.kind) question.context["aws:username"] = {name};
  std::vector<std::string> documents = documents_of(context, entity, *of);
  if (entity.kind == kUser.kind)
    for (const auto& id : groups_of(context, *of))
      if (const auto group = table(context).find(kGroup.kind, id))
        for (auto& document : documents_of(context, kGroup, *group)) documents.push_back(std::move(document));
  const Decision decision = together(documents, question);
  if (decision != Decision::allow) return decision;
  for (const auto& edge : table(context).links_from(entity.kind, of->id))
    if (edge.role == kBoundary) return together({managed_document(context, edge.to.id)}, question);
  return decision;
}

}  // namespace orrery::iam
