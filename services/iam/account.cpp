#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/membership.hpp"

namespace orrery::iam {

namespace {

constexpr std::string_view kAlias = "account-alias", kPasswordPolicy = "password-policy", kOnly = "account";

// AWS's default quotas as GetAccountSummary names them (IAM user guide, "IAM and AWS STS quotas").
constexpr std::pair<const char*, std::int64_t> kQuotas[] = {{"UsersQuota", 5000},
                                                            {"GroupsQuota", 300},
                                                            {"RolesQuota", 1000},
                                                            {"PoliciesQuota", 1500},
                                                            {"InstanceProfilesQuota", 1000},
                                                            {"ServerCertificatesQuota", 20},
                                                            {"AccessKeysPerUserQuota", 2},
                                                            {"GroupsPerUserQuota", 10},
                                                            {"AttachedPoliciesPerUserQuota", 10},
                                                            {"AttachedPoliciesPerRoleQuota", 10},
                                                            {"AttachedPoliciesPerGroupQuota", 10},
                                                            {"UserPolicySizeQuota", 2048},
                                                            {"GroupPolicySizeQuota", 5120},
                                                            {"RolePolicySizeQuota", 10240},
                                                            {"PolicySizeQuota", 6144},
                                                            {"VersionsPerPolicyQuota", 5},
                                                            {"SigningCertificatesPerUserQuota", 2},
                                                            {"AssumeRolePolicySizeQuota", 2048},
                                                            {"PolicyVersionsInUseQuota", 10000},
                                                            {"GlobalEndpointTokenVersion", 1}};

}  // namespace

Json create_account_alias(RequestContext& context, const Input& input) {
  const std::string alias = input.str("AccountAlias");
  storage::Resource resource;
  resource.kind = kAlias;
  resource.id = kOnly;
  resource.created = context.now;
  resource.document = {{"AccountAlias", alias}};
  // An account has one alias; another replaces it.
  table(context).put(resource);
  return Json::object();
}

Json list_account_aliases(RequestContext& context, const Input& input) {
  std::vector<std::string> aliases;
  if (const auto alias = table(context).find(kAlias, kOnly))
    aliases.push_back(alias->document.value("AccountAlias", ""));
  return page_strings(input, "AccountAliases", aliases);
}

Json delete_account_alias(RequestContext& context, const Input& input) {
  const std::string alias = input.str("AccountAlias");
  const auto found = table(context).find(kAlias, kOnly);
  if (!found || found->document["AccountAlias"] != alias)
    throw no_such_entity("The account alias with name " + alias + " cannot be found.");
  table(context).erase(kAlias, kOnly);
  return Json::object();
}

Json get_account_summary(RequestContext& context, const Input&) {
  const storage::ResourceTable resources = table(context);
  Json map = Json::object();
  for (const auto& [name, value] : kQuotas) map[name] = value;
  map["Users"] = resources.count(kUser.kind);
  map["Groups"] = resources.count(kGroup.kind);
  map["Roles"] = resources.count(kRole.kind);
  map["Policies"] = resources.count(kPolicy.kind);
  map["InstanceProfiles"] = resources.count(kInstanceProfile.kind);
  map["PolicyVersionsInUse"] = resources.count("policy-version");
  map["Providers"] = resources.count(kOidcProvider.kind);
  for (const char* none : {"ServerCertificates", "MFADevices", "MFADevicesInUse", "AccountMFAEnabled",
                           "AccountAccessKeysPresent", "AccountPasswordPresent", "AccountSigningCertificatesPresent"})
    map[none] = 0;
  return {{"SummaryMap", map}};
}

Json update_account_password_policy(RequestContext& context, const Input& input) {
  storage::Resource policy;
  policy.kind = kPasswordPolicy;
  policy.id = kOnly;
  policy.created = context.now;
  // What is left out goes back to its default (IAM API reference, UpdateAccountPasswordPolicy).
  policy.document["MinimumPasswordLength"] = input.integer("MinimumPasswordLength", 6);
  for (const char* name : {"RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters",
                           "RequireLowercaseCharacters", "AllowUsersToChangePassword"})
    policy.document[name] = input.flag(name);
  if (const auto hard = input.find_flag("HardExpiry")) policy.document["HardExpiry"] = *hard;
  const auto age = input.find_integer("MaxPasswordAge");
  policy.document["ExpirePasswords"] = age.has_value() && *age > 0;
  if (age) policy.document["MaxPasswordAge"] = *age;
  if (const auto reuse = input.find_integer("PasswordReusePrevention"))
    policy.document["PasswordReusePrevention"] = *reuse;
  table(context).put(policy);
  return Json::object();
}

Json get_account_password_policy(RequestContext& context, const Input&) {
  const auto policy = table(context).find(kPasswordPolicy, kOnly);
  if (!policy) throw no_such_entity("The Password Policy with domain name " + context.account + " cannot be found.");
  return {{"PasswordPolicy", policy->document}};
}

Json delete_account_password_policy(RequestContext& context, const Input&) {
  if (!table(context).erase(kPasswordPolicy, kOnly))
    throw no_such_entity("The account policy with name PasswordPolicy cannot be found.");
  return Json::object();
}

}  // namespace orrery::iam
