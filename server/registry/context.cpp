#include "registry/context.hpp"

#include "aws/ids.hpp"
#include "storage/snapshot.hpp"

namespace orrery {

namespace {

constexpr std::string_view kSchema[] = {R"sql(
CREATE TABLE seed (account TEXT NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL,
  PRIMARY KEY (account, region, service)) WITHOUT ROWID;
)sql"};

}  // namespace

const storage::Migrations SeedTable::migrations{"seed", kSchema};

std::string RequestContext::arn(std::string_view resource) const {
  return aws::arn(service, region, account, resource);
}

void ensure_seeded(RequestContext& context, std::string_view service, void (*seed)(RequestContext&)) {
  storage::Database& db = context.tx.db();
  const auto seeded = [&] {
    return db
        .query("SELECT 1 FROM seed WHERE account = ? AND region = ? AND service = ?", context.account, context.region,
               service)
        .next();
  };
  thread_local storage::ConfigurationCache<bool> known;  // each call asks
  if (known.get(context.account + '/' + context.region + '/' + std::string(service), seeded)) return;
  if (context.tx.access() == storage::Transaction::Access::read) throw NeedsSeed{service, context.region, seed};
  storage::configuration_changed();
  db.execute("INSERT INTO seed (account, region, service) VALUES (?, ?, ?)", context.account, context.region, service);
  const std::string_view caller = std::exchange(context.service, service);
  seed(context);
  context.service = caller;
}

}  // namespace orrery
