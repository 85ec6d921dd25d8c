#pragma once
#include "registry/service.hpp"

namespace orrery::kms {

const Service& service();

}  // namespace orrery::kms
