#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

Json describe_engine_versions(RequestContext&, const Input&);

}  // namespace orrery::elasticache
