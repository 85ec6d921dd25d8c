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

void check_size(std::size_t hash, std::size_t range) {
  if (hash > kMostHashBytes)
    throw invalid_parameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  if (range > kMostRangeBytes)
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

/// One part of a key, of the bytes of its attributes.
template <class BytesOf>
std::string joined(const std::vector<KeyAttribute>& attributes, const BytesOf& bytes_of) {
  if (attributes.empty()) return "";
  if (attributes.size() == 1) return bytes_of(attributes.front());
  std::string out;
  for (const auto& attribute : attributes) out.append(escaped(bytes_of(attribute))).append(kAttributeEnd);
  return out;
}

template <class BytesOf>
Key checked_key(const KeySchema& schema, const BytesOf& bytes_of) {
  Key out{joined(schema.hash, bytes_of), joined(schema.range, bytes_of)};
  check_size(out.hash.size(), out.range.size());
  return out;
}

bool indexed(const KeyAttribute& attribute, const Json& item) {
  const auto found = item.find(attribute.name);
  // What was there before the index may be of another type, or empty: it is left out.
  return found != item.end() && has_type(*found, attribute) && !empty_key(*found);
}

/// How many bytes those of the attributes have that are in the item.
std::size_t size_of(const std::vector<KeyAttribute>& attributes, const Json& item) {
  std::size_t size = 0;
  for (const auto& attribute : attributes) {
    if (!indexed(attribute, item)) continue;
    const Json& value = item.at(attribute.name);
    size += attribute.type == 'N' ? key_bytes(value).size() : content_of(value).get_ref<const std::string&>().size();
  }
  return size;
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

std::string escaped(std::string bytes) {
  for (auto zero = bytes.find('\0'); zero != std::string::npos; zero = bytes.find('\0', zero + 2))
    bytes.insert(zero + 1, 1, '\xff');
  return bytes;
}

Key key_of(const KeySchema& schema, const Json& key) {
  if (key.size() != schema.size()) throw key_mismatch();
  return key_among(schema, key);
}

Key key_among(const KeySchema& schema, const Json& key) {
  return checked_key(schema, [&](const KeyAttribute& attribute) { return part_of_key(attribute, key); });
}

Key key_in_item(const KeySchema& schema, const Json& item) {
  return checked_key(schema, [&](const KeyAttribute& attribute) { return part_of_item(attribute, item); });
}

std::optional<Key> index_key(const KeySchema& schema, const Json& item) {
  for (const auto* part : {&schema.hash, &schema.range}) {
    for (const auto& attribute : *part) {
      if (!indexed(attribute, item)) return std::nullopt;
    }
  }
  const auto bytes_of = [&](const KeyAttribute& attribute) { return key_bytes(item.at(attribute.name)); };
  return Key{joined(schema.hash, bytes_of), joined(schema.range, bytes_of)};
}

bool fits_index(const KeySchema& schema, const Json& item) {
  return size_of(schema.hash, item) <= kMostHashBytes && size_of(schema.range, item) <= kMostRangeBytes;
}

void check_index_keys(const Table& table, const Json& item) {
  for (const auto& index : table.indexes) {
    for (const auto* part : {&index.key.hash, &index.key.range}) {
      for (const auto& attribute : *part) check_index_attribute(index, attribute, item);
    }
    check_size(size_of(index.key.hash, item), size_of(index.key.range, item));
  }
}

bool fits_indexes(const Table& table, std::string_view name, const Json& value) {
  const auto fits = [&](const KeyAttribute& attribute) { return attribute.name != name || has_type(value, attribute); };
  return std::all_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
    const auto& [hash, range] = index.key;
    return std::all_of(hash.begin(), hash.end(), fits) && std::all_of(range.begin(), range.end(), fits);
  });
}

Json key_attributes(const Table& table, const Index* index, const Json& item) {
  Json out = Json::object();
  for (const KeySchema* schema : {&table.key, index ? &index->key : &table.key}) {
    for (const auto* part : {&schema->hash, &schema->range}) {
      for (const auto& attribute : *part) out[attribute.name] = item.at(attribute.name);
    }
  }
  return out;
}

}  // namespace orrery::dynamodb
