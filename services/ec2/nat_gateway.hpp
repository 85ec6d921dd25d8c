#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

Json create_nat_gateway(RequestContext& context, const Input& input);
Json describe_nat_gateways(RequestContext& context, const Input& input);
Json delete_nat_gateway(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
