#include "services/rds/tick.hpp"

#include "services/rds/automated_backups.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/deletion.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/pending.hpp"
#include "services/rds/running.hpp"
#include "services/rds/watch_engine.hpp"

namespace orrery::rds {

void tick(RequestContext& context) {
  const std::string account = context.account, region = context.region;
  for (const storage::Location& location : storage::locations(context.tx, "rds", kCluster)) {
    context.account = location.account;
    context.region = location.region;
    auto cluster = context.resources().find(kCluster, location.id);
    if (!cluster || continue_deletion(context, *cluster)) continue;
    if (watch_cluster(context, *cluster)) context.resources().put(*cluster);
  }
  for (const storage::Location& location : storage::locations(context.tx, "rds", kInstance)) {
    context.account = location.account;
    context.region = location.region;
    auto instance = context.resources().find(kInstance, location.id);
    if (!instance || continue_deletion(context, *instance)) continue;
    const bool seen = watch_engine(context, *instance), backed_up = back_up(context, *instance);
    if (seen || backed_up) context.resources().put(*instance);
    if (maintenance_due(context, *instance) && status_of(context, *instance) == "available")
      maintain_instance(context, *instance);
  }
  forget_backups(context);
  forget_events(context);
  context.account = account;
  context.region = region;
}

}  // namespace orrery::rds
