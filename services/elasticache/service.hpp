#pragma once
#include "registry/service.hpp"

namespace orrery::elasticache {

const Service& service();

}  // namespace orrery::elasticache
