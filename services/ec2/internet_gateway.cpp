#include "services/ec2/internet_gateway.hpp"

#include "services/ec2/describe.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/tags.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kInternetGatewayFilters[] = {{"attachment.state", "Attachments.State"},
                                                 {"attachment.vpc-id", "Attachments.VpcId"},
                                                 {"internet-gateway-id", "InternetGatewayId"},
                                                 {"owner-id", "OwnerId"}};

/// A gateway may not leave while an address of its VPC is public through it.
void refuse_mapped_addresses(RequestContext& context, const std::string& vpc_id) {
  for (const auto& edge : table(context).links_to(kVpc.name, vpc_id)) {
    if (edge.from.kind != kNetworkInterface.name) continue;
    const auto interface = table(context).find(edge.from.kind, edge.from.id);
    if (interface && !values_at(interface->document, "PrivateIpAddresses.Association.PublicIp").empty())
      throw errors::client("DependencyViolation", "Network " + vpc_id +
                                                      " has some mapped public address(es). Please unmap those public "
                                                      "address(es) before detaching the gateway.");
  }
}

}  // namespace

Resource make_internet_gateway(RequestContext& context) {
  Resource gateway = make(context, kInternetGateway);
  gateway.document["OwnerId"] = context.account;
  gateway.document["Attachments"] = Json::array();
  put(context, gateway);
  return gateway;
}

std::string gateway_of(RequestContext& context, const std::string& vpc_id) {
  for (const auto& edge : table(context).links_to(kVpc.name, vpc_id)) {
    if (edge.from.kind == kInternetGateway.name) return edge.from.id;
  }
  return "";
}

void attach_gateway(RequestContext& context, Resource& gateway, const Resource& vpc) {
  if (!gateway.document["Attachments"].empty())
    throw errors::client("Resource.AlreadyAssociated",
                         "resource " + gateway.id + " is already attached to network " +
                             gateway.document["Attachments"][0]["VpcId"].get<std::string>());
  if (!gateway_of(context, vpc.id).empty())
    throw errors::invalid_parameter("Network " + vpc.id + " already has an internet gateway attached");
  gateway.document["Attachments"].push_back({{"State", "available"}, {"VpcId", vpc.id}});
  put(context, gateway);
  link(context, gateway, "attachment", kVpc, vpc.id);
  set_route_state(context, kInternetGateway, gateway.id, RouteState::active);
}

Json create_internet_gateway(RequestContext& context, const Input& input) {
  const Tags tags = tags_of(input, kInternetGateway);
  const Resource gateway = make_internet_gateway(context);
  table(context).tag(kInternetGateway.name, gateway.id, tags);
  return {{"InternetGateway", with_tags(context, kInternetGateway, gateway)}};
}

Json describe_internet_gateways(RequestContext& context, const Input& input) {
  return describe(context, input,
                  {.kind = kInternetGateway,
                   .ids = "InternetGatewayIds",
                   .output = "InternetGateways",
                   .filters = kInternetGatewayFilters});
}

Json attach_internet_gateway(RequestContext& context, const Input& input) {
  Resource gateway = require(context, kInternetGateway, input.str("InternetGatewayId"));
  attach_gateway(context, gateway, require(context, kVpc, input.str("VpcId")));
  return Json::object();
}

Json detach_internet_gateway(RequestContext& context, const Input& input) {
  Resource gateway = require(context, kInternetGateway, input.str("InternetGatewayId"));
  const std::string vpc_id = require(context, kVpc, input.str("VpcId")).id;
  if (gateway_of(context, vpc_id) != gateway.id)
    throw errors::client("Gateway.NotAttached", "resource " + gateway.id + " is not attached to network " + vpc_id);
  refuse_mapped_addresses(context, vpc_id);
  gateway.document["Attachments"] = Json::array();
  put(context, gateway);
  table(context).unlink(kInternetGateway.name, gateway.id, "attachment");
  set_route_state(context, kInternetGateway, gateway.id, RouteState::blackhole);
  return Json::object();
}

Json delete_internet_gateway(RequestContext& context, const Input& input) {
  const Resource gateway = require(context, kInternetGateway, input.str("InternetGatewayId"));
  if (!gateway.document["Attachments"].empty()) throw errors::has_dependencies("internetGateway", gateway.id);
  table(context).erase(kInternetGateway.name, gateway.id);
  return Json::object();
}

}  // namespace orrery::ec2
