#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

Json create_route(RequestContext& context, const Input& input);
Json replace_route(RequestContext& context, const Input& input);
Json delete_route(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
