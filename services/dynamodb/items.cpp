#include "registry/written.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_writer.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/request.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

/// PutItem and DeleteItem have but two of the ReturnValues.
bool wants_old(const Input& input) {
  const std::string wanted = input.str("ReturnValues", "NONE");
  if (wanted != "NONE" && wanted != "ALL_OLD") throw validation("Return values set to invalid value");
  return wanted == "ALL_OLD";
}

}  // namespace

Json get_item(RequestContext& context, const Input& input) {
  check_parameters(input, {"ProjectionExpression"});
  const Json key = checked_item(input.json("Key"));
  Placeholders names = placeholders(input);
  const auto paths = projection(input, names);
  names.check_all_used();
  const auto held_table = item_table(context, input.str("TableName"));
  const Table& table = *held_table;
  if (paths) check_key_paths(table, *paths);
  Json out = Json::object();
  std::size_t size = 0;
  ItemStore(context.tx).look(table, key_of(table.key, key), [&](StoredItem item) {
    size = item.size();
    if (paths) {
      out["Item"] = project(Json(item), *paths);
      return;
    }
    std::string text;
    text.reserve(item.bytes().size() + item.bytes().size() / 4 + 64);
    item.append_json(text);
    out["Item"] = written(text);
  });
  Capacity capacity;
  capacity.add_table(Capacity::read_units(size, consistency(input)));
  add(out, "ConsumedCapacity", capacity.report(table.name, wanted_capacity(input)));
  return out;
}

Json put_item(RequestContext& context, const Input& input) {
  check_parameters(input, {"ConditionExpression"});
  const Json item = checked_item(input.json("Item"));
  const bool old = wants_old(input);
  if (item_size(item) > kMostItemBytes) throw item_too_large();
  Placeholders held = placeholders(input);
  const auto required = condition(input, held);
  held.check_all_used();
  const auto held_table = item_table(context, input.str("TableName"));
  const Table& table = *held_table;
  check_key_paths(table, required);
  const Key key = key_in_item(table.key, item);
  check_index_keys(table, item);

  ItemWriter writer(context);
  Capacity capacity;
  Json out = Json::object();
  if (!required && !old && ItemWriter::plain(table)) {
    check(required, std::nullopt, input);
    context.tx.refuse_no_more();
    const std::size_t before = writer.replace(table, key, item);
    capacity.add_table(Capacity::write_units(std::max(before, item_size(item))));
  } else {
    const auto before = writer.get(table, key);
    check(required, before, input);
    writer.put(table, key, item, before);
    capacity.add_write(table, before ? &*before : nullptr, &item);
    if (old && before) out["Attributes"] = *before;
  }
  add(out, "ConsumedCapacity", capacity.report(table.name, wanted_capacity(input)));
  add(out, "ItemCollectionMetrics", item_collection_metrics(input, table, item));
  return out;
}

Json delete_item(RequestContext& context, const Input& input) {
  check_parameters(input, {"ConditionExpression"});
  const Json key_value = checked_item(input.json("Key"));
  const bool old = wants_old(input);
  Placeholders held = placeholders(input);
  const auto required = condition(input, held);
  held.check_all_used();
  const auto held_table = item_table(context, input.str("TableName"));
  const Table& table = *held_table;
  check_key_paths(table, required);
  const Key key = key_of(table.key, key_value);

  ItemWriter writer(context);
  const auto before = writer.get(table, key);
  check(required, before, input);
  if (before) writer.erase(table, key, *before);

  Capacity capacity;
  capacity.add_write(table, before ? &*before : nullptr, nullptr);
  Json out = Json::object();
  if (old && before) out["Attributes"] = *before;
  add(out, "ConsumedCapacity", capacity.report(table.name, wanted_capacity(input)));
  add(out, "ItemCollectionMetrics", item_collection_metrics(input, table, key_value));
  return out;
}

}  // namespace orrery::dynamodb
