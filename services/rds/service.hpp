#pragma once
#include "registry/service.hpp"

namespace orrery::rds {

const Service& service();

}  // namespace orrery::rds
