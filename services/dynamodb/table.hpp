#pragma once
#include <optional>
#include <string>
#include <vector>

#include "registry/context.hpp"

namespace orrery::dynamodb {

struct KeyAttribute {
  std::string name;
  char type = 'S';  ///< 'S', 'N' or 'B'
};

struct KeySchema {
  std::vector<KeyAttribute> hash;   ///< one; up to four of a global index
  std::vector<KeyAttribute> range;  ///< one or none; up to four of a global index

  bool holds(std::string_view name) const;
  std::size_t size() const { return hash.size() + range.size(); }
  bool multi_attribute() const { return hash.size() > 1 || range.size() > 1; }
};

enum class IndexKind { local, global };

struct Index {
  std::string name;
  std::int64_t id = 0;  ///< of its entries in the item store
  IndexKind kind = IndexKind::global;
  KeySchema key;
  aws::Millis readable_from = 0;
  std::string projection;              ///< "ALL", "KEYS_ONLY" or "INCLUDE"
  std::vector<std::string> projected;  ///< non-key attributes of INCLUDE
};

/// A table's description (what DescribeTable returns) and what items need of it.
struct Table {
  static constexpr std::string_view kKind = "table";

  std::string name, arn;
  std::int64_t id = 0;  ///< of its items in the item store
  aws::Millis readable_from = 0;
  std::optional<aws::Millis> unreadable_since;  ///< for the state of its KMS key; of item_table() alone
  KeySchema key;
  std::vector<Index> indexes;
  std::string expiry;             ///< the attribute of time to live; "" for none
  std::int64_t stream_log = 0;    ///< the change log of its stream; 0 for none
  std::int64_t recovery_log = 0;  ///< the change log of its point-in-time recovery; 0 for none
  /// The other regions of its global table of version 2017.11.29; nullopt for a table that is in none.
  std::optional<std::vector<std::string>> legacy_replicas;
  storage::Resource resource;

  Json& document() { return resource.document; }
  const Json& document() const { return resource.document; }
  const Index* index(std::string_view index_name) const;
};

/// "name" of "name" or of "arn:aws:dynamodb:…:table/name[/…]" (every TableName takes an ARN too).
std::string table_name(std::string_view name_or_arn);

/// Throws ValidationException for a name that no table can have.
void check_table_name(const std::string& name);
/// The same for a TableName that may be an ARN; throws AccessDeniedException for another account's.
void check_named_table(const RequestContext& context, std::string_view name_or_arn);

std::optional<Table> find_table(RequestContext& context, std::string_view name_or_arn);
/// For item operations: "Requested resource not found".
std::shared_ptr<const Table> item_table(RequestContext& context, const std::string& name_or_arn);
Table require_table(RequestContext& context, std::string_view name_or_arn);
/// For control-plane operations, whose message names the table.
Table require_described_table(RequestContext& context, std::string_view name_or_arn);
/// Reads the key schema and indexes out of a description.
Table table_of(storage::Resource resource);

/// "HASH"/"RANGE" elements of a description with their types from AttributeDefinitions.
KeySchema key_schema(const Json& elements, const Json& attribute_definitions);

}  // namespace orrery::dynamodb
