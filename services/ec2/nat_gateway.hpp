#pragma once
#include <vector>

#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// A gateway that exists and whose addresses can be changed.
Resource require_nat_gateway(RequestContext& context, const std::string& id);
/// The member of NatGatewayAddresses for a private address of the gateway's interface.
Json gateway_address(const Resource& interface, const std::string& private_ip, bool primary);
/// Puts an elastic IP on an address of the gateway.
void attach_allocation(RequestContext& context, Json& gateway_address, Resource& allocation, Resource& interface);
/// By id, or InvalidElasticIpID.NotFound.
std::vector<Resource> require_allocations(RequestContext& context, const std::vector<std::string>& ids);

Json create_nat_gateway(RequestContext& context, const Input& input);
Json describe_nat_gateways(RequestContext& context, const Input& input);
Json delete_nat_gateway(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
