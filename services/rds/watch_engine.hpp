#pragma once
#include "registry/context.hpp"

namespace orrery::rds {

/// Takes over what the instance's engine came to: that it is up, which version it really is, that it failed. Leases
/// an endpoint where this server runs engines and the one before did not, or otherwise. True when `instance` changed.
bool watch_engine(RequestContext& context, storage::Resource& instance);
void forget_engine(RequestContext& context, const std::string& arn);

}  // namespace orrery::rds
