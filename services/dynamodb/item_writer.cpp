#include "services/dynamodb/item_writer.hpp"

#include "services/dynamodb/replicas.hpp"

namespace orrery::dynamodb {

void ItemWriter::put(const Table& table, const Key& key, const Json& item, const std::optional<Json>& before) {
  store_.put(table, key, item, before);
  note(table, Change::Actor::client, before ? &*before : nullptr, &item);
  for_each_replica(context_, table.document(), [&](const Table& replica) {
    const auto held = store_.get(replica, key);
    store_.put(replica, key, item, held);
    note(replica, Change::Actor::client, held ? &*held : nullptr, &item);
  });
}

bool ItemWriter::plain(const Table& table) {
  return table.indexes.empty() && table.expiry.empty() && table.stream_log == 0 && table.recovery_log == 0 &&
         !table.document().contains("Replicas");
}

void ItemWriter::erase(const Table& table, const Key& key, const Json& before, Change::Actor actor) {
  store_.erase(table, key, before);
  note(table, actor, &before, nullptr);
  // Elsewhere even an expiry is an ordinary deletion (developer guide, "Global tables and TTL").
  for_each_replica(context_, table.document(), [&](const Table& replica) {
    const auto held = store_.get(replica, key);
    if (!held) return;
    store_.erase(replica, key, *held);
    note(replica, Change::Actor::client, &*held, nullptr);
  });
}

void ItemWriter::note(const Table& table, Change::Actor actor, const Json* before, const Json* after) {
  if (table.stream_log == 0 && table.recovery_log == 0) return;
  if (before && after && *before == *after) return;  // a write that changes nothing is no change
  Change change{0, context_.now, actor, std::nullopt, std::nullopt};
  if (before) change.before = *before;
  if (after) change.after = *after;
  ChangeLog log(context_.tx);
  for (const std::int64_t id : {table.stream_log, table.recovery_log}) {
    if (id != 0) log.append(id, change);
  }
}

}  // namespace orrery::dynamodb
