#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

/// The group of this name, or "default" (made of the default VPC's subnets on first use) when it is "".
Json subnet_group_for(RequestContext& context, const std::string& name);

Json create_subnet_group(RequestContext&, const Input&);
Json describe_subnet_groups(RequestContext&, const Input&);
Json modify_subnet_group(RequestContext&, const Input&);
Json delete_subnet_group(RequestContext&, const Input&);

}  // namespace orrery::elasticache
