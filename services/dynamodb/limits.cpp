#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/quotas.hpp"

namespace orrery::dynamodb {

Json describe_limits(RequestContext&, const Input&) {
  return {{"AccountMaxReadCapacityUnits", kAccountCapacity},
          {"AccountMaxWriteCapacityUnits", kAccountCapacity},
          {"TableMaxReadCapacityUnits", kTableCapacity},
          {"TableMaxWriteCapacityUnits", kTableCapacity}};
}

Json describe_endpoints(RequestContext& context, const Input&) {
  return {{"Endpoints",
           {{{"Address", context.settings.host + ":" + std::to_string(context.settings.port)},
             {"CachePeriodInMinutes", 1440}}}}};
}

}  // namespace orrery::dynamodb
