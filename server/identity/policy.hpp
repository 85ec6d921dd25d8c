#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/json.hpp"

namespace orrery::identity {

/// One key of a condition block: operator ("StringLike", with any ForAllValues: prefix and IfExists suffix), context
/// key, and the values of which one has to match.
struct Condition {
  std::string op, key;
  std::vector<std::string> values;
};

/// A statement as IAM reads it: single values have become lists. Where the Not… form was written, the flag is set.
struct Statement {
  std::string sid;
  bool allow = false;
  bool not_principal = false, not_action = false, not_resource = false;
  /// "AWS", "Service", "Federated", "CanonicalUser" to values; a bare "*" is "AWS": ["*"].
  std::map<std::string, std::vector<std::string>> principals;
  std::vector<std::string> actions, resources;
  std::vector<Condition> conditions;
};

struct Policy {
  std::string version, id;
  std::vector<Statement> statements;
};

/// What a policy is attached to decides which elements it must and must not have.
enum class PolicyKind {
  identity,  ///< of a user, group or role: no Principal, a Resource
  trust,     ///< of a role: a Principal, sts actions, no Resource
  resource,  ///< of a bucket, key or secret: a Principal and a Resource
};

/// Parses and validates a document. Throws AwsError MalformedPolicyDocument (400) with AWS's message.
Policy parse_policy(std::string_view document, PolicyKind kind);

/// What is asked. Action and resource compare as IAM compares them; `context` answers a condition key's values, none
/// where the request has no such key (names compare in lower case).
struct Question {
  std::vector<std::string> principals;  ///< all names the caller answers to: its ARN, its role's, its account's
  std::string principal_type = "AWS";   ///< "AWS", "Service", "Federated"
  std::string action;                   ///< "sts:AssumeRole"
  std::string resource;                 ///< ARN; "" where the policy has none (trust policies)
  std::map<std::string, std::vector<std::string>> context;
};

enum class Decision { implicit_deny, allow, deny };

/// One policy's answer: an explicit deny wins, then an allow, else implicit_deny.
Decision evaluate(const Policy& policy, const Question& question);

/// True when all conditions hold.
bool conditions_hold(const std::vector<Condition>& conditions, const Question& question);
/// True for an operator that IAM has, with its prefix and suffix.
bool known_condition_operator(std::string_view op);

}  // namespace orrery::identity
