#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

Json authorize_security_group_ingress(RequestContext& context, const Input& input);
Json authorize_security_group_egress(RequestContext& context, const Input& input);
Json revoke_security_group_ingress(RequestContext& context, const Input& input);
Json revoke_security_group_egress(RequestContext& context, const Input& input);
Json describe_security_group_rules(RequestContext& context, const Input& input);
Json modify_security_group_rules(RequestContext& context, const Input& input);
Json update_rule_descriptions_ingress(RequestContext& context, const Input& input);
Json update_rule_descriptions_egress(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
