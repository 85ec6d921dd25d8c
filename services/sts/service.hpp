#pragma once
#include "registry/service.hpp"

namespace orrery::sts {

const Service& service();

}  // namespace orrery::sts
