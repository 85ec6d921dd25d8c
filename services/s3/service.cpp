#include "services/s3/service.hpp"

namespace orrery::s3 {

const Service& service() {
  static const Service instance{.name = "s3", .operations = {}};
  return instance;
}

}  // namespace orrery::s3
