#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

Json describe_engine_versions(RequestContext&, const Input&);

}  // namespace orrery::rds
