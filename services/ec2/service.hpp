#pragma once
#include "registry/service.hpp"

namespace orrery::ec2 {

const Service& service();

}  // namespace orrery::ec2
