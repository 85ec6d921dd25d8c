#pragma once
#include <optional>
#include <string>

#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// A key as stored: bytes whose memcmp order is DynamoDB's order of the values. `range` is empty where the schema has
/// none.
struct Key {
  std::string hash, range;
  auto operator<=>(const Key&) const = default;
};

std::string key_bytes(const Json& value);

/// The key of a `Key` parameter: exactly the schema's attributes, of its types. Throws "The provided key element does
/// not match the schema".
Key key_of(const KeySchema& schema, const Json& key);
/// The key within a whole item to be put. Throws the messages of PutItem (missing, type mismatch, empty).
Key key_in_item(const KeySchema& schema, const Json& item);
/// The key within an item of BatchWriteItem, in the words of key_of().
Key key_among(const KeySchema& schema, const Json& item);
/// The key by which an index holds the item; nullopt when it lacks one of the attributes.
std::optional<Key> index_key(const KeySchema& schema, const Json& item);
/// Refuses values of the wrong type or empty ones in an index's key attributes, as PutItem and UpdateItem do.
void check_index_keys(const Table& table, const Json& item);
/// Whether the value has the type of the indexes' key attribute of this name, if it is one.
bool fits_indexes(const Table& table, std::string_view name, const Json& value);
/// The key attributes of `item`, as a LastEvaluatedKey (with the index's when given) or a Keys value.
Json key_attributes(const Table& table, const Index* index, const Json& item);

}  // namespace orrery::dynamodb
