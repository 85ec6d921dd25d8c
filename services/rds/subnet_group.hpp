#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

std::optional<Json> find_subnet_group(RequestContext& context, const std::string& name);
/// The group "default" of the account's default VPC, made when an instance first needs it (as RDS does).
Json default_subnet_group(RequestContext& context);
/// The group of this name; the default one for "" and "default". DBSubnetGroupNotFoundFault.
Json chosen_subnet_group(RequestContext& context, const std::string& name);

Json create_subnet_group(RequestContext&, const Input&);
Json describe_subnet_groups(RequestContext&, const Input&);
Json modify_subnet_group(RequestContext&, const Input&);
Json delete_subnet_group(RequestContext&, const Input&);

}  // namespace orrery::rds
