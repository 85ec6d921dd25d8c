#include "services/dynamodb/deletion.hpp"

#include "services/dynamodb/replicas.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/stream.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::string_view kDoomed = "doomed-table";  ///< a resource for each table that is DELETING, under its name

}  // namespace

void begin_erasing(RequestContext& context, Table table) {
  if (context.settings.lifecycle == Lifecycle::immediate) return erase_table(context, std::move(table));
  begin_deletion(context, table.resource);
  end_stream(context, table.resource);
  context.resources().put(table.resource);
  storage::Resource doomed;
  doomed.kind = kDoomed;
  doomed.id = table.name;
  doomed.created = context.now;
  context.resources().put(doomed);
}

void finish_erasing(RequestContext& context, const std::string& name) {
  auto table = context.resources().find(Table::kKind, name);
  if (!table || !deleted(context, *table)) return;
  erase_table(context, table_of(std::move(*table)));
  context.resources().erase(kDoomed, name);
}

void finish_erasing(RequestContext& context) {
  const std::string account = context.account, region = context.region;
  for (const auto& location : storage::locations(context.tx, "dynamodb", kDoomed)) {
    context.account = location.account;
    context.region = location.region;
    finish_erasing(context, location.id);
  }
  context.account = account;
  context.region = region;
}

}  // namespace orrery::dynamodb
