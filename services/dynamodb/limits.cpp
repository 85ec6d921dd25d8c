#include "services/dynamodb/operations.hpp"

namespace orrery::dynamodb {

Json describe_limits(RequestContext&, const Input&) {
  // The account and table quotas that new accounts have (developer guide, "Service, account, and table quotas").
  return {{"AccountMaxReadCapacityUnits", 80000},
          {"AccountMaxWriteCapacityUnits", 80000},
          {"TableMaxReadCapacityUnits", 40000},
          {"TableMaxWriteCapacityUnits", 40000}};
}

Json describe_endpoints(RequestContext& context, const Input&) {
  return {{"Endpoints",
           {{{"Address", context.settings.host + ":" + std::to_string(context.settings.port)}, {"CachePeriodInMinutes", 1440}}}}};
}

}  // namespace orrery::dynamodb
