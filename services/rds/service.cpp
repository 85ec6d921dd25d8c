#include "services/rds/service.hpp"

namespace orrery::rds {

const Service& service() {
  static const Service instance{.name = "rds", .operations = {}};
  return instance;
}

}  // namespace orrery::rds
