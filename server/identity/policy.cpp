#include "identity/policy.hpp"

#include <algorithm>
#include <set>

#include "aws/ids.hpp"
#include "aws/text.hpp"
#include "identity/policy_json.hpp"
#include "registry/error.hpp"
#include "registry/filters.hpp"

namespace orrery::identity {

namespace {

AwsError malformed(std::string message) { return {"MalformedPolicyDocument", 400, std::move(message)}; }
AwsError syntax_error() { return malformed("Syntax errors in policy."); }

/// A string or a list of strings. Numbers and booleans count where conditions allow them.
enum class Scalars { strings, any };
std::vector<std::string> values_of(const Json& json, Scalars scalars) {
  std::vector<std::string> out;
  const auto add = [&](const Json& value) {
    if (value.is_string()) {
      out.push_back(value.get<std::string>());
    } else if (scalars == Scalars::any && (value.is_number() || value.is_boolean())) {
      out.push_back(value.dump());
    } else {
      throw syntax_error();
    }
  };
  if (json.is_array()) {
    for (const auto& value : json) add(value);
  } else {
    add(json);
  }
  return out;
}

void read_principals(const Json& json, Statement& out) {
  if (json.is_string()) {
    if (json.get<std::string>() != "*") throw syntax_error();
    out.principals["AWS"] = {"*"};
    return;
  }
  if (!json.is_object() || json.empty()) throw syntax_error();
  for (const auto& [type, value] : json.items()) {
    if (type != "AWS" && type != "Service" && type != "Federated" && type != "CanonicalUser") throw syntax_error();
    out.principals[type] = values_of(value, Scalars::strings);
  }
}

void read_conditions(const Json& json, Statement& out) {
  if (!json.is_object()) throw syntax_error();
  for (const auto& [op, keys] : json.items()) {
    if (!keys.is_object()) throw syntax_error();
    if (!known_condition_operator(op)) throw syntax_error();
    for (const auto& [key, value] : keys.items()) {
      if (key.find(':') == std::string::npos)
        throw malformed("Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
      out.conditions.push_back({op, key, values_of(value, Scalars::any)});
    }
  }
}

Statement read_statement(const Json& json) {
  if (!json.is_object()) throw syntax_error();
  Statement out;
  for (const auto& [name, value] : json.items()) {
    if (name == "Sid") {
      if (!value.is_string()) throw syntax_error();
      out.sid = value.get<std::string>();
    } else if (name == "Effect") {
      if (value != "Allow" && value != "Deny") throw syntax_error();
      out.allow = value == "Allow";
    } else if (name == "Principal" || name == "NotPrincipal") {
      out.not_principal = name == "NotPrincipal";
      read_principals(value, out);
    } else if (name == "Action" || name == "NotAction") {
      out.not_action = name == "NotAction";
      out.actions = values_of(value, Scalars::strings);
    } else if (name == "Resource" || name == "NotResource") {
      out.not_resource = name == "NotResource";
      out.resources = values_of(value, Scalars::strings);
    } else if (name == "Condition") {
      read_conditions(value, out);
    } else {
      throw syntax_error();
    }
  }
  const auto both = [&](const char* one, const char* other) { return json.contains(one) && json.contains(other); };
  if (!json.contains("Effect") || both("Action", "NotAction") || both("Resource", "NotResource") ||
      both("Principal", "NotPrincipal"))
    throw syntax_error();
  return out;
}

void check_actions(const Statement& statement, PolicyKind kind) {
  if (statement.actions.empty())
    throw kind == PolicyKind::trust ? malformed("Missing required field Action")
                                    : malformed("Policy statement must contain actions.");
  for (const auto& action : statement.actions) {
    if (action == "*") continue;
    const auto colon = action.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == action.size())
      throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    const std::string_view vendor = std::string_view(action).substr(0, colon);
    const bool plain = std::all_of(vendor.begin(), vendor.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!plain) throw malformed("Vendor " + std::string(vendor) + " is not valid");
    if (kind == PolicyKind::trust && aws::lower(vendor) != "sts")
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
}

void check_resources(const Statement& statement, PolicyKind kind) {
  if (kind == PolicyKind::trust) {
    if (!statement.resources.empty()) throw malformed("Has prohibited field Resource");
    return;
  }
  if (statement.resources.empty()) throw malformed("Policy statement must contain resources.");
  if (kind == PolicyKind::resource) return;
  for (const auto& resource : statement.resources) {
    if (resource == "*") continue;
    if (!resource.starts_with("arn:")) throw malformed("Resource " + resource + " must be in ARN format or \"*\".");
    if (std::count(resource.begin(), resource.end(), ':') < 5 && resource.find('*') == std::string::npos)
      throw malformed("The policy failed legacy parsing");
  }
}

void check_statement(const Statement& statement, PolicyKind kind) {
  check_actions(statement, kind);
  check_resources(statement, kind);
  if (kind == PolicyKind::identity) {
    if (!statement.principals.empty()) throw malformed("Policy document should not specify a principal.");
    const bool plain = std::all_of(statement.sid.begin(), statement.sid.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    if (!plain)
      throw malformed(
          "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
          "[0-9A-Za-z]*");
  } else if (statement.principals.empty()) {
    throw malformed("Missing required field Principal");
  }
}

bool any_match(const std::vector<std::string>& patterns, const std::string& text) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const auto& pattern) { return wildcard_match(pattern, text); });
}

bool principal_matches(const Statement& statement, const Question& question) {
  const auto listed = statement.principals.find(question.principal_type);
  bool found = false;
  if (listed != statement.principals.end()) {
    for (const auto& wanted : listed->second) {
      found = found || wanted == "*" ||
              std::find(question.principals.begin(), question.principals.end(), wanted) != question.principals.end();
    }
  }
  return found != statement.not_principal;
}

bool applies(const Statement& statement, const Question& question) {
  if (!statement.principals.empty() && !principal_matches(statement, question)) return false;
  std::vector<std::string> actions;
  for (const auto& action : statement.actions) actions.push_back(aws::lower(action));
  if (any_match(actions, aws::lower(question.action)) == statement.not_action) return false;
  if (!statement.resources.empty() && any_match(statement.resources, question.resource) == statement.not_resource)
    return false;
  return conditions_hold(statement.conditions, question);
}

}  // namespace

