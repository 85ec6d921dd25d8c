#include "services/dynamodb/capacity.hpp"

#include <cmath>

#include "services/dynamodb/key.hpp"
#include "services/dynamodb/projection.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

double Capacity::read_units(std::size_t bytes, Consistency consistency, Transactional transactional) {
  const double units = std::max(1.0, std::ceil(static_cast<double>(bytes) / 4096));
  if (transactional == Transactional::yes) return units * 2;
  return consistency == Consistency::strong ? units : units / 2;
}

double Capacity::write_units(std::size_t bytes, Transactional transactional) {
  const double units = std::max(1.0, std::ceil(static_cast<double>(bytes) / 1024));
  return transactional == Transactional::yes ? units * 2 : units;
}

void Capacity::add_index(const Index& index, double units) {
  (index.kind == IndexKind::local ? local_ : global_)[index.name] += units;
}

void Capacity::add_write(const Table& table, const Json* before, const Json* after, Transactional transactional) {
  table_ += write_units(std::max(before ? item_size(*before) : 0, after ? item_size(*after) : 0), transactional);
  for (const auto& index : table.indexes) {
    const auto old_key = before ? index_key(index.key, *before) : std::nullopt;
    const auto new_key = after ? index_key(index.key, *after) : std::nullopt;
    if (!old_key && !new_key) continue;
    const Json old_entry = old_key ? index_projection(table, index, *before) : Json();
    const Json new_entry = new_key ? index_projection(table, index, *after) : Json();
    if (old_entry == new_entry) continue;
    double units = 0;
    if (old_key && new_key && *old_key == *new_key) {
      units = write_units(std::max(item_size(old_entry), item_size(new_entry)), transactional);
    } else {  // a changed key is a delete and a put
      if (old_key) units += write_units(item_size(old_entry), transactional);
      if (new_key) units += write_units(item_size(new_entry), transactional);
    }
    add_index(index, units);
  }
}

Json Capacity::report(const std::string& table_name, const std::string& wanted, Split split) const {
  if (wanted != "TOTAL" && wanted != "INDEXES") return {};
  double total = table_;
  for (const auto* indexes : {&local_, &global_}) {
    for (const auto& [name, units] : *indexes) total += units;
  }
  const auto units_of = [&](double units) {
    Json out = {{"CapacityUnits", units}};
    if (split == Split::read) out["ReadCapacityUnits"] = units;
    if (split == Split::write) out["WriteCapacityUnits"] = units;
    return out;
  };
  Json out = units_of(total);
  out["TableName"] = table_name;
  if (wanted != "INDEXES") return out;
  out["Table"] = units_of(table_);
  const auto list = [&](const char* member, const std::map<std::string, double>& indexes) {
    for (const auto& [name, units] : indexes) out[member][name] = units_of(units);
  };
  list("LocalSecondaryIndexes", local_);
  list("GlobalSecondaryIndexes", global_);
  return out;
}

Json item_collection_metrics(const Input& input, const Table& table, const Json& key) {
  if (input.str("ReturnItemCollectionMetrics", "NONE") != "SIZE") return {};
  const bool local = std::any_of(table.indexes.begin(), table.indexes.end(),
                                 [](const Index& index) { return index.kind == IndexKind::local; });
  if (!local) return {};
  const std::string& hash = table.key.hash.front().name;
  // The estimate is a range in gigabytes; ours is the smallest that the service gives.
  return {{"ItemCollectionKey", {{hash, key.at(hash)}}}, {"SizeEstimateRangeGB", Json::array({0.0, 1.0})}};
}

Json index_projection(const Table& table, const Index& index, const Json& item) {
  if (index.projection == "ALL") return item;
  Json out = key_attributes(table, &index, item);
  for (const auto& name : index.projected) {
    if (const auto found = item.find(name); found != item.end()) out[name] = *found;
  }
  return out;
}

}  // namespace orrery::dynamodb
