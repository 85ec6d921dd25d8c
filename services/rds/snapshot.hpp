#pragma once
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// A manual snapshot of the instance under this identifier; its own tags are added to those it copies.
Json take_snapshot(RequestContext& context, const storage::Resource& instance, const std::string& identifier,
                   const storage::Tags& tags);

Json create_snapshot(RequestContext&, const Input&);
Json describe_snapshots(RequestContext&, const Input&);
Json delete_snapshot(RequestContext&, const Input&);

}  // namespace orrery::rds
