#include <set>

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_writer.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/request.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostGets = 100, kMostWrites = 25, kMostAnswerBytes = 16 * 1024 * 1024;

/// What a BatchGetItem wants of one table, checked before any table is looked for.
struct Gets {
  std::string table;
  std::vector<Json> keys;
  std::optional<std::vector<Path>> paths;
  Capacity::Consistency consistency;
};

/// A request of a BatchWriteItem.
struct Write {
  bool put = false;
  Json value;  ///< the item, or the key
};

Gets checked_gets(const Input& request, const std::string& table, std::size_t& count) {
  Placeholders names = placeholders(request, {"ProjectionExpression"});
  Gets out{table, {}, projection(request, names), consistency(request)};
  names.check_all_used();
  std::set<std::string> seen;
  for (const auto& given : request.json("Keys")) {
    out.keys.push_back(checked_item(given));
    if (!seen.insert(encode_item(out.keys.back())).second)
      throw validation("Provided list of item keys contains duplicates");
    if (++count > kMostGets) throw validation("Too many items requested for the BatchGetItem call");
  }
  return out;
}

Write checked_write(const Input& request) {
  const auto put = request.find_object("PutRequest");
  const auto removal = request.find_object("DeleteRequest");
  if (put.has_value() == removal.has_value()) {
    throw validation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
        "datatypes");
  }
  Write out{put.has_value(), checked_item(put ? put->json("Item") : removal->json("Key"))};
  if (put && item_size(out.value) > kMostItemBytes) throw item_too_large();
  return out;
}

/// The items of one table. What no longer fits into the answer goes to `unprocessed`, as it was given.
Json get_from(RequestContext& context, const Table& table, const Gets& gets, const Json& given, Capacity& capacity,
              std::size_t& bytes, Json& unprocessed) {
  const ItemStore store(context.tx);
  Json items = Json::array();
  for (std::size_t n = 0; n < gets.keys.size(); ++n) {
    const auto item = store.get(table, key_of(table.key, gets.keys[n]));
    const std::size_t size = item ? item_size(*item) : 0;
    if (bytes + size > kMostAnswerBytes) {
      unprocessed.push_back(given[n]);
      continue;
    }
    bytes += size;
    capacity.add_table(Capacity::read_units(size, gets.consistency));
    if (item) items.push_back(gets.paths ? project(*item, *gets.paths) : *item);
  }
  return items;
}

void write_to(RequestContext& context, const Table& table, const std::vector<Write>& writes, Capacity& capacity) {
  ItemWriter writer(context);
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& [put, value] : writes) {
    const Key key = put ? key_among(table.key, value) : key_of(table.key, value);
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
  std::vector<Gets> all;
  std::size_t count = 0, bytes = 0;
  for (const auto& name : requested_tables(requests, input))
    all.push_back(checked_gets(requests.object(name), name, count));
  Json out = {{"Responses", Json::object()}, {"UnprocessedKeys", Json::object()}};
  Json consumed = Json::array();
  const std::string wanted = wanted_capacity(input);
  for (const auto& gets : all) {
    const Input request = requests.object(gets.table);
    const auto table = item_table(context, gets.table);
    if (gets.paths) check_key_paths(*table, *gets.paths);
    Capacity capacity;
    Json unprocessed = Json::array();
    out["Responses"][gets.table] = get_from(context, *table, gets, request.json("Keys"), capacity, bytes, unprocessed);
    if (!unprocessed.empty()) {
      out["UnprocessedKeys"][gets.table] = request.all();
      out["UnprocessedKeys"][gets.table]["Keys"] = std::move(unprocessed);
    }
    if (Json report = capacity.report(table->name, wanted); !report.is_null()) consumed.push_back(std::move(report));
  }
  if (!consumed.empty()) out["ConsumedCapacity"] = std::move(consumed);
  return out;
}

Json batch_write_item(RequestContext& context, const Input& input) {
  const Input requests = input.object("RequestItems");
  std::vector<std::pair<std::string, std::vector<Write>>> all;
  std::size_t count = 0;
  for (const auto& name : requested_tables(requests, input)) {
    auto& [table, writes] = all.emplace_back(name, std::vector<Write>());
    for (const auto& request : requests.objects(name)) writes.push_back(checked_write(request));
    if (writes.empty()) throw validation("The batch write request list for a table cannot be null or empty");
    count += writes.size();
  }
  if (count > kMostWrites) throw validation("Too many items requested for the BatchWriteItem call");
  Json out = {{"UnprocessedItems", Json::object()}};
  Json consumed = Json::array();
  const std::string wanted = wanted_capacity(input);
  for (const auto& [name, writes] : all) {
    const auto table = item_table(context, name);
    Capacity capacity;
    write_to(context, *table, writes, capacity);
    if (Json report = capacity.report(table->name, wanted); !report.is_null()) consumed.push_back(std::move(report));
    for (const auto& write : writes) {
      if (Json metrics = item_collection_metrics(input, *table, write.value); !metrics.is_null())
        out["ItemCollectionMetrics"][name].push_back(std::move(metrics));
    }
  }
  if (!consumed.empty()) out["ConsumedCapacity"] = std::move(consumed);
  return out;
}

}  // namespace orrery::dynamodb
