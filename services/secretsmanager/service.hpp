#pragma once
#include "registry/service.hpp"

namespace orrery::secretsmanager {

const Service& service();

}  // namespace orrery::secretsmanager
