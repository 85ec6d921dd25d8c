#include "http/message.hpp"
#include "services/iam/documents.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/managed_policies.hpp"
#include "services/iam/policy_versions.hpp"

namespace orrery::iam {

namespace {

constexpr std::string_view kVersion = "policy-version";
constexpr std::size_t kMostVersions = 5;

std::string version_id(const storage::Resource& policy, const std::string& version) {
  return policy.id + "/" + version;
}

storage::Resource find_version(RequestContext& context, const storage::Resource& policy, const std::string& version) {
  auto found = table(context).find(kVersion, version_id(policy, version));
  if (!found)
    throw no_such_entity("Policy " + policy.arn + " version " + version + " does not exist or is not attachable.");
  return std::move(*found);
}

Json version_document(const storage::Resource& policy, const storage::Resource& version) {
  Json out = version.document;
  out["IsDefaultVersion"] = policy.document["DefaultVersionId"] == out["VersionId"];
  return out;
}

AwsError managed_by_aws(const std::string& arn) {
  return access_denied("The policy " + arn + " is managed by AWS and can't be changed.");
}

Json managed_version(const ManagedPolicy& policy, const std::string& version) {
  if (version != policy.version_id())
    throw not_implemented("GetPolicyVersion: Orrery knows the default version of the policies that AWS manages only.");
  return {{"VersionId", version},
          {"Document", http::percent_encode(policy.document())},
          {"IsDefaultVersion", true},
          {"CreateDate", policy.updated}};
}

}  // namespace

Json add_version(RequestContext& context, storage::Resource& policy, const std::string& document,
                 MakeDefault default_) {
  const std::int64_t number = policy.hidden.value("Versions", std::int64_t{0}) + 1;
  const std::string name = "v" + std::to_string(number);
  policy.hidden["Versions"] = number;
  if (default_ == MakeDefault::yes) {
    policy.document["DefaultVersionId"] = name;
    policy.document["UpdateDate"] = whole_seconds(context);
  }
  storage::Resource version;
  version.kind = kVersion;
  version.id = version_id(policy, name);
  version.created = context.now;
  version.document = {{"VersionId", name}, {"Document", document}, {"CreateDate", whole_seconds(context)}};
  version.hidden = {{"Number", number}};
  table(context).put(version);
  table(context).put(policy);
  return version_document(policy, version);
}

std::vector<storage::Resource> versions_of(RequestContext& context, const storage::Resource& policy) {
  auto out = list_prefixed(context, kVersion, policy.id + "/");
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return a.hidden.value("Number", std::int64_t{0}) > b.hidden.value("Number", std::int64_t{0});
  });
  return out;
}

Json create_policy_version(RequestContext& context, const Input& input) {
  const std::string arn = input.str("PolicyArn");
  if (find_managed_policy(arn) != nullptr) throw managed_by_aws(arn);
  storage::Resource policy = find_policy(context, arn);
  const std::string document = checked_document(input.str("PolicyDocument"), identity::PolicyKind::identity);
  if (versions_of(context, policy).size() >= kMostVersions)
    throw limit_exceeded(
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete "
        "an existing version.");
  Json out = add_version(context, policy, document, input.flag("SetAsDefault") ? MakeDefault::yes : MakeDefault::no);
  out.erase("Document");
  return {{"PolicyVersion", out}};
}

Json get_policy_version(RequestContext& context, const Input& input) {
  const std::string arn = input.str("PolicyArn"), version = input.str("VersionId");
  if (const ManagedPolicy* managed = find_managed_policy(arn))
    return {{"PolicyVersion", managed_version(*managed, version)}};
  const storage::Resource policy = find_policy(context, arn);
  return {{"PolicyVersion", version_document(policy, find_version(context, policy, version))}};
}

Json list_policy_versions(RequestContext& context, const Input& input) {
  const std::string arn = input.str("PolicyArn");
  if (find_managed_policy(arn) != nullptr)
    throw not_implemented(
        "ListPolicyVersions: Orrery knows the default version of the policies that AWS manages only.");
  const storage::Resource policy = find_policy(context, arn);
  std::vector<Json> items;
  for (const auto& version : versions_of(context, policy)) {
    items.push_back(version_document(policy, version));
    items.back().erase("Document");
  }
  // The newest first: keys of nine digits that count down.
  return page(input, "Versions", std::move(items), [](const Json& item) {
    const std::string key = std::to_string(999999999 - std::stoll(item["VersionId"].get<std::string>().substr(1)));
    return key;
  });
}

Json set_default_policy_version(RequestContext& context, const Input& input) {
  const std::string arn = input.str("PolicyArn"), version = input.str("VersionId");
  if (find_managed_policy(arn) != nullptr) throw managed_by_aws(arn);
  storage::Resource policy = find_policy(context, arn);
  find_version(context, policy, version);
  policy.document["DefaultVersionId"] = version;
  policy.document["UpdateDate"] = whole_seconds(context);
  table(context).put(policy);
  return Json::object();
}

Json delete_policy_version(RequestContext& context, const Input& input) {
  const std::string arn = input.str("PolicyArn"), name = input.str("VersionId");
  if (find_managed_policy(arn) != nullptr) throw managed_by_aws(arn);
  const storage::Resource policy = find_policy(context, arn);
  const storage::Resource version = find_version(context, policy, name);
  if (policy.document["DefaultVersionId"] == name)
    throw delete_conflict("Cannot delete the default version of a policy.");
  table(context).erase(kVersion, version.id);
  return Json::object();
}

}  // namespace orrery::iam
