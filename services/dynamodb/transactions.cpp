#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_change.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/request.hpp"
#include "services/dynamodb/strong_group.hpp"
#include "services/dynamodb/tokens.hpp"
#include "services/dynamodb/update.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

using Transactional = Capacity::Transactional;

constexpr std::size_t kMostActions = 100;

void check_count(std::size_t count) {
  if (count > kMostActions)
    throw validation(
        "1 validation error detected: Value '[...]' at 'transactItems' failed to satisfy constraint: "
        "Member must have length less than or equal to 100");
}

using Kind = ItemChange::Kind;

/// The one action of an element of TransactItems.
std::pair<Kind, Input> the_one(const Input& element) {
  static constexpr std::pair<const char*, Kind> kKinds[] = {
      {"ConditionCheck", Kind::check}, {"Put", Kind::put}, {"Update", Kind::update}, {"Delete", Kind::removal}};
  std::optional<std::pair<Kind, Input>> found;
  for (const auto& [name, kind] : kKinds) {
    auto one = element.find_object(name);
    if (!one) continue;
    if (found) throw validation("TransactItems can only contain one of Check, Put, Update or Delete");
    found.emplace(kind, *one);
  }
  if (!found) throw validation("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  return *found;
}

ItemChange change_of(RequestContext& context, const Input& element) {
  const auto [kind, input] = the_one(element);
  ItemChange out;
  out.kind = kind;
  Placeholders held = kind == Kind::update ? placeholders(input, {"UpdateExpression", "ConditionExpression"})
                                           : placeholders(input, {"ConditionExpression"});
  if (kind == Kind::update) out.actions = parse_update(input.str("UpdateExpression"), held);
  out.condition = condition(input, held);
  held.check_all_used();
  out.value = checked_item(input.json(kind == Kind::put ? "Item" : "Key"));
  out.table = require_table(context, input.str("TableName"));
  check_transactional(out.table);
  check_key_paths(out.table, out.condition);
  if (kind == Kind::put && item_size(out.value) > kMostItemBytes) throw item_too_large();
  out.key = kind == Kind::put ? key_in_item(out.table.key, out.value) : key_of(out.table.key, out.value);
  check_actions(out.table, out.actions);
  out.on_failure = input.str("ReturnValuesOnConditionCheckFailure", "NONE");
  return out;
}

}  // namespace

Json transact_write_items(RequestContext& context, const Input& input) {
  const auto actions = input.objects("TransactItems");
  check_count(actions.size());
  const std::string wanted = wanted_capacity(input);
  const bool fresh = Tokens(context).claim(input.str("ClientRequestToken"), input.json("TransactItems"));
  std::deque<ItemChange> writes;
  std::set<ItemChange::Target> targets;
  for (const auto& action : actions) {
    const ItemChange& write = writes.emplace_back(change_of(context, action));
    if (!targets.insert(write.target()).second)
      throw validation("Transaction request cannot include multiple operations on one item");
  }
  std::map<std::string, Capacity> capacities;
  Json out = Json::object();
  if (fresh) {
    Json reasons = Json::array();
    for (auto& write : writes) reasons.push_back(write.reason(context));
    cancel_if_any(reasons);
    for (const auto& write : writes) write.carry_out(context, capacities[write.table.name], Transactional::yes);
  } else {  // the repetition of one that was carried out costs reads
    for (auto& write : writes)
      capacities[write.table.name].add_table(
          Capacity::read_units(0, Capacity::Consistency::strong, Transactional::yes));
  }
  add(out, "ConsumedCapacity",
      capacity_reports(capacities, wanted, fresh ? Capacity::Split::write : Capacity::Split::read));
  for (const auto& write : writes) {
    if (!write.writes()) continue;
    if (Json metrics = item_collection_metrics(input, write.table, write.value); !metrics.is_null())
      out["ItemCollectionMetrics"][write.table.name].push_back(std::move(metrics));
  }
  return out;
}

Json transact_get_items(RequestContext& context, const Input& input) {
  const auto actions = input.objects("TransactItems");
  check_count(actions.size());
  std::map<std::string, Capacity> capacities;
  std::set<ItemChange::Target> targets;
  Json responses = Json::array();
  const ItemStore store(context.tx);
  for (const auto& action : actions) {
    const Input get = action.object("Get");
    Placeholders names = placeholders(get, {"ProjectionExpression"});
    const auto paths = projection(get, names);
    names.check_all_used();
    const Table table = require_table(context, get.str("TableName"));
    check_transactional(table);
    const Key key = key_of(table.key, checked_item(get.json("Key")));
    if (!targets.emplace(table.id, key.hash, key.range).second)
      throw validation("Transaction request cannot include multiple operations on one item");
    const auto item = store.get(table, key);
    capacities[table.name].add_table(
        Capacity::read_units(item ? item_size(*item) : 0, Capacity::Consistency::strong, Transactional::yes));
    Json response = Json::object();
    if (item) response["Item"] = paths ? project(*item, *paths) : *item;
    responses.push_back(std::move(response));
  }
  Json out = {{"Responses", std::move(responses)}};
  add(out, "ConsumedCapacity", capacity_reports(capacities, wanted_capacity(input), Capacity::Split::read));
  return out;
}

}  // namespace orrery::dynamodb
