#include "services/dynamodb/legacy.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

struct Comparison {
  std::string_view name;
  std::string_view op;      ///< of expressions
  std::size_t least, most;  ///< number of arguments
};

constexpr Comparison kComparisons[] = {
    {"EQ", "=", 1, 1},
    {"NE", "<>", 1, 1},
    {"LE", "<=", 1, 1},
    {"LT", "<", 1, 1},
    {"GE", ">=", 1, 1},
    {"GT", ">", 1, 1},
    {"IN", "IN", 1, 100},
    {"BETWEEN", "BETWEEN", 2, 2},
    {"NULL", "attribute_not_exists", 0, 0},
    {"NOT_NULL", "attribute_exists", 0, 0},
    {"CONTAINS", "contains", 1, 1},
    {"NOT_CONTAINS", "contains", 1, 1},
    {"BEGINS_WITH", "begins_with", 1, 1},
};

Operand attribute(const std::string& name) {
  check_attribute_name(name);
  Operand out;
  out.kind = Operand::Kind::path;
  out.path.steps.emplace_back(name);
  return out;
}

Operand constant(Json value) {
  Operand out;
  out.value = std::move(value);
  return out;
}

Condition negated(Condition condition) {
  Condition out;
  out.kind = Condition::Kind::negation;
  out.children.push_back(std::move(condition));
  return out;
}

Condition function(std::string name, std::vector<Operand> operands) {
  Condition out;
  out.kind = Condition::Kind::function;
  out.op = std::move(name);
  out.operands = std::move(operands);
  return out;
}

void check_type(const Comparison& comparison, const Json& value) {
  const std::string& type = type_of(value);
  const std::string_view name = comparison.name;
  const bool scalar = type == "S" || type == "N" || type == "B";
  const bool ordered =
      name == "LE" || name == "LT" || name == "GE" || name == "GT" || name == "BETWEEN" || name == "IN";
  const bool text = name == "BEGINS_WITH" && type != "S" && type != "B";
  const bool part = (name == "CONTAINS" || name == "NOT_CONTAINS") && !scalar && type != "BOOL" && type != "NULL";
  if ((ordered && !scalar) || text || part)
    throw invalid_parameter("ComparisonOperator " + std::string(name) + " is not valid for " + type +
                            " AttributeValue type");
}

Condition compared(const std::string& name, const std::string& operation, const Json& arguments) {
  const auto* comparison = std::find_if(std::begin(kComparisons), std::end(kComparisons),
                                        [&](const Comparison& candidate) { return candidate.name == operation; });
  if (comparison == std::end(kComparisons))
    throw validation("Unsupported operator on ComparisonOperator: " + operation);
  if (arguments.size() < comparison->least || arguments.size() > comparison->most)
    throw invalid_parameter("Invalid number of argument(s) for the " + operation + " ComparisonOperator");
  std::vector<Operand> operands{attribute(name)};
  for (const auto& argument : arguments) {
    operands.push_back(constant(checked_value(argument)));
    check_type(*comparison, operands.back().value);
    if (type_of(operands.back().value) != type_of(operands[1].value))
      throw invalid_parameter("AttributeValues inside AttributeValueList must be of same type");
  }
  if (operation == "BETWEEN" && compare(operands[1].value, operands[2].value).value_or(0) > 0)
    throw validation(
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
  const std::string op(comparison->op);
  if (op.front() >= 'a') {
    Condition call = function(op, std::move(operands));
    if (operation != "NOT_CONTAINS") return call;
    Condition both;  // an attribute that is not there contains nothing and matches neither
    both.kind = Condition::Kind::all;
    both.children.push_back(function("attribute_exists", {attribute(name)}));
    both.children.push_back(negated(std::move(call)));
    return both;
  }
  Condition out;
  out.kind = op == "IN" ? Condition::Kind::in : op == "BETWEEN" ? Condition::Kind::between : Condition::Kind::compare;
  out.op = op;
  out.operands = std::move(operands);
  return out;
}

/// All values are looked at before it is asked whether they fit their comparisons.
void check_values(const Json& given) {
  if (given.contains("Value")) checked_value(given.at("Value"));
  for (const auto& value : given.value("AttributeValueList", Json::array())) checked_value(value);
}

Condition one(const std::string& name, const Json& given) {
  const bool listed = given.contains("AttributeValueList"), valued = given.contains("Value");
  if (listed && valued)
    throw invalid_parameter("Value and AttributeValueList cannot be used together for Attribute: " + name);
  if (given.contains("ComparisonOperator")) {
    const auto operation = given.at("ComparisonOperator").get<std::string>();
    if (given.contains("Exists"))
      throw invalid_parameter("Exists and ComparisonOperator cannot be used together for Attribute: " + name);
    const bool unary = operation == "NULL" || operation == "NOT_NULL";
    if (!listed && !valued && !unary) {
      throw invalid_parameter("Value or AttributeValueList must be used with ComparisonOperator: " + operation +
                              " for Attribute: " + name);
    }
    return compared(name, operation,
                    valued ? Json::array({given.at("Value")}) : given.value("AttributeValueList", Json::array()));
  }
  if (listed)
    throw invalid_parameter("AttributeValueList can only be used with a ComparisonOperator for Attribute: " + name);
  if (!given.value("Exists", true)) {
    if (valued) throw invalid_parameter("Value cannot be used when Exists is false for Attribute: " + name);
    return function("attribute_not_exists", {attribute(name)});
  }
  if (!valued) {
    throw invalid_parameter(std::string("Value must be provided when Exists is ") +
                            (given.contains("Exists") ? "true" : "null") + " for Attribute: " + name);
  }
  return compared(name, "EQ", Json::array({given.at("Value")}));
}

std::string listed(const Input& input, std::initializer_list<std::string_view> members) {
  std::string out;
  for (const auto member : members) {
    if (input.has(member)) out += (out.empty() ? "" : ", ") + std::string(member);
  }
  return out;
}

}  // namespace

