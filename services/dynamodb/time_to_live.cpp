#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_writer.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/quotas.hpp"
#include "services/dynamodb/replicas.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/strong_group.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

Json describe_time_to_live(RequestContext& context, const Input& input) {
  const Table table = require_known_table(context, input.str("TableName"));
  if (const bool going = deleting(table.resource); going || recognition(context, table.resource) != Recognition::full) {
    const std::string state = going ? "DELETING" : "CREATING";
    throw validation("Cannot describe time to live while table is in " + state + " state: Current table state is " +
                     state);
  }
  Json out = {{"TimeToLiveStatus", "DISABLED"}};
  if (table.resource.hidden.contains("TimeToLive")) {
    out = {{"TimeToLiveStatus", "ENABLED"}, {"AttributeName", table.resource.hidden.at("TimeToLive")}};
  }
  return {{"TimeToLiveDescription", std::move(out)}};
}

namespace {

void set_expiry(RequestContext& context, Table& table, const std::string& attribute) {
  ItemStore store(context.tx);
  if (!table.expiry.empty()) store.drop_expiry(table.id);
  table.expiry = attribute;
  if (attribute.empty()) {
    table.resource.hidden.erase("TimeToLive");
  } else {
    table.resource.hidden["TimeToLive"] = attribute;
    store.fill_expiry(table);
  }
  context.resources().put(table.resource);
}

}  // namespace

Json update_time_to_live(RequestContext& context, const Input& input) {
  Table table = require_known_table(context, input.str("TableName"));
  if (recognition(context, table.resource) != Recognition::full)
    throw still_in_use("Table " + table.name + " is being created");
  check_table_key(context, table.document());
  const Input specification = input.object("TimeToLiveSpecification");
  const std::string attribute = specification.str("AttributeName");
  const bool enabled = specification.flag("Enabled");
  const Json& hidden = table.resource.hidden;
  if (!enabled && !hidden.contains("TimeToLive")) throw validation("TimeToLive is already disabled");
  if (hidden.contains("TimeToLive") && hidden.at("TimeToLive") != attribute) {
    throw validation("TimeToLive is active on a different AttributeName: current AttributeName is " +
                     hidden.at("TimeToLive").get<std::string>());
  }
  if (enabled && hidden.contains("TimeToLive")) throw validation("TimeToLive is already enabled");
  if (enabled) check_expiring(table);
  note_expiry_change(context, table.resource);
  set_expiry(context, table, enabled ? attribute : "");
  for_each_replica(context, table.document(),
                   [&](Table replica) { set_expiry(context, replica, enabled ? attribute : ""); });
  return {{"TimeToLiveSpecification", {{"Enabled", enabled}, {"AttributeName", attribute}}}};
}

namespace {

/// The tables whose items expire, of every account and region, by the id of their items.
std::map<std::int64_t, Table> expiring_tables(RequestContext& context) {
  std::map<std::int64_t, Table> out;
  for (const auto& location : storage::locations(context.tx, "dynamodb", Table::kKind)) {
    const storage::ResourceTable resources(context.tx, location.account, location.region, "dynamodb");
    auto resource = resources.find(Table::kKind, location.id);
    if (!resource || !resource->hidden.contains("TimeToLive")) continue;
    Table table = table_of(std::move(*resource));
    const std::int64_t id = table.id;
    out.emplace(id, std::move(table));
  }
  return out;
}

}  // namespace

void expire_items(RequestContext& context) {
  constexpr std::int64_t kMostAtOnce = 1000;  // so that no writer waits long
  const auto due = ItemStore(context.tx).due(context.now, kMostAtOnce);
  if (due.empty()) return;
  const auto tables = expiring_tables(context);
  ItemWriter writer(context);
  for (const auto& one : due) {
    const Table& table = tables.at(one.table_id);
    if (const auto item = writer.get(table, one.key)) writer.erase(table, one.key, *item, Change::Actor::expiry);
  }
}

}  // namespace orrery::dynamodb
