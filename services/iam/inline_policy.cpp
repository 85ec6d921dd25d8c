#include "services/iam/attachment.hpp"
#include "services/iam/documents.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"

namespace orrery::iam {

std::string inline_kind(const Entity& entity) { return std::string(entity.kind) + "-policy"; }
std::string inline_prefix(const storage::Resource& of) { return of.id + "/"; }

namespace {

// Characters without white space, over all inline policies of one entity (IAM user guide, "IAM and AWS STS quotas").
std::size_t most_characters(const Entity& entity) {
  if (entity.kind == kRole.kind) return 10240;
  return entity.kind == kUser.kind ? 2048 : 5120;
}

std::size_t counted_characters(std::string_view document) {
  return static_cast<std::size_t>(std::count_if(
      document.begin(), document.end(), [](char c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; }));
}

storage::Resource find_inline(RequestContext& context, const Entity& entity, const storage::Resource& of,
                              const std::string& name) {
  auto found = table(context).find(inline_kind(entity), inline_prefix(of) + name);
  if (!found) throw not_found(std::string(entity.label) + " policy", name);
  return std::move(*found);
}

}  // namespace

Json put_inline_policy(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource of = entity.find(context, input.str(entity.name_member));
  const std::string name = input.str("PolicyName"), document = input.str("PolicyDocument");
  storage::Resource policy;
  policy.kind = inline_kind(entity);
  policy.id = inline_prefix(of) + name;
  policy.created = context.now;
  policy.document = {{"PolicyName", name},
                     {"PolicyDocument", checked_document(document, identity::PolicyKind::identity)}};
  policy.hidden = {{"Characters", counted_characters(document)}};
  std::size_t total = counted_characters(document);
  for (const auto& other : list_prefixed(context, policy.kind, inline_prefix(of))) {
    if (other.id != policy.id) total += other.hidden.value("Characters", std::size_t{0});
  }
  if (total > most_characters(entity))
    throw limit_exceeded("Maximum policy size of " + std::to_string(most_characters(entity)) + " bytes exceeded for " +
                         std::string(entity.label) + " " + of.document.value(std::string(entity.name_member), ""));
  table(context).put(policy);
  return Json::object();
}

Json get_inline_policy(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource of = entity.find(context, input.str(entity.name_member));
  Json out = find_inline(context, entity, of, input.str("PolicyName")).document;
  const std::string member(entity.name_member);
  out[member] = of.document[member];
  return out;
}

Json list_inline_policies(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource of = entity.find(context, input.str(entity.name_member));
  std::vector<std::string> names;
  for (const auto& policy : list_prefixed(context, inline_kind(entity), inline_prefix(of)))
    names.push_back(policy.document.value("PolicyName", ""));
  return page_strings(input, "PolicyNames", names);
}

Json delete_inline_policy(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource of = entity.find(context, input.str(entity.name_member));
  const storage::Resource policy = find_inline(context, entity, of, input.str("PolicyName"));
  table(context).erase(policy.kind, policy.id);
  return Json::object();
}

}  // namespace orrery::iam
