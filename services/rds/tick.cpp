#include "services/rds/tick.hpp"

#include "services/rds/instance.hpp"
#include "services/rds/watch_engine.hpp"

namespace orrery::rds {

void tick(RequestContext& context) {
  const std::string account = context.account, region = context.region;
  for (const storage::Location& location : storage::locations(context.tx, "rds", kInstance)) {
    context.account = location.account;
    context.region = location.region;
    auto instance = context.resources().find(kInstance, location.id);
    if (!instance) continue;
    if (watch_engine(context, *instance)) context.resources().put(*instance);
  }
  context.account = account;
  context.region = region;
}

}  // namespace orrery::rds
