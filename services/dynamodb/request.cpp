#include "services/dynamodb/request.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/legacy.hpp"

namespace orrery::dynamodb {

namespace {

/// Before the placeholders are looked at. KeyConditions may come with expressions other than its own successor.
void refuse_any_mixture(const Input& input) {
  if (input.has("KeyConditionExpression")) {
    refuse_mixture(input, {"AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"},
                   {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"});
  }
  refuse_mixture(
      input, {"AttributesToGet", "QueryFilter", "ScanFilter", "AttributeUpdates", "Expected", "ConditionalOperator"},
      {"ProjectionExpression", "FilterExpression", "UpdateExpression", "ConditionExpression"});
}

}  // namespace

void check_parameters(const Input& input, std::initializer_list<std::string_view> expressions) {
  const Json &names = input.json("ExpressionAttributeNames"), &values = input.json("ExpressionAttributeValues");
  const bool any = std::any_of(expressions.begin(), expressions.end(), [&](auto name) { return input.has(name); });
  if (any) refuse_any_mixture(input);
  if (!any && !names.is_null())
    throw validation("ExpressionAttributeNames can only be specified when using expressions");
  bool valued = false;
  std::string absent;
  std::size_t count = 0;
  for (const auto name : expressions) {
    if (name == "ProjectionExpression") continue;  // it has no values
    valued |= input.has(name);
    absent += (absent.empty() ? "" : " and ") + std::string(name);
    ++count;
  }
  if (!valued && !values.is_null()) {
    throw validation("ExpressionAttributeValues can only be specified when using expressions" +
                     (absent.empty() ? std::string() : ": " + absent + (count > 1 ? " are null" : " is null")));
  }
}

Placeholders placeholders(const Input& input) {
  return {input.json("ExpressionAttributeNames"), input.json("ExpressionAttributeValues")};
}

Placeholders placeholders(const Input& input, std::initializer_list<std::string_view> expressions) {
  check_parameters(input, expressions);
  return placeholders(input);
}

namespace {

void check_key_path(const Table& table, const Path& path) {
  if (path.steps.size() < 2) return;
  const auto refuse = [&](const char* kind) {
    throw validation("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
                     std::string(kind) + ": " + path.root());
  };
  if (table.key.holds(path.root())) refuse("Key");
  for (const auto& index : table.indexes) {
    if (index.key.holds(path.root())) refuse("IndexKey");
  }
}

}  // namespace

void check_key_paths(const Table& table, const std::vector<Path>& paths) {
  for (const auto& path : paths) check_key_path(table, path);
}

void check_key_paths(const Table& table, const std::optional<Condition>& condition) {
  if (condition) for_each_path(*condition, [&](const Path& path) { check_key_path(table, path); });
}

std::optional<Condition> condition(const Input& input, Placeholders& placeholders) {
  refuse_mixture(input, {"AttributeUpdates", "Expected", "ConditionalOperator"},
                 {"UpdateExpression", "ConditionExpression"});
  const auto text = input.find_str("ConditionExpression");
  if (!text) return legacy_condition(input, "Expected");
  return parse_condition(*text, "ConditionExpression", placeholders);
}

std::optional<std::vector<Path>> projection(const Input& input, Placeholders& placeholders) {
  // KeyConditions alone may come with expressions.
  refuse_mixture(input, {"AttributesToGet", "QueryFilter", "ScanFilter", "ConditionalOperator"},
                 {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"});
  const auto text = input.find_str("ProjectionExpression");
  if (!text) return legacy_projection(input);
  return parse_projection(*text, placeholders);
}

void check(const std::optional<Condition>& condition, const std::optional<Json>& item, const Input& input) {
  const std::string wanted = input.str("ReturnValuesOnConditionCheckFailure", "NONE");
  if (!condition || evaluate(*condition, item.value_or(Json::object()))) return;
  AwsError error = conditional_check_failed();
  if (wanted == "ALL_OLD" && item) throw std::move(error).with("Item", *item);
  throw error;
}

std::string wanted_capacity(const Input& input) { return input.str("ReturnConsumedCapacity", "NONE"); }

Capacity::Consistency consistency(const Input& input) {
  return input.flag("ConsistentRead") ? Capacity::Consistency::strong : Capacity::Consistency::eventual;
}

void add(Json& out, const char* member, Json value) {
  if (!value.is_null()) out[member] = std::move(value);
}

}  // namespace orrery::dynamodb
