#pragma once
#include <optional>
#include <string>
#include <vector>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// Another account's snapshot that the caller may restore, by its ARN; nothing when it is not shared.
std::optional<storage::Resource> shared_snapshot(RequestContext& context, const std::string& arn);
enum class Shared { with_caller, with_everybody };
/// Other accounts' snapshots of this region.
std::vector<storage::Resource> shared_snapshots(RequestContext& context, Shared shared);

Json describe_snapshot_attributes(RequestContext&, const Input&);
Json modify_snapshot_attribute(RequestContext&, const Input&);

}  // namespace orrery::rds
