#include "identity/policy_json.hpp"
#include "registry/filters.hpp"
#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

constexpr std::string_view kPolicyName = "default";

std::vector<std::string> one_or_many(const Json& value) {
  std::vector<std::string> out;
  if (value.is_string()) out.push_back(value);
  if (value.is_array()) {
    for (const Json& each : value) {
      if (each.is_string()) out.push_back(each);
    }
  }
  return out;
}

std::vector<std::string> aws_principals(const Json& statement) {
  const auto principal = statement.find("Principal");
  if (principal == statement.end()) return {};
  if (principal->is_string()) return {principal->get<std::string>()};
  return principal->is_object() && principal->contains("AWS") ? one_or_many((*principal)["AWS"])
                                                              : std::vector<std::string>{};
}

/// The caller's own role, group-free: policies name the role behind an assumed-role session.
std::string principal_in_policies(const identity::Principal& principal) {
  if (principal.type != identity::Principal::Type::assumed_role) return principal.arn;
  const std::string marker = ":assumed-role/";
  const auto at = principal.arn.find(marker);
  if (at == std::string::npos) return principal.arn;
  const std::string rest = principal.arn.substr(at + marker.size());
  return "arn:aws:iam::" + principal.account + ":role/" + rest.substr(0, rest.find('/'));
}

/// KMS refuses a policy after which the caller could not change it again (PutKeyPolicy,
/// BypassPolicyLockoutSafetyCheck). The account's root stands here for whoever uses the default credentials, so a
/// policy for any principal of the account satisfies it.
bool keeps_control(const RequestContext& context, const Json& statement) {
  if (statement.value("Effect", "") != "Allow" || !statement.contains("Action")) return false;
  const auto actions = one_or_many(statement["Action"]);
  if (std::none_of(actions.begin(), actions.end(),
                   [](const std::string& action) { return wildcard_match(action, "kms:PutKeyPolicy"); })) {
    return false;
  }
  const std::string root = "arn:aws:iam::" + context.account + ":root";
  const bool is_root = context.principal.type == identity::Principal::Type::root ||
                       context.principal.type == identity::Principal::Type::anonymous;
  for (const std::string& principal : aws_principals(statement)) {
    if (principal == "*" || principal == root || principal == context.account) return true;
    if (principal == principal_in_policies(context.principal) || principal == context.principal.arn) return true;
    if (is_root && principal.starts_with("arn:aws:iam::" + context.account + ":")) return true;
  }
  return false;
}

/// KMS resolves the principals when the policy is put. Only roles of this account can be looked up here;
/// service-linked ones are not kept as roles.
void check_principals(RequestContext& context, const Json& statement) {
  const std::string prefix = "arn:aws:iam::" + context.account + ":role/";
  for (const std::string& principal : aws_principals(statement)) {
    if (!principal.starts_with(prefix) || principal.starts_with(prefix + "aws-service-role/")) continue;
    if (context.peers.iam && !context.peers.iam->role(context, principal)) {
      throw errors::malformed_policy("Policy contains a statement with one or more invalid principals.");
    }
  }
}

void check_statement(const Json& statement) {
  if (!statement.is_object()) throw errors::malformed_policy("Policy contains a statement that is not an object.");
  const std::string effect =
      statement.contains("Effect") && statement["Effect"].is_string() ? statement["Effect"].get<std::string>() : "";
  if (effect != "Allow" && effect != "Deny") throw errors::malformed_policy("Policy contains an invalid effect.");
  if (!statement.contains("Action") && !statement.contains("NotAction")) {
    throw errors::malformed_policy("Policy contains a statement with no action.");
  }
  if (!statement.contains("Principal") && !statement.contains("NotPrincipal")) {
    throw errors::malformed_policy("Policy contains a statement with no principal.");
  }
  if (!statement.contains("Resource") && !statement.contains("NotResource")) {
    throw errors::malformed_policy("Policy contains a statement with no resource.");
  }
}

void require_default(const Input& input) {
  if (input.str("PolicyName", kPolicyName) != kPolicyName) throw errors::no_such_policy();
}

}  // namespace

std::string default_policy(const RequestContext& context) {
  return "{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : \"key-default-1\",\n  \"Statement\" : [ {\n"
         "    \"Sid\" : \"Enable IAM User Permissions\",\n    \"Effect\" : \"Allow\",\n    \"Principal\" : {\n"
         "      \"AWS\" : \"arn:aws:iam::" +
         context.account + ":root\"\n    },\n    \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  } ]\n}";
}

void validate_policy(RequestContext& context, const std::string& policy, LockoutCheck lockout_check) {
  const Json document = identity::policy_json(policy);
  if (!document.is_object()) throw errors::malformed_policy("Policy is not a valid JSON document.");
  if (document.contains("Version") && document["Version"] != "2012-10-17" && document["Version"] != "2008-10-17") {
    throw errors::malformed_policy("Policy contains an invalid version.");
  }
  if (!document.contains("Statement")) throw errors::malformed_policy("Policy contains no statement.");
  const Json statements =
      document["Statement"].is_array() ? document["Statement"] : Json::array({document["Statement"]});
  bool controlled = false;
  for (const Json& statement : statements) {
    check_statement(statement);
    check_principals(context, statement);
    controlled = controlled || keeps_control(context, statement);
  }
  if (lockout_check == LockoutCheck::on && !controlled) {
    throw errors::malformed_policy("The new key policy will not allow you to update the key policy in the future.");
  }
}

Json get_key_policy(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  require_default(input);
  return {{"Policy", key.hidden().value("policy", "")}, {"PolicyName", kPolicyName}};
}

Json put_key_policy(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  require_default(input);
  key.customer_managed();
  const std::string policy = input.str("Policy");
  validate_policy(context, policy, input.flag("BypassPolicyLockoutSafetyCheck") ? LockoutCheck::off : LockoutCheck::on);
  key.hidden()["policy"] = policy;
  key.save();
  return Json::object();
}

Json list_key_policies(RequestContext& context, const Input& input) {
  find_key(context, input.str("KeyId"));
  return page(input, "PolicyNames", {Json(kPolicyName)}, 100, [](const Json& name) { return name.get<std::string>(); });
}

}  // namespace orrery::kms