Policy parse_policy(std::string_view document, PolicyKind kind) {
  const Json json = policy_json(document);
  if (json.is_discarded())
    throw kind == PolicyKind::trust ? malformed("This policy contains invalid Json") : syntax_error();
  if (!json.is_object() || !json.contains("Statement")) throw syntax_error();
  Policy out;
  for (const auto& [name, value] : json.items()) {
    if (name == "Version" && value.is_string()) {
      out.version = value.get<std::string>();
    } else if (name == "Id" && value.is_string()) {
      out.id = value.get<std::string>();
    } else if (name != "Statement") {
      throw syntax_error();
    }
  }
  if (!out.version.empty() && out.version != "2012-10-17" && out.version != "2008-10-17") throw syntax_error();
  // IAM takes the old version only where it is older than the rule: new identity policies must name the new one.
  if (kind == PolicyKind::identity && out.version != "2012-10-17")
    throw malformed("Policy document must be version 2012-10-17 or greater.");
  const Json& statements = json["Statement"];
  if (statements.is_array()) {
    for (const auto& statement : statements) out.statements.push_back(read_statement(statement));
  } else {
    out.statements.push_back(read_statement(statements));
  }
  if (out.statements.empty()) throw syntax_error();
  std::set<std::string> sids;
  for (const auto& statement : out.statements) {
    check_statement(statement, kind);
    if (!statement.sid.empty() && !sids.insert(statement.sid).second)
      throw malformed("Statement IDs (SID) in a single policy must be unique.");
  }
  return out;
}

Decision evaluate(const Policy& policy, const Question& question) {
  Decision decision = Decision::implicit_deny;
  for (const auto& statement : policy.statements) {
    if (!applies(statement, question)) continue;
    if (!statement.allow) return Decision::deny;
    decision = Decision::allow;
  }
  return decision;
}

}  // namespace orrery::identity