void refuse_mixture(const Input& input, std::initializer_list<std::string_view> legacy,
                    std::initializer_list<std::string_view> expressions) {
  const std::string old = listed(input, legacy), today = listed(input, expressions);
  if (old.empty() || today.empty()) return;
  throw validation(
      "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {" +
      old + "} Expression parameters: {" + today + "}");
}

std::optional<Condition> legacy_condition(const Input& input, std::string_view member) {
  const Json& given = input.json(member);
  const auto combined = input.find_str("ConditionalOperator");
  if (combined && member != "KeyConditions" && (given.is_null() || given.empty()))
    throw validation("ConditionalOperator cannot be used without Filter or Expected");
  if (given.is_null() || given.empty()) return std::nullopt;
  Condition out;
  out.kind = combined == "OR" && member != "KeyConditions" ? Condition::Kind::any : Condition::Kind::all;
  for (const auto& [name, condition] : given.items()) check_values(condition);
  for (const auto& [name, condition] : given.items()) out.children.push_back(one(name, condition));
  return out;
}

std::optional<std::vector<Path>> legacy_projection(const Input& input) {
  if (!input.has("AttributesToGet")) return std::nullopt;
  std::vector<Path> out;
  std::set<std::string> seen;
  for (auto& name : input.strings("AttributesToGet")) {
    if (!seen.insert(name).second) throw invalid_parameter("Duplicate value in attribute name: " + name);
    out.push_back(attribute(name).path);
  }
  return out;
}

std::vector<UpdateAction> legacy_updates(const Input& input) {
  std::vector<UpdateAction> out;
  const Json& updates = input.json("AttributeUpdates");
  for (const auto& [name, update] : updates.items()) {
    const std::string action = update.value("Action", "PUT");
    UpdateAction next;
    next.origin = UpdateAction::Origin::attribute_updates;
    next.path = attribute(name).path;
    if (!update.contains("Value")) {
      if (action != "DELETE")
        throw invalid_parameter("Only DELETE action is allowed when no attribute value is specified");
      next.kind = UpdateAction::Kind::remove;
      out.push_back(std::move(next));
      continue;
    }
    next.operand = constant(checked_value(update.at("Value")));
    const std::string type = type_of(next.operand.value);
    const bool set = type == "SS" || type == "NS" || type == "BS";
    if (action == "DELETE") {
      if (!set) throw invalid_parameter("DELETE action with value is not supported for the type " + type);
      next.kind = UpdateAction::Kind::erase;
    } else if (action == "ADD") {
      if (!set && type != "N" && type != "L")
        throw invalid_parameter("ADD action is not supported for the type " + type);
      next.kind = UpdateAction::Kind::add;
    }
    out.push_back(std::move(next));
  }
  return out;
}

}  // namespace orrery::dynamodb
