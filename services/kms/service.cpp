#include "services/kms/service.hpp"

namespace orrery::kms {

const Service& service() {
  static const Service instance{.name = "kms", .operations = {}};
  return instance;
}

}  // namespace orrery::kms
