#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

Json take_snapshot_of_group(RequestContext& context, const storage::Resource& group, const std::string& name,
                            const storage::Tags& tags);
Json take_snapshot_of_cluster(RequestContext& context, const storage::Resource& cluster, const std::string& name,
                              const storage::Tags& tags);
inline constexpr std::string_view kSnapshot = "snapshot";

/// The snapshot that something new begins with; nothing when `name` is "". Throws SnapshotNotFoundFault.
std::optional<storage::Resource> find_seed(RequestContext& context, const std::string& name);
/// Gives a new group's or cluster's settings the snapshot's engine, version and node type, for what the caller leaves
/// out.
void take_settings(const storage::Resource& seed, Json& node);
/// Gives each shard the snapshot's slots and the copy that it begins with.
void seed_shards(const storage::Resource& seed, Json& shards);

Json create_snapshot(RequestContext&, const Input&);
Json describe_snapshots(RequestContext&, const Input&);
Json delete_snapshot(RequestContext&, const Input&);

}  // namespace orrery::elasticache
