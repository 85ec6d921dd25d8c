#include "services/eks/service.hpp"

namespace orrery::eks {

const Service& service() {
  static const Service instance{.name = "eks", .operations = {}};
  return instance;
}

}  // namespace orrery::eks
