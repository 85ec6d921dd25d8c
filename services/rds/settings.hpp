#pragma once
#include "registry/context.hpp"

namespace orrery::rds {

/// Specification::settings of the instance's engine (server/engines/README.md).
Json engine_settings(RequestContext& context, const storage::Resource& instance);

}  // namespace orrery::rds
