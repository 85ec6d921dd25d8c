#pragma once
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

Json take_snapshot_of_group(RequestContext& context, const storage::Resource& group, const std::string& name,
                            const storage::Tags& tags);
Json take_snapshot_of_cluster(RequestContext& context, const storage::Resource& cluster, const std::string& name,
                              const storage::Tags& tags);
/// SnapshotNotFoundFault unless there is one of this name.
void require_snapshot(RequestContext& context, const std::string& name);

Json create_snapshot(RequestContext&, const Input&);
Json describe_snapshots(RequestContext&, const Input&);
Json delete_snapshot(RequestContext&, const Input&);

}  // namespace orrery::elasticache
