#pragma once
#include "registry/service.hpp"

namespace orrery::eks {

const Service& service();

}  // namespace orrery::eks
