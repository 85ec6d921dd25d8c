#include "services/secretsmanager/service.hpp"

namespace orrery::secretsmanager {

const Service& service() {
  static const Service instance{.name = "secretsmanager", .operations = {}};
  return instance;
}

}  // namespace orrery::secretsmanager
