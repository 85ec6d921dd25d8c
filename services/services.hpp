#pragma once
#include <span>

#include "registry/service.hpp"

namespace orrery {

/// Every service, in the order in which they seed and tick.
std::span<const Service* const> all_services();

}  // namespace orrery
