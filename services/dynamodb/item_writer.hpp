#pragma once
#include "registry/context.hpp"
#include "services/dynamodb/change_log.hpp"
#include "services/dynamodb/item_store.hpp"

namespace orrery::dynamodb {

/// Writes items and notes each change for the table's stream and its point-in-time recovery. What fills a new table
/// (restores, imports) goes to the store itself.
class ItemWriter {
 public:
  explicit ItemWriter(RequestContext& context) : context_(context), store_(context.tx) {}

  std::optional<Json> get(const Table& table, const Key& key) const { return store_.get(table, key); }
  /// Replaces `before`, which is what get() gave.
  void put(const Table& table, const Key& key, const Json& item, const std::optional<Json>& before);
  /// Whether nothing but the item itself is written, so that replace() does for put().
  static bool plain(const Table& table);
  /// Gives the size of what was there, 0 for nothing.
  std::size_t replace(const Table& table, const Key& key, const Json& item) { return store_.replace(table, key, item); }
  void erase(const Table& table, const Key& key, const Json& before, Change::Actor actor = Change::Actor::client);

 private:
  void write(const Table& table, const Key& key, const Json& item, const std::optional<Json>& before);
  void put_in_legacy_replicas(const Table& table, const Key& key, const Json& item);
  void erase_in_legacy_replicas(const Table& table, const Key& key);
  void note(const Table& table, Change::Actor actor, const Json* before, const Json* after);

  RequestContext& context_;
  ItemStore store_;
};

}  // namespace orrery::dynamodb
