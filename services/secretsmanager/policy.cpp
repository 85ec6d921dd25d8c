#include "identity/policy_json.hpp"
#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

std::vector<std::string> aws_principals(const Json& statement) {
  std::vector<std::string> out;
  const auto add = [&](const Json& value) {
    if (value.is_string()) out.push_back(value);
    if (!value.is_array()) return;
    for (const Json& each : value) {
      if (each.is_string()) out.push_back(each);
    }
  };
  if (!statement.contains("Principal")) return out;
  const Json& principal = statement["Principal"];
  if (principal.is_string()) add(principal);
  if (principal.is_object() && principal.contains("AWS")) add(principal["AWS"]);
  return out;
}

/// Throws MalformedPolicyDocumentException. Returns the statements.
Json parse(RequestContext& context, const std::string& text) {
  const Json policy = identity::policy_json(text);
  if (!policy.is_object()) throw errors::malformed_policy("This resource policy contains a syntax error.");
  if (!policy.contains("Statement")) {
    throw errors::malformed_policy("This resource policy contains no statement.");
  }
  const Json statements = policy["Statement"].is_array() ? policy["Statement"] : Json::array({policy["Statement"]});
  const std::string roles = "arn:aws:iam::" + context.account + ":role/";
  for (const Json& statement : statements) {
    const bool complete = statement.is_object() && statement.contains("Effect") &&
                          (statement.contains("Action") || statement.contains("NotAction")) &&
                          (statement.contains("Principal") || statement.contains("NotPrincipal"));
    if (!complete) throw errors::malformed_policy("This resource policy contains an incomplete statement.");
    if (statement["Effect"] != "Allow" && statement["Effect"] != "Deny") {
      throw errors::malformed_policy("This resource policy contains an invalid effect.");
    }
    for (const std::string& principal : aws_principals(statement)) {
      const bool own_role = principal.starts_with(roles) && !principal.starts_with(roles + "aws-service-role/");
      if (own_role && context.peers.iam && !context.peers.iam->role(context, principal)) {
        throw errors::malformed_policy("This resource policy contains an unsupported principal.");
      }
    }
  }
  return statements;
}

bool is_public(const Json& statements) {
  return std::any_of(statements.begin(), statements.end(), [](const Json& statement) {
    const auto principals = aws_principals(statement);
    return statement["Effect"] == "Allow" && !statement.contains("Condition") &&
           std::find(principals.begin(), principals.end(), "*") != principals.end();
  });
}

}  // namespace

Json get_resource_policy(RequestContext& context, const Input& input) {
  const Secret secret = find_active(context, input.str("SecretId"));
  Json out = secret.reference();
  if (secret.hidden().contains("policy")) out["ResourcePolicy"] = secret.hidden()["policy"];
  return out;
}

Json put_resource_policy(RequestContext& context, const Input& input) {
  Secret secret = find_active(context, input.str("SecretId"));
  const std::string policy = input.str("ResourcePolicy");
  const Json statements = parse(context, policy);
  if (input.flag("BlockPublicPolicy") && is_public(statements)) throw errors::public_policy();
  secret.hidden()["policy"] = policy;
  secret.save();
  return secret.reference();
}

Json delete_resource_policy(RequestContext& context, const Input& input) {
  Secret secret = find_active(context, input.str("SecretId"));
  secret.hidden().erase("policy");
  secret.save();
  return secret.reference();
}

Json validate_resource_policy(RequestContext& context, const Input& input) {
  if (const auto id = input.find_str("SecretId")) find_active(context, *id);
  Json problems = Json::array();
  const Json statements = parse(context, input.str("ResourcePolicy"));
  if (is_public(statements)) {
    problems.push_back({{"CheckName", "PUBLIC_ACCESS"}, {"ErrorMessage", errors::public_policy().message()}});
  }
  return {{"PolicyValidationPassed", problems.empty()}, {"ValidationErrors", problems}};
}

}  // namespace orrery::secretsmanager
