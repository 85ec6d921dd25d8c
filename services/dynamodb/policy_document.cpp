#include "services/dynamodb/policy_document.hpp"

#include <set>

#include "aws/ids.hpp"
#include "aws/text.hpp"
#include "identity/policy.hpp"
#include "identity/policy_json.hpp"
#include "registry/findings.hpp"
#include "services/dynamodb/errors.hpp"

namespace orrery::dynamodb {

namespace {

using Document = nlohmann::ordered_json;

constexpr std::size_t kMostPolicyBytes = 20480;

constexpr Rule kPolicyPrincipal{
    "dynamodb-policy-principal-exists",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"};
constexpr Rule kPolicyDenial{
    "dynamodb-policy-denies",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html"};
constexpr Rule kPolicyLockout{
    "dynamodb-policy-lockout",
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html"};

AwsError invalid_policy(const std::string& why) { return invalid_parameter("Invalid policy document: " + why); }

AwsError missing_element(const char* name) { return invalid_policy(std::string("Missing required field ") + name); }

/// Where the values of a JSON text begin that is known to be right, by their paths ("/Statement/0/Principal"), as deep
/// as policies go.
class ValuePlaces {
 public:
  explicit ValuePlaces(const std::string& text) : text_(text) { value("", 0); }

  /// "(line,column)" of a value, both counted from 1.
  std::string position(const std::string& path) const {
    const auto found = begins_.find(path);
    const std::size_t at = found == begins_.end() ? 0 : found->second;
    const auto lines = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const std::size_t newline = at == 0 ? std::string::npos : text_.rfind('\n', at - 1);
    const std::size_t column = newline == std::string::npos ? at + 1 : at - newline;
    return "(" + std::to_string(lines + 1) + "," + std::to_string(column) + ")";
  }

 private:
  static constexpr int kDeepest = 6;  // a value in a list of a condition

  char next() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  std::string string() {
    const std::size_t from = at_++;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
    return text_.substr(from, at_ - from);
  }
  void skip() {
    int open = 0;
    do {
      const char c = next();
      if (c == '"') {
        string();
        continue;
      }
      open += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      ++at_;
    } while (open > 0);
  }
  void members(char last, const std::string& path, int depth) {
    for (int i = 0; next() != last; ++i) {
      std::string name = std::to_string(i);
      if (last == '}') {
        name = Json::parse(string()).get<std::string>();
        next();
        ++at_;  // the colon
      }
      value(path + "/" + name, depth + 1);
      if (next() == ',') ++at_;
    }
    ++at_;
  }
  void value(const std::string& path, int depth) {
    const char first = next();
    begins_.emplace(path, at_);
    if (first == '"') {
      string();
    } else if (first != '{' && first != '[') {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    } else if (depth == kDeepest) {
      skip();
    } else {
      ++at_;
      members(first == '{' ? '}' : ']', path, depth);
    }
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::map<std::string, std::size_t> begins_;
};

std::vector<std::string> texts_of(const Document& value) {
  if (value.is_string()) return {value.get<std::string>()};
  std::vector<std::string> out;
  for (const auto& one : value) out.push_back(one.get<std::string>());
  return out;
}

/// A list of one is the one.
Document list_form(const Document& value) { return value.is_array() && value.size() == 1 ? value.front() : value; }

bool is_text_list(const Document& value) {
  return value.is_string() ||
         (value.is_array() && !value.empty() &&
          std::all_of(value.begin(), value.end(), [](const auto& one) { return one.is_string(); }));
}

bool is_account(const std::string& text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Reads the elements of a document and writes their form.
class PolicyReader {
 public:
  PolicyReader(const std::string& text, PolicyOf of) : text_(text), of_(of) {}

  Document read(const Document& document) {
    if (!document.is_object()) throw syntax_error("");
    for (const auto& [name, value] : document.items()) {
      const bool version = name == "Version" && (value == "2012-10-17" || value == "2008-10-17");
      if (!version && !(name == "Id" && value.is_string()) && name != "Statement") throw syntax_error("/" + name);
    }
    const Document none = Document::array();
    const Document& given = document.contains("Statement") ? document.at("Statement") : none;
    if (given.empty()) throw invalid_policy("Could not parse the policy: Statement is empty!");
    Document statements = Document::array();
    if (given.is_array()) {
      for (const auto& one : given)
        statements.push_back(statement(one, "/Statement/" + std::to_string(statements.size())));
    } else {
      statements.push_back(statement(given, "/Statement"));
    }
    Document out = Document::object();
    for (const char* name : {"Version", "Id"}) {
      if (document.contains(name)) out[name] = document.at(name);
    }
    out["Statement"] = std::move(statements);
    if (!invalid_actions_.empty()) throw invalid_policy("The following action names are invalid: " + invalid_actions_);
    return out;
  }

 private:
  AwsError syntax_error(const std::string& path) const {
    return invalid_policy("Syntax error at position " + ValuePlaces(text_).position(path));
  }

  Document statement(const Document& given, const std::string& path) {
    static constexpr const char* kElements[] = {"Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
                                                "NotAction", "Resource", "NotResource", "Condition"};
    if (!given.is_object()) throw syntax_error(path);
    for (const auto& [name, value] : given.items()) {
      if (std::find(std::begin(kElements), std::end(kElements), name) == std::end(kElements))
        throw syntax_error(path + "/" + name);
    }
    for (const char* name : {"Effect", "Principal", "Action", "Resource"}) {
      if (!given.contains(name) && !given.contains(std::string("Not") + name)) throw missing_element(name);
      if (given.contains(name) && given.contains(std::string("Not") + name)) throw syntax_error(path + "/Not" + name);
    }
    Document out = Document::object();
    for (const char* name : kElements) {
      if (given.contains(name)) out[name] = element(name, given.at(name), path + "/" + name);
    }
    return out;
  }

  Document element(const std::string& name, const Document& value, const std::string& path) {
    if (name == "Sid") return sid(value, path);
    if (name == "Effect") return effect(value, path);
    if (name.ends_with("Principal")) return principal(value, path);
    if (name == "Condition") return condition(value, path);
    if (!is_text_list(value)) throw syntax_error(path);
    if (name.ends_with("Action")) note_actions(value);
    if (name.ends_with("Resource")) check_resources(value);
    return list_form(value);
  }

  Document sid(const Document& value, const std::string& path) {
    if (!value.is_string()) throw syntax_error(path);
    if (!sids_.insert(value.get<std::string>()).second)
      throw invalid_policy("The Statement Ids in the policy are not unique");
    return value;
  }

  Document effect(const Document& value, const std::string& path) const {
    const std::string text = value.is_string() ? aws::lower(value.get<std::string>()) : "";
    if (text != "allow" && text != "deny") throw syntax_error(path);
    return text == "allow" ? "Allow" : "Deny";
  }

  /// An account is its root, and none is named twice.
  Document principal(const Document& value, const std::string& path) const {
    if (value == "*") return value;
    if (!value.is_object() || value.empty()) throw syntax_error(path);
    Document out = Document::object();
    for (const auto& [type, named] : value.items()) {
      const bool known = type == "AWS" || type == "Service" || type == "Federated" || type == "CanonicalUser";
      if (!known || !is_text_list(named)) throw syntax_error(path + "/" + type);
      Document names = Document::array();
      for (std::string name : texts_of(named)) {
        if (type == "AWS" && is_account(name)) name = "arn:aws:iam::" + name + ":root";
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
      out[type] = list_form(names);
    }
    return out;
  }

  Document condition(const Document& value, const std::string& path) const {
    if (!value.is_object()) throw syntax_error(path);
    Document out = Document::object();
    for (const auto& [op, keys] : value.items()) {
      if (!keys.is_object() || !identity::known_condition_operator(op)) throw syntax_error(path + "/" + op);
      Document& held = out[op] = Document::object();
      for (const auto& [key, values] : keys.items()) {
        const bool scalar = values.is_string() || values.is_number() || values.is_boolean();
        if ((!scalar && !is_text_list(values)) || key.find(':') == std::string::npos)
          throw syntax_error(path + "/" + op + "/" + key);
        held[key] = list_form(values);
      }
    }
    return out;
  }

  /// A table's policy has no say in its stream.
  void note_actions(const Document& value) {
    static constexpr std::string_view kOfStreams[] = {"dynamodb:describestream", "dynamodb:getrecords",
                                                      "dynamodb:getsharditerator", "dynamodb:liststreams"};
    for (const auto& action : texts_of(value)) {
      const std::string lower = aws::lower(action);
      const bool of_stream = std::find(std::begin(kOfStreams), std::end(kOfStreams), lower) != std::end(kOfStreams);
      if (action == "*" || (lower.starts_with("dynamodb:") && (of_ == PolicyOf::stream || !of_stream))) continue;
      invalid_actions_ += (invalid_actions_.empty() ? "\"" : ", \"") + action + "\"";
    }
  }

  /// Other tables may be named, whatever that is good for; a stream only in a stream's policy, and nothing else there.
  void check_resources(const Document& value) const {
    for (const auto& resource : texts_of(value)) {
      const std::string id = aws::parse_arn(resource).resource;
      if (!id.starts_with("table/")) continue;
      const bool stream = id.find("/stream/") != std::string::npos, open = id.find_first_of("*?") != std::string::npos;
      if (of_ == PolicyOf::stream ? stream || open : !stream) continue;
      throw invalid_policy("The relative-id \"" + id + "\" is invalid for ARN \"" + resource + "\"");
    }
  }

  const std::string& text_;
  PolicyOf of_;
  std::set<std::string> sids_;
  std::string invalid_actions_;
};

/// Whether a condition leaves only callers that it names (developer guide, "Blocking public access with resource-based
/// policies in DynamoDB").
bool narrows(const Document& condition) {
  static constexpr std::string_view kKeys[] = {"aws:principalaccount",
                                               "aws:principalarn",
                                               "aws:principalorgid",
                                               "aws:principalorgpaths",
                                               "aws:sourceaccount",
                                               "aws:sourcearn",
                                               "aws:sourcevpc",
                                               "aws:sourcevpce",
                                               "aws:userid",
                                               "aws:principalservicename",
                                               "aws:principalservicenameslist",
                                               "aws:principalisawsservice",
                                               "aws:ec2instancesourcevpc",
                                               "aws:sourceorgid",
                                               "aws:sourceorgpaths"};
  for (const auto& [op, keys] : condition.items()) {
    if (op.find("Not") != std::string::npos || op.ends_with("IfExists") || op.starts_with("ForAllValues")) continue;
    for (const auto& [key, values] : keys.items()) {
      if (std::find(std::begin(kKeys), std::end(kKeys), aws::lower(key)) == std::end(kKeys)) continue;
      if (values.dump().find_first_of("*?$") == std::string::npos) return true;
    }
  }
  return false;
}

void check_not_public(const Document& statement) {
  if (statement.at("Effect") != "Allow") return;
  bool everyone = statement.contains("NotPrincipal");
  if (const auto principal = statement.find("Principal"); principal != statement.end()) {
    everyone = *principal == "*";
    if (principal->is_object() && principal->contains("AWS")) {
      const auto names = texts_of(principal->at("AWS"));
      everyone |= std::find(names.begin(), names.end(), "*") != names.end();
    }
  }
  if (!everyone || (statement.contains("Condition") && narrows(statement.at("Condition")))) return;
  throw validation(
      "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure "
      "least-privilege form of access");
}

/// IAM looks every principal up. All accounts exist here, and of their users and roles only this account's roles can be
/// looked up.
void check_policy_principals(RequestContext& context, const std::string& arn, const Document& statement) {
  const AwsError invalid = invalid_parameter("Invalid principal in policy document.");
  for (const char* element : {"Principal", "NotPrincipal"}) {
    if (!statement.contains(element) || !statement.at(element).is_object()) continue;
    for (const auto& name : texts_of(statement.at(element).value("AWS", Document("*")))) {
      if (name == "*") continue;
      const aws::Arn principal = aws::parse_arn(name);
      if ((principal.service != "iam" && principal.service != "sts") || !is_account(principal.account)) throw invalid;
      const bool own_role = principal.service == "iam" && principal.account == context.account &&
                            principal.resource.starts_with("role/") &&
                            !principal.resource.starts_with("role/aws-service-role/");
      if (own_role && !context.peers.iam->role(context, name)) would_refuse(context, kPolicyPrincipal, arn, invalid);
    }
  }
}

identity::Question asked_by_caller(const RequestContext& context, const std::string& arn, std::string action) {
  const auto& caller = context.principal;
  std::string who = caller.arn;  // of a session, the role
  const aws::Arn session = aws::parse_arn(who);
  constexpr std::string_view kSession = "assumed-role/";
  if (caller.type == identity::Principal::Type::assumed_role && session.resource.starts_with(kSession)) {
    const std::string role = session.resource.substr(kSession.size());
    who = "arn:aws:iam::" + session.account + ":role/" + role.substr(0, role.find('/'));
  }
  identity::Question out;
  out.principals = {caller.arn, who, "arn:aws:iam::" + context.account + ":root"};
  out.action = std::move(action);
  out.resource = arn;
  out.context = {{"aws:principalarn", {who}},
                 {"aws:principalaccount", {context.account}},
                 {"aws:securetransport", {"true"}},  // the local endpoint stands for AWS's
                 {"aws:sourceip", {context.request.remote}}};
  return out;
}

}  // namespace

std::string policy_form(RequestContext& context, const std::string& arn, PolicyOf of, const std::string& text) {
  if (text.size() > kMostPolicyBytes)
    throw invalid_parameter("Maximum policy size of " + std::to_string(kMostPolicyBytes) + " bytes exceeded");
  const Document document = identity::policy_json<Document>(text);
  if (document.is_discarded()) throw invalid_policy("This policy contains invalid Json");
  const Document form = PolicyReader(text, of).read(document);
  for (const auto& statement : form.at("Statement")) {
    check_not_public(statement);
    check_policy_principals(context, arn, statement);
  }
  return form.dump();
}

std::string policy_text(const std::string& form) {
  const Document document = Document::parse(form);
  Document out = {{"Version", document.value("Version", "2008-10-17")}};
  out.update(document);
  return out.dump();
}

void check_denial(RequestContext& context, const storage::Resource& resource) {
  const bool writes = context.tx.access() == storage::Transaction::Access::write;
  if (!writes && context.settings.strictness != Strictness::strict) return;
  const auto held = resource.hidden.find("Policy");
  if (held == resource.hidden.end() || held->get_ref<const std::string&>().find("\"Deny\"") == std::string::npos)
    return;
  identity::Policy policy;
  try {
    policy = identity::parse_policy(held->get<std::string>(), identity::PolicyKind::resource);
  } catch (const AwsError&) {  // of a time when documents were kept unread
    return;
  }
  const std::string action = "dynamodb:" + std::string(context.operation);
  const identity::Question question = asked_by_caller(context, resource.arn, action);
  if (identity::evaluate(policy, question) != identity::Decision::deny) return;
  would_refuse(context, kPolicyDenial, resource.arn,
               {"AccessDeniedException", 400,
                "User: " + context.principal.arn + " is not authorized to perform: " + action +
                    " on resource: " + resource.arn + " with an explicit deny in a resource-based policy"});
}

void check_lockout(RequestContext& context, const std::string& arn, const std::string& form) {
  const AwsError locked{"AccessDeniedException", 400,
                        "The new resource policy will not allow you to update the resource policy in the future."};
  const identity::Question question = asked_by_caller(context, arn, "dynamodb:PutResourcePolicy");
  identity::Policy policy = identity::parse_policy(form, identity::PolicyKind::resource);
  if (identity::evaluate(policy, question) != identity::Decision::deny) return;
  // Who calls, and from where, may be another one here than it is on AWS.
  std::erase_if(policy.statements, [](const auto& statement) { return !statement.conditions.empty(); });
  if (identity::evaluate(policy, question) == identity::Decision::deny) throw locked;
  would_refuse(context, kPolicyLockout, arn, locked);
}

}  // namespace orrery::dynamodb
