#include "services/dynamodb/key.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostHashBytes = 2048, kMostRangeBytes = 1024;

bool has_type(const Json& value, const KeyAttribute& attribute) {
  const std::string& type = type_of(value);
  return type.size() == 1 && type[0] == attribute.type;
}

bool empty_key(const Json& value) {
  return type_of(value) != "N" && content_of(value).get_ref<const std::string&>().empty();
}

AwsError empty_key_error(const KeyAttribute& attribute) {
  const std::string_view what = attribute.type == 'B' ? "binary" : "string";
  return validation(
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty " +
      std::string(what) + " value. Key: " + attribute.name);
}

void check_size(const std::string& hash, const std::string& range) {
  if (hash.size() > kMostHashBytes)
    throw invalid_parameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  if (range.size() > kMostRangeBytes)
    throw invalid_parameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

std::string part_of_key(const KeyAttribute& attribute, const Json& key) {
  const auto found = key.find(attribute.name);
  if (found == key.end() || !has_type(*found, attribute)) throw key_mismatch();
  if (empty_key(*found)) throw empty_key_error(attribute);
  return key_bytes(*found);
}

std::string part_of_item(const KeyAttribute& attribute, const Json& item) {
  const auto found = item.find(attribute.name);
  if (found == item.end()) throw invalid_parameter("Missing the key " + attribute.name + " in the item");
  if (!has_type(*found, attribute)) {
    throw invalid_parameter("Type mismatch for key " + attribute.name + " expected: " + attribute.type +
                            " actual: " + type_of(*found));
  }
  if (empty_key(*found)) throw empty_key_error(attribute);
  return key_bytes(*found);
}

void check_index_attribute(const Index& index, const KeyAttribute& attribute, const Json& item) {
  const auto found = item.find(attribute.name);
  if (found == item.end()) return;
  if (!has_type(*found, attribute)) {
    throw invalid_parameter("Type mismatch for Index Key " + attribute.name + " Expected: " + attribute.type +
                            " Actual: " + type_of(*found) + " IndexName: " + index.name);
  }
  if (empty_key(*found)) {
    throw validation(
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
        "The AttributeValue for a key attribute cannot contain an empty " +
        std::string(attribute.type == 'B' ? "binary" : "string") + " value. IndexName: " + index.name +
        ", IndexKey: " + attribute.name);
  }
}

}  // namespace

std::string key_bytes(const Json& value) {
  const auto& text = content_of(value).get_ref<const std::string&>();
  return type_of(value) == "N" ? Number::parse(text).key_bytes() : text;
}

Key key_of(const KeySchema& schema, const Json& key) {
  if (key.size() != schema.size()) throw key_mismatch();
  return key_among(schema, key);
}

Key key_among(const KeySchema& schema, const Json& key) {
  Key out{part_of_key(schema.hash, key), schema.range ? part_of_key(*schema.range, key) : ""};
  check_size(out.hash, out.range);
  return out;
}

Key key_in_item(const KeySchema& schema, const Json& item) {
  Key out{part_of_item(schema.hash, item), schema.range ? part_of_item(*schema.range, item) : ""};
  check_size(out.hash, out.range);
  return out;
}

std::optional<Key> index_key(const KeySchema& schema, const Json& item) {
  const auto hash = item.find(schema.hash.name);
  // What was there before the index may be of another type, or empty: it is left out.
  if (hash == item.end() || !has_type(*hash, schema.hash) || empty_key(*hash)) return std::nullopt;
  Key out{key_bytes(*hash), ""};
  if (schema.range) {
    const auto range = item.find(schema.range->name);
    if (range == item.end() || !has_type(*range, *schema.range) || empty_key(*range)) return std::nullopt;
    out.range = key_bytes(*range);
  }
  return out;
}

void check_index_keys(const Table& table, const Json& item) {
  for (const auto& index : table.indexes) {
    check_index_attribute(index, index.key.hash, item);
    if (index.key.range) check_index_attribute(index, *index.key.range, item);
  }
}

bool fits_indexes(const Table& table, std::string_view name, const Json& value) {
  return std::all_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
    const auto& [hash, range] = index.key;
    return (hash.name != name || has_type(value, hash)) && (!range || range->name != name || has_type(value, *range));
  });
}

Json key_attributes(const Table& table, const Index* index, const Json& item) {
  Json out = Json::object();
  const auto copy = [&](const KeySchema& schema) {
    out[schema.hash.name] = item.at(schema.hash.name);
    if (schema.range) out[schema.range->name] = item.at(schema.range->name);
  };
  copy(table.key);
  if (index) copy(index->key);
  return out;
}

}  // namespace orrery::dynamodb
