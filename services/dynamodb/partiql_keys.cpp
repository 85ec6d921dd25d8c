#include "services/dynamodb/partiql_keys.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb::partiql {

namespace {

/// The conditions that must all hold.
void collect_terms(const Condition& condition, std::vector<const Condition*>& terms) {
  if (condition.kind != Condition::Kind::all) {
    terms.push_back(&condition);
    return;
  }
  for (const auto& child : condition.children) collect_terms(child, terms);
}

std::vector<const Condition*> terms_of(const std::optional<Condition>& where) {
  std::vector<const Condition*> terms;
  if (where) collect_terms(*where, terms);
  return terms;
}

/// The value that a term fixes the attribute to.
const Json* fixed_to(const Condition& term, const std::string& attribute) {
  if (term.kind != Condition::Kind::compare || term.op != "=") return nullptr;
  for (std::size_t i : {0, 1}) {
    const Operand &path = term.operands[i], &value = term.operands[1 - i];
    if (path.kind == Operand::Kind::path && value.kind == Operand::Kind::value && path.path.steps.size() == 1 &&
        path.path.root() == attribute) {
      return &value.value;
    }
  }
  return nullptr;
}

const Json* fixed(const std::vector<const Condition*>& terms, const std::string& attribute) {
  for (const auto* term : terms) {
    if (const Json* value = fixed_to(*term, attribute)) return value;
  }
  return nullptr;
}

/// Whether a term is one on the attribute that a range of keys can express.
bool ranges(const Condition& term, const KeyAttribute& attribute) {
  const bool begins = term.kind == Condition::Kind::function && term.op == "begins_with" && attribute.type != 'N';
  const bool compares = term.kind == Condition::Kind::compare && term.op != "<>";
  if (!begins && !compares && term.kind != Condition::Kind::between) return false;
  const Operand& first = term.operands.front();
  if (first.kind != Operand::Kind::path || first.path.steps.size() != 1 || first.path.root() != attribute.name)
    return false;
  return std::all_of(term.operands.begin() + 1, term.operands.end(), [&](const Operand& operand) {
    return operand.kind == Operand::Kind::value && type_of(operand.value) == std::string(1, attribute.type);
  });
}

Condition equals(const std::string& attribute, const Json& value) {
  Condition out;
  out.op = "=";
  out.operands.resize(2);
  out.operands[0].kind = Operand::Kind::path;
  out.operands[0].path.steps.emplace_back(attribute);
  out.operands[1].value = value;
  return out;
}

}  // namespace

std::optional<Json> primary_key(const KeySchema& schema, const std::optional<Condition>& where) {
  const auto terms = terms_of(where);
  Json out = Json::object();
  const auto take = [&](const KeyAttribute& attribute) {
    const Json* value = fixed(terms, attribute.name);
    if (value) out[attribute.name] = *value;
    return value != nullptr;
  };
  if (!take(schema.hash.front()) || (!schema.range.empty() && !take(schema.range.front()))) return std::nullopt;
  return out;
}

bool only_keys(const KeySchema& schema, const Condition& where) {
  std::vector<const Condition*> terms;
  collect_terms(where, terms);
  return terms.size() == schema.size();
}

std::optional<KeyCondition> query_condition(const KeySchema& schema, const std::optional<Condition>& where) {
  const auto terms = terms_of(where);
  const std::string& name = schema.hash.front().name;
  const Json* hash = fixed(terms, name);
  if (!hash) return std::nullopt;
  Condition both;
  both.kind = Condition::Kind::all;
  both.children.push_back(equals(name, *hash));
  if (!schema.range.empty()) {
    const auto found =
        std::find_if(terms.begin(), terms.end(), [&](const auto* term) { return ranges(*term, schema.range.front()); });
    if (found != terms.end()) both.children.push_back(**found);
  }
  return key_condition(schema, both);
}

}  // namespace orrery::dynamodb::partiql
