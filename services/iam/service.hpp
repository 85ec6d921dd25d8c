#pragma once
#include "registry/service.hpp"

namespace orrery::iam {

const Service& service();

}  // namespace orrery::iam
