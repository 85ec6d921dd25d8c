#pragma once
#include "engines/specification.hpp"
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// The copy that a restored instance's engine starts with; its id is "" for other instances.
engines::Copy origin_of(const storage::Resource& instance);

Json restore_from_snapshot(RequestContext&, const Input&);
Json restore_to_point_in_time(RequestContext&, const Input&);

}  // namespace orrery::rds
