#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_writer.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/request.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostGets = 100, kMostWrites = 25, kMostAnswerBytes = 16 * 1024 * 1024;

/// The items of one table of a BatchGetItem. What no longer fits into the answer goes to `unprocessed`.
Json get_from(RequestContext& context, const Table& table, const Input& request, Capacity& capacity, std::size_t& bytes,
              Json& unprocessed) {
  Placeholders names = placeholders(request, {"ProjectionExpression"});
  const auto paths = projection(request, names);
  names.check_all_used();
  const auto consistent = consistency(request);
  const ItemStore store(context.tx);
  std::set<std::pair<std::string, std::string>> seen;
  Json items = Json::array();
  for (const auto& given : request.json("Keys")) {
    const Json key_value = checked_item(given);
    const Key key = key_of(table.key, key_value);
    if (!seen.emplace(key.hash, key.range).second) throw validation("Provided list of item keys contains duplicates");
    const auto item = store.get(table, key);
    const std::size_t size = item ? item_size(*item) : 0;
    if (bytes + size > kMostAnswerBytes) {
      unprocessed.push_back(given);
      continue;
    }
    bytes += size;
    capacity.add_table(Capacity::read_units(size, consistent));
    if (item) items.push_back(paths ? project(*item, *paths) : *item);
  }
  return items;
}

void write_to(RequestContext& context, const Table& table, const std::vector<Input>& requests, Capacity& capacity) {
  ItemWriter writer(context);
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& request : requests) {
    const auto put = request.find_object("PutRequest");
    const auto removal = request.find_object("DeleteRequest");
    if (put.has_value() == removal.has_value()) {
      throw validation(put ? "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
                             "supported datatypes"
                           : "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    }
    const Json value = checked_item(put ? put->json("Item") : removal->json("Key"));
    if (put && item_size(value) > kMostItemBytes) throw item_too_large();
    const Key key = put ? key_in_item(table.key, value) : key_of(table.key, value);
    if (!seen.emplace(key.hash, key.range).second) throw validation("Provided list of item keys contains duplicates");
    if (put) check_index_keys(table, value);
    if (put && ItemWriter::plain(table)) {
      const std::size_t before = writer.replace(table, key, value);
      capacity.add_table(Capacity::write_units(std::max(before, item_size(value))));
      continue;
    }
    const auto before = writer.get(table, key);
    capacity.add_write(table, before ? &*before : nullptr, put ? &value : nullptr);
    if (put) {
      writer.put(table, key, value, before);
    } else if (before) {
      writer.erase(table, key, *before);
    }
  }
}

/// The tables of a RequestItems map, by the name or ARN that the client gave.
std::vector<std::string> requested_tables(const Input& requests, const Input& input) {
  std::vector<std::string> names;
  const Json& whole = input.json("RequestItems");
  for (const auto& [name, request] : whole.items()) {
    if (requests.has(name)) names.push_back(name);
  }
  return names;
}

}  // namespace

Json batch_get_item(RequestContext& context, const Input& input) {
  const Input requests = input.object("RequestItems");
  const auto names = requested_tables(requests, input);
  std::size_t count = 0, bytes = 0;
  for (const auto& name : names) count += requests.object(name).json("Keys").size();
  if (count > kMostGets) throw validation("Too many items requested for the BatchGetItem call");
  Json out = {{"Responses", Json::object()}, {"UnprocessedKeys", Json::object()}};
  Json consumed = Json::array();
  const std::string wanted = wanted_capacity(input);
  for (const auto& name : names) {
    const Input request = requests.object(name);
    const auto held_table = item_table(context, name);
    const Table& table = *held_table;
    Capacity capacity;
    Json unprocessed = Json::array();
    out["Responses"][name] = get_from(context, table, request, capacity, bytes, unprocessed);
    if (!unprocessed.empty()) {
      out["UnprocessedKeys"][name] = request.all();
      out["UnprocessedKeys"][name]["Keys"] = std::move(unprocessed);
    }
    if (Json report = capacity.report(table.name, wanted); !report.is_null()) consumed.push_back(std::move(report));
  }
  if (!consumed.empty()) out["ConsumedCapacity"] = std::move(consumed);
  return out;
}

Json batch_write_item(RequestContext& context, const Input& input) {
  const Input requests = input.object("RequestItems");
  const auto names = requested_tables(requests, input);
  std::size_t count = 0;
  for (const auto& name : names) {
    const std::size_t of_table = requests.objects(name).size();
    if (of_table == 0) throw validation("The batch write request list for a table cannot be null or empty");
    count += of_table;
  }
  if (count > kMostWrites) throw validation("Too many items requested for the BatchWriteItem call");
  Json out = {{"UnprocessedItems", Json::object()}};
  Json consumed = Json::array();
  const std::string wanted = wanted_capacity(input);
  for (const auto& name : names) {
    const auto held_table = item_table(context, name);
    const Table& table = *held_table;
    Capacity capacity;
    const auto writes = requests.objects(name);
    write_to(context, table, writes, capacity);
    if (Json report = capacity.report(table.name, wanted); !report.is_null()) consumed.push_back(std::move(report));
    for (const auto& write : writes) {
      const Json& key = write.has("PutRequest") ? write.object("PutRequest").json("Item")
                                                : write.object("DeleteRequest").json("Key");
      if (Json metrics = item_collection_metrics(input, table, key); !metrics.is_null())
        out["ItemCollectionMetrics"][name].push_back(std::move(metrics));
    }
  }
  if (!consumed.empty()) out["ConsumedCapacity"] = std::move(consumed);
  return out;
}

}  // namespace orrery::dynamodb
