#include "services/sts/service.hpp"

namespace orrery::sts {

const Service& service() {
  static const Service instance{.name = "sts", .operations = {}};
  return instance;
}

}  // namespace orrery::sts
