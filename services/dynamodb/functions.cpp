#include "services/dynamodb/functions.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

struct Function {
  std::string_view name;
  std::size_t operands;
  FunctionUse use;
};

constexpr Function kFunctions[] = {
    {"attribute_exists", 1, FunctionUse::condition}, {"attribute_not_exists", 1, FunctionUse::condition},
    {"attribute_type", 2, FunctionUse::condition},   {"begins_with", 2, FunctionUse::condition},
    {"contains", 2, FunctionUse::condition},         {"size", 1, FunctionUse::condition},
    {"if_not_exists", 2, FunctionUse::update},       {"list_append", 2, FunctionUse::update},
};

AwsError fail(std::string_view kind, const std::string& message) {
  return validation("Invalid " + std::string(kind) + ": " + message);
}

AwsError wrong_type(std::string_view kind, std::string_view function, std::string_view type) {
  return fail(kind, "Incorrect operand type for operator or function; operator or function: " + std::string(function) +
                        ", operand type: " + std::string(type));
}

const std::string* constant_type(const Operand& operand) {
  return operand.kind == Operand::Kind::value ? &type_of(operand.value) : nullptr;
}

void check_attribute_type(const Operand& call, std::string_view kind) {
  const std::string* type = constant_type(call.arguments[1]);
  if (!type) throw wrong_type(kind, call.function, "document path");  // only a value can name a type
  if (*type != "S") throw wrong_type(kind, call.function, *type);
  const std::string name = content_of(call.arguments[1].value).get<std::string>();
  for (const char* known : {"S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL", "L", "M"}) {
    if (name == known) return;
  }
  throw fail(kind,
             "Invalid attribute type name found; type: " + name + ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

std::string operand_text(const Operand& operand) {
  if (operand.kind == Operand::Kind::path) return operand.path.text();
  const std::string& type = type_of(operand.value);
  return "AttributeValue: {" + type + ":" + content_of(operand.value).get<std::string>() + "}";
}

}  // namespace

bool is_condition_function(std::string_view name) {
  return name == "attribute_exists" || name == "attribute_not_exists" || name == "attribute_type" ||
         name == "begins_with" || name == "contains";
}

void check_function(const Operand& call, FunctionUse use, std::string_view kind) {
  const std::string& name = call.function;
  const auto* function = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                      [&](const Function& candidate) { return candidate.name == name; });
  if (function == std::end(kFunctions)) throw fail(kind, "Invalid function name; function: " + name);
  if (function->use != use) {
    throw fail(kind, use == FunctionUse::update
                         ? "The function is not allowed in an update expression; function: " + name
                         : "The function is not allowed in a condition expression; function: " + name);
  }
  if (call.arguments.size() != function->operands) {
    throw fail(kind, "Incorrect number of operands for operator or function; operator or function: " + name +
                         ", number of operands: " + std::to_string(call.arguments.size()));
  }
  const Operand& first = call.arguments[0];
  if ((name.starts_with("attribute_") && name != "attribute_type") || name == "if_not_exists") {
    if (first.kind != Operand::Kind::path)
      throw fail(kind, "Operator or function requires a document path; operator or function: " + name);
  }
  if (name == "attribute_type") check_attribute_type(call, kind);
  if (name == "begins_with") {
    for (const auto& argument : call.arguments) {
      const std::string* type = constant_type(argument);
      if (type && *type != "S" && *type != "B") throw wrong_type(kind, name, *type);
    }
  }
  if (name == "size") {
    if (first.kind == Operand::Kind::function) throw wrong_type(kind, name, "N");
    const std::string* type = constant_type(first);
    if (type && (*type == "N" || *type == "BOOL" || *type == "NULL")) throw wrong_type(kind, name, *type);
  }
  if (name == "list_append") {
    for (const auto& argument : call.arguments) {  // if_not_exists may stand in it, and no other function
      if (argument.kind == Operand::Kind::function && argument.function == name)
        throw fail(kind, "The function is not allowed to be used this way in an expression; function: " + name);
    }
    for (const auto& argument : call.arguments) {
      const std::string* type = constant_type(argument);
      if (type && *type != "L") throw wrong_type(kind, name, *type);
    }
  }
  if (name == "contains" && first.kind == Operand::Kind::path && call.arguments[1].kind == Operand::Kind::path &&
      first.path == call.arguments[1].path) {
    throw fail(kind,
               "The first operand must be distinct from the remaining operands for this operator or function; "
               "operator: contains, first operand: " +
                   first.path.text());
  }
}

void check_operands(std::string_view op, const std::vector<Operand>& operands, std::string_view kind) {
  const Operand& first = operands.front();
  for (std::size_t i = 1; i < operands.size(); ++i) {
    if (first.kind == Operand::Kind::path && operands[i].kind == Operand::Kind::path &&
        first.path == operands[i].path) {
      throw fail(kind,
                 "The first operand must be distinct from the remaining operands for this operator or function; "
                 "operator: " +
                     std::string(op) + ", first operand: " + first.path.text());
    }
  }
  if (op == "=" || op == "<>" || op == "IN") return;
  for (const auto& operand : operands) {
    const std::string* type = constant_type(operand);
    if (type && *type != "S" && *type != "N" && *type != "B") throw wrong_type(kind, op, *type);
  }
  if (op != "BETWEEN" || operands[1].kind != Operand::Kind::value || operands[2].kind != Operand::Kind::value) return;
  const auto order = compare(operands[1].value, operands[2].value);
  const std::string bounds =
      "lower bound operand: " + operand_text(operands[1]) + ", upper bound operand: " + operand_text(operands[2]);
  if (!order) throw fail(kind, "The BETWEEN operator requires same data type for lower and upper bounds; " + bounds);
  if (*order > 0) {
    throw fail(kind, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " + bounds);
  }
}

}  // namespace orrery::dynamodb
