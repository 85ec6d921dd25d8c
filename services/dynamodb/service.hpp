#pragma once
#include "registry/service.hpp"

namespace orrery::dynamodb {

const Service& service();

}  // namespace orrery::dynamodb
