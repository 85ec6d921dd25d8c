#pragma once
#include "registry/context.hpp"

namespace orrery::rds {

/// Service::tick: what happens to instances without a request.
void tick(RequestContext& context);

}  // namespace orrery::rds
