#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// The host name of an instance's endpoint. The only place that shapes it: engines will listen behind it.
std::string endpoint_address(RequestContext& context, const std::string& identifier);
/// The Route 53 zone that AWS reports for its RDS names in this region; "" where it is not known here.
std::string_view hosted_zone(std::string_view region);

/// Puts subnet group, zones and security groups into a new instance's document. `subnet_group` is the one to use where
/// the input names none; "" for the default one.
void place_instance(RequestContext& context, const Input& input, Json& document, const std::string& subnet_group = "");
/// Checks the groups (and that they lie in `vpc_id`) and returns the document's VpcSecurityGroups.
Json security_groups(RequestContext& context, std::vector<std::string> ids, const std::string& vpc_id);
/// Replaces the instance's network interface, which keeps its subnet and security groups from being deleted.
void reattach(RequestContext& context, storage::Resource& instance);
void detach(RequestContext& context, storage::Resource& instance);

}  // namespace orrery::rds
