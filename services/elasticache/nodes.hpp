#pragma once
#include "registry/context.hpp"

namespace orrery::elasticache {

inline constexpr std::string_view kCluster = "cache-cluster";

/// Gives a cluster's nodes their network interfaces (anew), in the subnets of its group and with its security groups.
void reattach(RequestContext& context, storage::Resource& cluster);
void detach(RequestContext& context, storage::Resource& cluster);
/// Rewrites the edges to its subnet group and parameter group.
void relink(RequestContext& context, const storage::Resource& cluster);
/// Takes the cluster away: interfaces, edges, tags and row.
void remove_cluster(RequestContext& context, storage::Resource cluster);

}  // namespace orrery::elasticache
