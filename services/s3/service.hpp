#pragma once
#include "registry/service.hpp"

namespace orrery::s3 {

const Service& service();

}  // namespace orrery::s3
