#include "services/dynamodb/key_condition.hpp"

#include <span>

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

/// `before` has the bytes of the attributes before the term's, where the part has several.
ItemStore::Range range_of(const Term& term, const std::optional<std::string>& before = std::nullopt) {
  const auto begun = [&](const Json& value) { return before ? *before + escaped(key_bytes(value)) : key_bytes(value); };
  const auto whole = [&](const Json& value) { return before ? begun(value).append(kAttributeEnd) : begun(value); };
  const auto past = [&](const Json& value) { return before ? after_prefix(whole(value), {}) : whole(value) + '\0'; };
  ItemStore::Range range;
  if (before) range = {*before, after_prefix(*before, range.upper)};
  const Json& first = term.values[0];
  if (term.op == "=") {
    range = {whole(first), past(first)};
  } else if (term.op == "<") {
    range.upper = whole(first);
  } else if (term.op == "<=") {
    range.upper = past(first);
  } else if (term.op == ">") {
    range.lower = past(first);
  } else if (term.op == ">=") {
    range.lower = whole(first);
  } else if (term.op == "BETWEEN") {
    range = {whole(first), past(term.values[1])};
  } else {  // begins_with
    range = {begun(first), after_prefix(begun(first), range.upper)};
  }
  return range;
}

const Term* term_of(const std::vector<Term>& terms, const KeyAttribute& attribute) {
  const auto found =
      std::find_if(terms.begin(), terms.end(), [&](const Term& term) { return term.attribute == attribute.name; });
  return found == terms.end() ? nullptr : &*found;
}

/// Those of the attributes that have no equality, as messages list them.
std::string without_equality(const std::vector<Term>& terms, std::span<const KeyAttribute> attributes) {
  std::string out;
  for (const auto& attribute : attributes) {
    const Term* term = term_of(terms, attribute);
    if (!term || term->op != "=") out += (out.empty() ? "" : ", ") + attribute.name;
  }
  return out;
}

/// The condition on an index with a key of several attributes: equalities on all HASH attributes and on the first RANGE
/// attributes, the last of which may have any other comparison (developer guide, "Multi-attribute keys"). The message
/// on RANGE attributes was recorded (dynamodb-conformance, October 2026); of that on HASH attributes, users report the
/// beginning.
KeyCondition multi_attribute_condition(const KeySchema& schema, const std::vector<Term>& terms) {
  if (const auto missing = without_equality(terms, schema.hash); !missing.empty())
    throw validation("HASH key attributes " + missing + " must have equality conditions specified in the query");
  std::size_t given = 0;  // RANGE attributes up to the last one that has a condition
  for (std::size_t i = 0; i < schema.range.size(); ++i) {
    if (term_of(terms, schema.range[i])) given = i + 1;
  }
  const std::span<const KeyAttribute> ranges(schema.range.data(), given);
  for (const auto& term : terms) {
    if (!schema.holds(term.attribute)) throw validation("Query key condition not supported");
  }
  if (given > 0) {
    if (const auto missing = without_equality(terms, ranges.first(given - 1)); !missing.empty())
      throw validation("RANGE key attributes " + missing +
                       " must have equality conditions specified in the query because a condition is present on key "
                       "attribute " +
                       ranges.back().name);
  }
  Json values = Json::object();
  for (const auto* part : {&schema.hash, &schema.range}) {
    for (const auto& attribute : *part) {
      const Term* term = term_of(terms, attribute);
      if (!term) continue;
      check_types(*term, attribute);
      if (term->op == "begins_with" && attribute.type == 'N') throw validation("Query key condition not supported");
      values[attribute.name] = term->values[0];
    }
  }
  KeyCondition out;
  out.hash = index_key({schema.hash, {}}, values)->hash;
  if (given == 0) return out;
  std::optional<std::string> before;
  if (schema.range.size() > 1) before = "";
  for (const auto& attribute : ranges.first(given - 1))
    before->append(escaped(key_bytes(values.at(attribute.name)))).append(kAttributeEnd);
  out.range = range_of(*term_of(terms, ranges.back()), before);
  return out;
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
  if (schema.multi_attribute()) return multi_attribute_condition(schema, terms);
  if (terms.size() > 2) throw validation("Conditions can be of length 1 or 2 only");
  const KeyAttribute& hash = schema.hash.front();
  const KeyAttribute* range = schema.range.empty() ? nullptr : &schema.range.front();
  if (!seen.contains(hash.name)) throw validation("Query condition missed key schema element: " + hash.name);
  KeyCondition out;
  for (const auto& term : terms) {
    if (term.attribute == hash.name) {
      if (term.op != "=") throw validation("Query key condition not supported");
      check_types(term, hash);
      out.hash = key_bytes(term.values[0]);
    } else if (range && term.attribute == range->name) {
      check_types(term, *range);
      if (term.op == "begins_with" && range->type == 'N') throw validation("Query key condition not supported");
      out.range = range_of(term);
    } else {
      throw validation(range ? "Query condition missed key schema element: " + range->name
                             : "Query key condition not supported");
    }
  }
  return out;
}

}  // namespace orrery::dynamodb
