#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_writer.hpp"
#include "services/dynamodb/legacy.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/request.hpp"
#include "services/dynamodb/update.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

void add_paths(std::vector<Path>& paths, const Operand& operand) {
  if (operand.kind == Operand::Kind::path) paths.push_back(operand.path);
  for (const auto& argument : operand.arguments) add_paths(paths, argument);
}

/// The value that a key attribute of an index gets, as far as the expression alone tells; {} where only the item does.
Json told_value(const UpdateAction& action) {
  if (action.kind != UpdateAction::Kind::set && action.kind != UpdateAction::Kind::add) return {};
  switch (action.operand.kind) {
    case Operand::Kind::value:
      return action.operand.value;
    case Operand::Kind::plus:
    case Operand::Kind::minus:
      return {{"N", "0"}};
    case Operand::Kind::function:
      return action.operand.function == "list_append" ? Json{{"L", Json::array()}} : Json();
    case Operand::Kind::path:
      break;
  }
  return {};
}

}  // namespace

void check_actions(const Table& table, const std::vector<UpdateAction>& actions) {
  std::vector<Path> paths;
  Json told = Json::object();
  for (const auto& action : actions) {
    if (table.key.holds(action.path.root()))
      throw invalid_parameter("Cannot update attribute " + action.path.root() + ". This attribute is part of the key");
    paths.push_back(action.path);
    add_paths(paths, action.operand);
    if (action.path.steps.size() > 1 || table.indexes.empty()) continue;
    if (Json value = told_value(action); !value.is_null()) told[action.path.root()] = std::move(value);
  }
  check_index_keys(table, told);
  check_key_paths(table, paths);
}

Json updated_item(const Table& table, const std::vector<UpdateAction>& actions, const std::optional<Json>& before,
                  const Json& key) {
  if (!before && !creates_item(actions)) return key;  // nothing to take away, not even at a path that leads nowhere
  Json after = apply_update(actions, before.value_or(key));
  if (item_size(after) > kMostItemBytes) throw validation("Item size to update has exceeded the maximum allowed size");
  for (const auto& [name, value] : after.items()) checked_value(value);  // the update may have nested too deeply
  for (const auto& action : actions) {
    const auto found = after.find(action.path.root());
    if (found != after.end() && !fits_indexes(table, action.path.root(), *found))
      throw validation("The update expression attempted to update the secondary index key to unsupported type");
  }
  check_index_keys(table, after);
  return after;
}

bool creates_item(const std::vector<UpdateAction>& actions) {
  return actions.empty() || std::any_of(actions.begin(), actions.end(), [](const UpdateAction& action) {
           return action.kind == UpdateAction::Kind::set || action.kind == UpdateAction::Kind::add;
         });
}

Json returned_attributes(const std::string& wanted, const std::vector<UpdateAction>& actions,
                         const std::optional<Json>& before, const Json& after) {
  if (wanted == "ALL_NEW") return after;
  if (wanted == "ALL_OLD") return before ? *before : Json();
  if (wanted == "NONE") return {};
  std::vector<Path> paths;
  paths.reserve(actions.size());
  for (const auto& action : actions) paths.push_back(action.path);
  const bool old = wanted == "UPDATED_OLD";
  if (old && !before) return {};
  Json out = project(old ? *before : after, paths);
  return out.empty() ? Json() : out;
}

Json update_item(RequestContext& context, const Input& input) {
  check_parameters(input, {"UpdateExpression", "ConditionExpression"});
  const Json key_value = checked_item(input.json("Key"));
  Placeholders held = placeholders(input);
  const auto text = input.find_str("UpdateExpression");
  const auto actions = text ? parse_update(*text, held) : legacy_updates(input);
  const auto required = condition(input, held);
  held.check_all_used();
  const auto held_table = item_table(context, input.str("TableName"));
  const Table& table = *held_table;
  const Key key = key_of(table.key, key_value);
  check_actions(table, actions);
  check_key_paths(table, required);

  ItemWriter writer(context);
  const auto before = writer.get(table, key);
  check(required, before, input);
  const Json after = updated_item(table, actions, before, key_value);
  const bool stored = before || creates_item(actions);
  if (stored) writer.put(table, key, after, before);

  Capacity capacity;
  capacity.add_write(table, before ? &*before : nullptr, &after);
  Json out = Json::object();
  const std::string wanted = input.str("ReturnValues", "NONE");
  if (stored) add(out, "Attributes", returned_attributes(wanted, actions, before, after));
  add(out, "ConsumedCapacity", capacity.report(table.name, wanted_capacity(input)));
  add(out, "ItemCollectionMetrics", item_collection_metrics(input, table, key_value));
  return out;
}

}  // namespace orrery::dynamodb
