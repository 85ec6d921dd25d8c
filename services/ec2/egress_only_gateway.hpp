#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

Json create_egress_only_internet_gateway(RequestContext& context, const Input& input);
Json describe_egress_only_internet_gateways(RequestContext& context, const Input& input);
Json delete_egress_only_internet_gateway(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
