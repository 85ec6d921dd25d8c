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
/// The bytes of one of several attributes of a part, without its end kAttributeEnd. Such parts order as their
/// attributes do one after the other, and no attribute runs into the next: a zero byte is followed by 0xFF, the end is
/// 0x00 0x01.
std::string escaped(std::string bytes);
inline constexpr std::string_view kAttributeEnd{"\0\1", 2};

/// The key of a `Key` parameter: exactly the schema's attributes, of its types. Throws "The provided key element does
/// not match the schema".
Key key_of(const KeySchema& schema, const Json& key);
/// The key within a whole item to be put. Throws the messages of PutItem (missing, type mismatch, empty).
Key key_in_item(const KeySchema& schema, const Json& item);
/// The key within an item of BatchWriteItem, in the words of key_of().
Key key_among(const KeySchema& schema, const Json& item);
/// The key by which an index holds the item; nullopt when it lacks one of the attributes.
std::optional<Key> index_key(const KeySchema& schema, const Json& item);
/// Whether the item's key in the index has at most the bytes that keys may have; what was there before it may have
/// more.
bool fits_index(const KeySchema& schema, const Json& item);
/// Refuses values of the wrong type, empty or too large ones in an index's key attributes, as PutItem and UpdateItem
/// do.
void check_index_keys(const Table& table, const Json& item);
/// Whether the value has the type of the indexes' key attribute of this name, if it is one.
bool fits_indexes(const Table& table, std::string_view name, const Json& value);
/// The key attributes of `item`, as a LastEvaluatedKey (with the index's when given) or a Keys value.
Json key_attributes(const Table& table, const Index* index, const Json& item);

}  // namespace orrery::dynamodb
