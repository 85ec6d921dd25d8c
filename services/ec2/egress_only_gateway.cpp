#include "services/ec2/egress_only_gateway.hpp"

#include "services/ec2/describe.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/tags.hpp"

namespace orrery::ec2 {

Json create_egress_only_internet_gateway(RequestContext& context, const Input& input) {
  const Tags tags = tags_of(input, kEgressOnlyGateway);
  const auto token = input.find_str("ClientToken");
  const std::string vpc_id = require(context, kVpc, input.str("VpcId")).id;
  if (const auto made = made_with_token(context, kEgressOnlyGateway, token))
    return {{"EgressOnlyInternetGateway", with_tags(context, kEgressOnlyGateway, *made)}, {"ClientToken", *token}};
  Resource gateway = make(context, kEgressOnlyGateway);
  gateway.document["Attachments"] = Json::array({{{"State", "attached"}, {"VpcId", vpc_id}}});
  if (token) gateway.hidden["ClientToken"] = *token;
  put(context, gateway);
  link(context, gateway, "attachment", kVpc, vpc_id);
  table(context).tag(kEgressOnlyGateway.name, gateway.id, tags);
  Json out{{"EgressOnlyInternetGateway", with_tags(context, kEgressOnlyGateway, gateway)}};
  if (token) out["ClientToken"] = *token;
  return out;
}

Json describe_egress_only_internet_gateways(RequestContext& context, const Input& input) {
  return describe(context, input,
                  {.kind = kEgressOnlyGateway,
                   .ids = "EgressOnlyInternetGatewayIds",
                   .output = "EgressOnlyInternetGateways",
                   .filters = {}});
}

Json delete_egress_only_internet_gateway(RequestContext& context, const Input& input) {
  const Resource gateway = require(context, kEgressOnlyGateway, input.str("EgressOnlyInternetGatewayId"));
  set_route_state(context, kEgressOnlyGateway, gateway.id, RouteState::blackhole);
  table(context).erase(kEgressOnlyGateway.name, gateway.id);
  return {{"ReturnCode", true}};
}

}  // namespace orrery::ec2
