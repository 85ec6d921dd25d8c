#include "services/dynamodb/key_condition.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

AwsError invalid(const std::string& message) { return validation("Invalid KeyConditionExpression: " + message); }

/// One condition on one attribute, its path first.
struct Term {
  std::string attribute, op;
  std::vector<Json> values;
};

std::string flipped(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

Term term(const Condition& condition) {
  std::string op = condition.kind == Condition::Kind::negation ? "NOT" : condition.op;
  if (condition.kind == Condition::Kind::any) op = "OR";
  static constexpr std::string_view kAllowed[] = {"=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"};
  if (std::find(std::begin(kAllowed), std::end(kAllowed), op) == std::end(kAllowed))
    throw invalid("Invalid operator used in KeyConditionExpression: " + op);
  std::vector<Operand> operands = condition.operands;
  if (condition.kind == Condition::Kind::compare && operands[0].kind == Operand::Kind::value) {
    std::swap(operands[0], operands[1]);
    op = flipped(op);
  }
  Term out{"", op, {}};
  if (operands[0].kind != Operand::Kind::path)
    throw invalid(operands[0].kind == Operand::Kind::function
                      ? "KeyConditionExpressions cannot contain nested operations"
                      : "No key attribute specified in one condition");
  if (operands[0].path.steps.size() > 1)
    throw invalid("KeyConditionExpressions cannot have conditions on nested attributes");
  out.attribute = operands[0].path.root();
  for (std::size_t i = 1; i < operands.size(); ++i) {
    if (operands[i].kind == Operand::Kind::path) throw invalid("Multiple attribute names used in one condition");
    if (operands[i].kind == Operand::Kind::function)
      throw invalid("KeyConditionExpressions cannot contain nested operations");
    out.values.push_back(operands[i].value);
  }
  return out;
}

void collect(const Condition& condition, std::vector<Term>& terms) {
  if (condition.kind != Condition::Kind::all) {
    terms.push_back(term(condition));
    return;
  }
  for (const auto& child : condition.children) collect(child, terms);
}

void check_types(const Term& term, const KeyAttribute& attribute) {
  for (const auto& value : term.values) {
    if (type_of(value) != std::string(1, attribute.type))
      throw invalid_parameter("Condition parameter type does not match schema type");
    if (attribute.type != 'N' && content_of(value).get_ref<const std::string&>().empty())
      throw validation(
          "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
          "contain an empty " +
          std::string(attribute.type == 'B' ? "binary" : "string") + " value. Key: " + attribute.name);
  }
}

/// The least bytes that sort after everything that begins with `prefix`.
std::string after_prefix(std::string prefix, const std::string& beyond) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (prefix.empty()) return beyond;
  ++prefix.back();
  return prefix;
}

ItemStore::Range range_of(const Term& term) {
  ItemStore::Range range;
  const std::string first = key_bytes(term.values[0]);
  const auto past = [](const std::string& bytes) { return bytes + '\0'; };
  if (term.op == "=") {
    range = {first, past(first)};
  } else if (term.op == "<") {
    range.upper = first;
  } else if (term.op == "<=") {
    range.upper = past(first);
  } else if (term.op == ">") {
    range.lower = past(first);
  } else if (term.op == ">=") {
    range.lower = first;
  } else if (term.op == "BETWEEN") {
    range = {first, past(key_bytes(term.values[1]))};
  } else {  // begins_with
    range = {first, after_prefix(first, range.upper)};
  }
  return range;
}

}  // namespace

KeyCondition key_condition(const KeySchema& schema, const Condition& condition) {
  std::vector<Term> terms;
  collect(condition, terms);
  std::set<std::string> seen;
  for (const auto& term : terms) {
    if (!seen.insert(term.attribute).second)
      throw validation("KeyConditionExpressions must only contain one condition per key");
  }
  if (terms.size() > 2) throw validation("Conditions can be of length 1 or 2 only");
  if (!seen.contains(schema.hash.name))
    throw validation("Query condition missed key schema element: " + schema.hash.name);
  KeyCondition out;
  for (const auto& term : terms) {
    if (term.attribute == schema.hash.name) {
      if (term.op != "=") throw validation("Query key condition not supported");
      check_types(term, schema.hash);
      out.hash = key_bytes(term.values[0]);
    } else if (schema.range && term.attribute == schema.range->name) {
      check_types(term, *schema.range);
      if (term.op == "begins_with" && schema.range->type == 'N') throw validation("Query key condition not supported");
      out.range = range_of(term);
    } else {
      throw validation(schema.range ? "Query condition missed key schema element: " + schema.range->name
                                    : "Query key condition not supported");
    }
  }
  return out;
}

}  // namespace orrery::dynamodb
