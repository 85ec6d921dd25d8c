#include "services/dynamodb/item_writer.hpp"

#include "services/dynamodb/replicas.hpp"

namespace orrery::dynamodb {

namespace {

/// An item as a global table of version 2017.11.29 keeps it: with who wrote it last, and when, by which the last writer
/// wins. The time is in seconds, with microseconds of which the last three count writes.
Json marked(const RequestContext& context, Json item) {
  constexpr aws::Millis kSecond = 1000;
  const std::string millis = std::to_string(kSecond + context.now % kSecond).substr(1);
  item["aws:rep:deleting"] = {{"BOOL", false}};
  item["aws:rep:updateregion"] = {{"S", context.region}};
  item["aws:rep:updatetime"] = {{"N", std::to_string(context.now / kSecond) + "." + millis + "001"}};
  return item;
}

}  // namespace

void ItemWriter::write(const Table& table, const Key& key, const Json& item, const std::optional<Json>& before) {
  store_.put(table, key, item, before);
  note(table, Change::Actor::client, before ? &*before : nullptr, &item);
}

void ItemWriter::put(const Table& table, const Key& key, const Json& item, const std::optional<Json>& before) {
  write(table, key, item, before);
  if (table.legacy_replicas) put_in_legacy_replicas(table, key, item);
  for_each_replica(context_, table.document(),
                   [&](const Table& replica) { write(replica, key, item, store_.get(replica, key)); });
}

// Which writes of a global table of version 2017.11.29 its streams show: developer guide, "DynamoDB global tables
// versions", "Streams behavior before, during, and after upgrade". A client's write is followed by one of the marks.
void ItemWriter::put_in_legacy_replicas(const Table& table, const Key& key, const Json& item) {
  const Json copy = marked(context_, item);
  write(table, key, copy, item);
  for_each_legacy_replica(context_, table,
                          [&](const Table& replica) { write(replica, key, copy, store_.get(replica, key)); });
}

// A deletion comes in two phases: the mark, then the deletion itself.
void ItemWriter::erase_in_legacy_replicas(const Table& table, const Key& key) {
  const Json marks = marked(context_, Json::object());
  for_each_legacy_replica(context_, table, [&](const Table& replica) {
    const auto held = store_.get(replica, key);
    if (!held) return;
    Json deleting = *held;
    deleting.update(marks);
    deleting["aws:rep:deleting"] = {{"BOOL", true}};
    write(replica, key, deleting, held);
    store_.erase(replica, key, deleting);
    note(replica, Change::Actor::client, &deleting, nullptr);
  });
}

bool ItemWriter::plain(const Table& table) {
  return table.indexes.empty() && table.expiry.empty() && table.stream_log == 0 && table.recovery_log == 0 &&
         !table.document().contains("GlobalTableVersion");
}

void ItemWriter::erase(const Table& table, const Key& key, const Json& before, Change::Actor actor) {
  store_.erase(table, key, before);
  note(table, actor, &before, nullptr);
  // In version 2017.11.29 items expire in each replica for themselves.
  if (table.legacy_replicas && actor != Change::Actor::expiry) erase_in_legacy_replicas(table, key);
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
