#pragma once
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

inline constexpr std::string_view kClusterSnapshot = "db-cluster-snapshot";

storage::Resource cluster_snapshot_named(RequestContext& context, const std::string& reference);

Json take_cluster_snapshot(RequestContext& context, const storage::Resource& cluster, const std::string& identifier,
                           const storage::Tags& tags);

Json create_cluster_snapshot(RequestContext&, const Input&);
Json describe_cluster_snapshots(RequestContext&, const Input&);
Json delete_cluster_snapshot(RequestContext&, const Input&);
Json restore_cluster_from_snapshot(RequestContext&, const Input&);
Json restore_cluster_to_point_in_time(RequestContext&, const Input&);

}  // namespace orrery::rds
