#include "services/dynamodb/service.hpp"

namespace orrery::dynamodb {

const Service& service() {
  static const Service instance{.name = "dynamodb", .operations = {}};
  return instance;
}

}  // namespace orrery::dynamodb
