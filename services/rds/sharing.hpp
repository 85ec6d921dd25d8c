#pragma once
#include <optional>
#include <string>
#include <vector>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

// Snapshots of instances (kSnapshot) and of clusters (kClusterSnapshot).

/// Another account's snapshot that the caller may restore, by its ARN; nothing when it is not shared.
std::optional<storage::Resource> shared_snapshot(RequestContext& context, std::string_view kind,
                                                 const std::string& arn);
/// Of this region: the caller's own and, where the input asks for them, those that other accounts share. The latter are
/// known by their ARNs.
std::vector<storage::Resource> visible_snapshots(RequestContext& context, std::string_view kind, const Input& input);

Json describe_snapshot_attributes(RequestContext&, const Input&);
Json modify_snapshot_attribute(RequestContext&, const Input&);
Json describe_cluster_snapshot_attributes(RequestContext&, const Input&);
Json modify_cluster_snapshot_attribute(RequestContext&, const Input&);

}  // namespace orrery::rds
