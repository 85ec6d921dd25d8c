#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

Resource make_internet_gateway(RequestContext& context);
/// Attaches and stores; throws where either has another attachment.
void attach_gateway(RequestContext& context, Resource& gateway, const Resource& vpc);
/// The gateway attached to a VPC; "" where there is none.
std::string gateway_of(RequestContext& context, const std::string& vpc_id);

Json create_internet_gateway(RequestContext& context, const Input& input);
Json describe_internet_gateways(RequestContext& context, const Input& input);
Json attach_internet_gateway(RequestContext& context, const Input& input);
Json detach_internet_gateway(RequestContext& context, const Input& input);
Json delete_internet_gateway(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
