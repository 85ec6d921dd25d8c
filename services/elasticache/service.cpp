#include "services/elasticache/service.hpp"

namespace orrery::elasticache {

const Service& service() {
  static const Service instance{.name = "elasticache", .operations = {}};
  return instance;
}

}  // namespace orrery::elasticache
