#pragma once
#include <functional>
#include <optional>
#include <string>

#include "services/dynamodb/item_codec.hpp"
#include "services/dynamodb/key.hpp"
#include "services/dynamodb/table.hpp"
#include "storage/store.hpp"

namespace orrery::dynamodb {

/// The items of all tables, clustered by (table, hash key, range key), and the entries of their indexes, clustered by
/// (index, hash key, range key, item's key). Cheap to make; lives no longer than its transaction.
class ItemStore {
 public:
  static const storage::Migrations migrations;
  explicit ItemStore(storage::Transaction& transaction) : db_(transaction.db()) {}

  struct Usage {
    std::int64_t items = 0, bytes = 0;
  };

  /// A new id for a table's items or an index's entries.
  std::int64_t allocate();
  Usage usage(const Table& table) const;

  std::optional<Json> get(const Table& table, const Key& key) const;
  /// Calls `visit` with the item; false when there is none.
  bool look(const Table& table, const Key& key, const std::function<void(StoredItem)>& visit) const;
  /// Replaces `before` (as stored under this key, if it was) and keeps every index in step.
  void put(const Table& table, const Key& key, const Json& item, const std::optional<Json>& before);
  void erase(const Table& table, const Key& key, const Json& before);
  /// put() into a table without indexes and time to live, whatever was there: gives its size, 0 for nothing.
  std::size_t replace(const Table& table, const Key& key, const Json& item);

  /// Copies the items that are kept under one id, and their count, to another that has none.
  void copy(std::int64_t from, std::int64_t to);
  /// Removes the items under an id that is no table's (a backup's).
  void drop_items(std::int64_t id);

  /// An item whose time to live is over.
  struct Due {
    std::int64_t table_id = 0;
    Key key;
  };
  /// The first `most` of all tables whose time lies before `now`. What is over for more than five years stays for ever
  /// (developer guide, "Using time to live").
  std::vector<Due> due(aws::Millis now, std::int64_t most) const;
  /// After the table's `expiry` was set or taken away.
  void fill_expiry(const Table& table);
  void drop_expiry(std::int64_t table_id);

  /// Removes a table's items and index entries.
  void drop(const Table& table);
  /// Removes an index's entries.
  void drop_index(std::int64_t index_id);
  /// Fills a new index from the table's items.
  void backfill(const Table& table, const Index& index);

  /// A range of the items of one hash key: lower is inclusive; upper is exclusive.
  struct Range {
    std::string lower;
    std::string upper = std::string(1100, '\xff');  ///< beyond every range key (at most 1024 bytes)
  };
  enum class Order { forward, backward };
  /// Where a page starts: after this item (with its key in the index, when one is read).
  struct Start {
    Key item;
    Key index;
  };
  /// Gets each item in turn; false stops.
  using Visit = std::function<bool(const Key& item_key, StoredItem item)>;

  void query(const Table& table, const Index* index, const std::string& hash, const Range& range, Order order,
             const std::optional<Start>& start, const Visit& visit) const;
  void scan(const Table& table, const Index* index, const std::optional<Start>& start, const Visit& visit) const;

 private:
  void write(const Table& table, const Key& key, const Json& item);
  void add_entries(const Table& table, const Key& key, const Json& item);
  void remove_entries(const Table& table, const Key& key, const Json& item);
  void add_expiry(const Table& table, const Key& key, const Json& item);
  void count(const Table& table, std::int64_t items, std::int64_t bytes);

  storage::Database& db_;
};

}  // namespace orrery::dynamodb
