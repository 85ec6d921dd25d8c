#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// The id of the region's default set, which new VPCs use; made where it is missing.
std::string default_dhcp_options(RequestContext& context);

Json create_dhcp_options(RequestContext& context, const Input& input);
Json describe_dhcp_options(RequestContext& context, const Input& input);
Json associate_dhcp_options(RequestContext& context, const Input& input);
Json delete_dhcp_options(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
