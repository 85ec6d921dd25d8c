#pragma once
#include "engines/specification.hpp"
#include "registry/context.hpp"

namespace orrery::rds {

/// Service::engines: what all accounts and regions want to run, and the copies that snapshots and restores need.
void add_wanted(RequestContext& context, engines::Wanted& wanted);

}  // namespace orrery::rds
