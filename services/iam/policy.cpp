#include "aws/ids.hpp"
#include "identity/credentials.hpp"
#include "services/iam/attachment.hpp"
#include "services/iam/documents.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/managed_policies.hpp"
#include "services/iam/policy_versions.hpp"

namespace orrery::iam {

namespace {

Json managed_document(const ManagedPolicy& policy) {
  return {{"PolicyName", policy.name},
          {"PolicyId", policy.id()},
          {"Arn", policy.arn()},
          {"Path", policy.path()},
          {"DefaultVersionId", policy.version_id()},
          {"IsAttachable", true},
          {"CreateDate", policy.created},
          {"UpdateDate", policy.updated}};
}

void add_counts(RequestContext& context, Json& document) {
  const std::string arn = document["Arn"];
  document["AttachmentCount"] = use_count(context, arn, kAttached);
  document["PermissionsBoundaryUsageCount"] = use_count(context, arn, kBoundary);
}

bool listed(const Json& document, const std::string& prefix, const std::string& usage, bool only_attached) {
  if (!has_path_prefix(document, prefix)) return false;
  const std::int64_t attached = document["AttachmentCount"], bounding = document["PermissionsBoundaryUsageCount"];
  if (usage == "PermissionsPolicy" && attached == 0) return false;
  if (usage == "PermissionsBoundary" && bounding == 0) return false;
  return !only_attached || attached + bounding > 0;
}

}  // namespace

Json create_policy(RequestContext& context, const Input& input) {
  const std::string name = input.str("PolicyName"), path = read_path(input);
  const std::string document = checked_document(input.str("PolicyDocument"), identity::PolicyKind::identity);
  const storage::Tags tags = read_tags(input);
  storage::Resource policy;
  policy.kind = kPolicy.kind;
  policy.id = lower(name);
  policy.arn = entity_arn(context, "policy", path, name);
  policy.created = context.now;
  if (table(context).exists(kPolicy.kind, policy.id))
    throw already_exists("A policy called " + name + " already exists. Duplicate names are not allowed.");
  policy.document = {{"PolicyName", name},
                     {"PolicyId", identity::new_unique_id(kPolicy.id_prefix)},
                     {"Arn", policy.arn},
                     {"Path", path},
                     {"IsAttachable", true},
                     {"CreateDate", whole_seconds(context)},
                     {"UpdateDate", whole_seconds(context)}};
  if (const auto description = input.find_str("Description")) policy.document["Description"] = *description;
  add_version(context, policy, document, MakeDefault::yes);
  table(context).tag(kPolicy.kind, policy.id, tags);
  Json out = policy.document;
  out.erase("Description");  // CreatePolicy and ListPolicies leave it out (IAM API reference, Policy)
  add_counts(context, out);
  add_tags(out, tags);
  return {{"Policy", out}};
}

Json get_policy(RequestContext& context, const Input& input) {
  const std::string arn = input.str("PolicyArn");
  Json out;
  if (const ManagedPolicy* managed = find_managed_policy(arn)) {
    out = managed_document(*managed);
  } else {
    const storage::Resource policy = find_policy(context, arn);
    out = policy.document;
    add_tags(out, table(context).tags(kPolicy.kind, policy.id));
  }
  add_counts(context, out);
  return {{"Policy", out}};
}

Json list_policies(RequestContext& context, const Input& input) {
  const std::string scope = input.str("Scope", "All"), prefix = input.str("PathPrefix");
  const std::string usage = input.str("PolicyUsageFilter");
  const bool only_attached = input.flag("OnlyAttached");
  std::vector<Json> policies;
  const auto add = [&](Json document) {
    document.erase("Description");
    add_counts(context, document);
    if (listed(document, prefix, usage, only_attached)) policies.push_back(std::move(document));
  };
  if (scope != "AWS") {
    for (auto& policy : table(context).list(kPolicy.kind)) add(std::move(policy.document));
  }
  if (scope != "Local") {
    for (const auto& managed : managed_policies()) add(managed_document(managed));
  }
  return page(input, "Policies", std::move(policies), [](const Json& item) { return item["Arn"].get<std::string>(); });
}

Json delete_policy(RequestContext& context, const Input& input) {
  const std::string arn = input.str("PolicyArn");
  if (find_managed_policy(arn) != nullptr)
    throw access_denied("User: " + context.principal.arn +
                        " is not authorized to perform: iam:DeletePolicy on resource: policy " + arn);
  const storage::Resource policy = find_policy(context, arn);
  if (!table(context).links_to(kPolicy.kind, arn).empty())
    throw delete_conflict("Cannot delete a policy attached to entities.");
  const auto versions = versions_of(context, policy);
  if (versions.size() > 1)
    throw delete_conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  for (const auto& version : versions) table(context).erase(version.kind, version.id);
  table(context).erase(kPolicy.kind, policy.id);
  return Json::object();
}

}  // namespace orrery::iam
