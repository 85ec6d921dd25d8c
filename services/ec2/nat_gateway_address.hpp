#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

Json associate_nat_gateway_address(RequestContext& context, const Input& input);
Json disassociate_nat_gateway_address(RequestContext& context, const Input& input);
Json assign_private_nat_gateway_address(RequestContext& context, const Input& input);
Json unassign_private_nat_gateway_address(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
