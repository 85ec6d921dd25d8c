#pragma once
#include <optional>
#include <string>

#include "engines/specification.hpp"
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

inline constexpr std::string_view kSnapshot = "db-snapshot";

/// A manual snapshot of the instance under this identifier; its own tags are added to those it copies.
Json take_snapshot(RequestContext& context, const storage::Resource& instance, const std::string& identifier,
                   const storage::Tags& tags);
/// "rds:<instance>-2026-11-24-03-05", taken by RDS.
void take_automated_snapshot(RequestContext& context, const storage::Resource& instance);
/// The snapshot that a deletion asks for; nothing where it skips that. InvalidParameterCombination for both or neither.
std::optional<std::string> final_snapshot_of(const Input& input);
void drop_snapshot(RequestContext& context, const storage::Resource& snapshot);

/// By name or ARN. DBSnapshotNotFound.
storage::Resource snapshot_named(RequestContext& context, const std::string& reference);
/// One of the caller's own, or by ARN one that another account shares.
storage::Resource restorable_snapshot(RequestContext& context, const std::string& reference);
/// "creating" until its copy of the engine's data is complete.
std::string snapshot_status(RequestContext& context, const storage::Resource& snapshot);
/// The copy that shall exist for a snapshot; its id is "" where no engine ran.
engines::Copy copy_of(const storage::Resource& snapshot);

Json create_snapshot(RequestContext&, const Input&);
Json copy_snapshot(RequestContext&, const Input&);
Json describe_snapshots(RequestContext&, const Input&);
Json delete_snapshot(RequestContext&, const Input&);

}  // namespace orrery::rds
