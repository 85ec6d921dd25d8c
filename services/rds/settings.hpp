#pragma once
#include "registry/context.hpp"

namespace orrery::rds {

/// Specification::settings of the engine behind an instance (server/engines/README.md).
Json engine_settings(RequestContext& context, const storage::Resource& instance);
/// Of the engine that has a cluster's data; `writer` may be null.
Json cluster_settings(RequestContext& context, const storage::Resource& cluster, const storage::Resource* writer);

}  // namespace orrery::rds
