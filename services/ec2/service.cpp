#include "services/ec2/service.hpp"

namespace orrery::ec2 {

const Service& service() {
  static const Service instance{.name = "ec2", .operations = {}};
  return instance;
}

}  // namespace orrery::ec2
