#include "services/iam/service.hpp"

namespace orrery::iam {

const Service& service() {
  static const Service instance{.name = "iam", .operations = {}};
  return instance;
}

}  // namespace orrery::iam
