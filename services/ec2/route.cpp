#include "services/ec2/route.hpp"

#include "aws/cidr.hpp"
#include "services/ec2/describe.hpp"
#include "services/ec2/prefix_list.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/vpc_cidr.hpp"

namespace orrery::ec2 {

namespace {

/// A route's destination: the member that holds it and its canonical value.
struct Destination {
  std::string member, value;
  std::string parameter() const {
    return member == "DestinationCidrBlock"       ? "destination-cidr-block"
           : member == "DestinationIpv6CidrBlock" ? "destination-ipv6-cidr-block"
                                                  : "destination-prefix-list-id";
  }
};

Destination read_destination(RequestContext& context, const Input& input) {
  if (const auto text = input.find_str("DestinationCidrBlock")) {
    const auto cidr = aws::parse_cidr(*text);
    if (!cidr) throw errors::invalid_value(*text, "destinationCidrBlock", "This is not a valid CIDR block.");
    return {"DestinationCidrBlock", cidr->text()};
  }
  if (const auto text = input.find_str("DestinationIpv6CidrBlock")) {
    const auto cidr = parse_cidr6(*text);
    if (!cidr) throw errors::invalid_value(*text, "destinationIpv6CidrBlock", "This is not a valid IPv6 CIDR block.");
    return {"DestinationIpv6CidrBlock", cidr->text()};
  }
  if (const auto id = input.find_str("DestinationPrefixListId")) {
    require_prefix_list(context, *id);
    return {"DestinationPrefixListId", *id};
  }
  throw errors::missing("destinationCidrBlock");
}

struct RouteTarget {
  const Kind* kind;
  Json members;
};

AwsError different_networks(const Resource& route_table, const std::string& noun, const std::string& id) {
  return errors::invalid_parameter("route table " + route_table.id + " and " + noun + " " + id +
                                   " belong to different networks");
}

RouteTarget to_gateway(RequestContext& context, const Resource& route_table, const std::string& id) {
  const auto gateway = table(context).find(kInternetGateway.name, id);
  if (!gateway) throw errors::client("InvalidGatewayID.NotFound", "The gateway ID '" + id + "' does not exist");
  if (values_at(gateway->document, "Attachments.VpcId") != values_at(route_table.document, "VpcId"))
    throw different_networks(route_table, "network gateway", id);
  return {&kInternetGateway, {{"GatewayId", id}}};
}

RouteTarget to_nat_gateway(RequestContext& context, const Resource& route_table, const std::string& id) {
  const auto gateway = table(context).find(kNatGateway.name, id);
  if (!gateway || gateway->document["State"] != "available")
    throw errors::client("InvalidNatGatewayID.NotFound", "The natGateway ID '" + id + "' does not exist");
  if (gateway->document["VpcId"] != route_table.document["VpcId"])
    throw different_networks(route_table, "NAT gateway", id);
  return {&kNatGateway, {{"NatGatewayId", id}}};
}

RouteTarget to_interface(RequestContext& context, const Resource& route_table, const std::string& id) {
  const Resource interface = require(context, kNetworkInterface, id);
  if (interface.document["VpcId"] != route_table.document["VpcId"])
    throw different_networks(route_table, "interface", id);
  return {&kNetworkInterface, {{"NetworkInterfaceId", id}}};
}

RouteTarget to_egress_only(RequestContext& context, const Resource& route_table, const std::string& id) {
  const Resource gateway = require(context, kEgressOnlyGateway, id);
  if (values_at(gateway.document, "Attachments.VpcId") != values_at(route_table.document, "VpcId"))
    throw different_networks(route_table, "egress-only internet gateway", id);
  return {&kEgressOnlyGateway, {{"EgressOnlyInternetGatewayId", id}}};
}

RouteTarget read_target(RequestContext& context, const Input& input, const Resource& route_table) {
  for (const char* name : {"VpcEndpointId", "TransitGatewayId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn",
                           "OdbNetworkArn", "InstanceId", "VpcPeeringConnectionId"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  if (const auto id = input.find_str("GatewayId")) return to_gateway(context, route_table, *id);
  if (const auto id = input.find_str("NatGatewayId")) return to_nat_gateway(context, route_table, *id);
  if (const auto id = input.find_str("NetworkInterfaceId")) return to_interface(context, route_table, *id);
  if (const auto id = input.find_str("EgressOnlyInternetGatewayId")) return to_egress_only(context, route_table, *id);
  throw errors::missing("gatewayId");
}

/// Removes the edges to targets that no route names any more.
void unlink_stale(RequestContext& context, const Resource& route_table) {
  for (const auto& edge : table(context).links_from(kRouteTable.name, route_table.id)) {
    if (edge.role != "route") continue;
    const Json& routes = route_table.document["Routes"];
    const bool used = std::any_of(routes.begin(), routes.end(), [&](const Json& route) {
      return std::any_of(std::begin(kTargetMembers), std::end(kTargetMembers),
                         [&](const char* member) { return route.value(member, "") == edge.to.id; });
    });
    if (!used) table(context).unlink(kRouteTable.name, route_table.id, "route", edge.to);
  }
}

Json* find_route(Json& routes, const Destination& destination) {
  for (Json& route : routes) {
    if (route.value(destination.member, "") == destination.value) return &route;
  }
  return nullptr;
}

AwsError no_route(const Resource& route_table, const Destination& destination) {
  return errors::client("InvalidRoute.NotFound", "no route with " + destination.parameter() + " " + destination.value +
                                                     " in route table " + route_table.id);
}

Json route_document(const Destination& destination, const RouteTarget& target) {
  Json route = target.members;
  route.update({{destination.member, destination.value}, {"Origin", "CreateRoute"}, {"State", "active"}});
  return route;
}

}  // namespace

Json create_route(RequestContext& context, const Input& input) {
  Resource route_table = require(context, kRouteTable, input.str("RouteTableId"));
  const Destination destination = read_destination(context, input);
  const RouteTarget target = read_target(context, input, route_table);
  Json& routes = route_table.document["Routes"];
  if (find_route(routes, destination))
    throw errors::client("RouteAlreadyExists", "The route identified by " + destination.value + " already exists.");
  routes.push_back(route_document(destination, target));
  put(context, route_table);
  link(context, route_table, "route", *target.kind, target.members.begin()->get<std::string>());
  return {{"Return", true}};
}

Json replace_route(RequestContext& context, const Input& input) {
  if (input.flag("LocalTarget")) throw errors::unbuilt("LocalTarget");
  Resource route_table = require(context, kRouteTable, input.str("RouteTableId"));
  const Destination destination = read_destination(context, input);
  const RouteTarget target = read_target(context, input, route_table);
  Json* route = find_route(route_table.document["Routes"], destination);
  if (!route)
    throw errors::invalid_parameter("There is no route defined for '" + destination.value +
                                    "' in the route table. Use CreateRoute instead.");
  *route = route_document(destination, target);
  put(context, route_table);
  unlink_stale(context, route_table);
  link(context, route_table, "route", *target.kind, target.members.begin()->get<std::string>());
  return Json::object();
}

Json delete_route(RequestContext& context, const Input& input) {
  Resource route_table = require(context, kRouteTable, input.str("RouteTableId"));
  const Destination destination = read_destination(context, input);
  Json& routes = route_table.document["Routes"];
  const Json* route = find_route(routes, destination);
  if (!route) throw no_route(route_table, destination);
  if (route->value("GatewayId", "") == "local")
    throw errors::invalid_parameter("cannot remove local route " + destination.value + " in route table " +
                                    route_table.id);
  routes.erase(static_cast<std::size_t>(route - &routes[0]));
  put(context, route_table);
  unlink_stale(context, route_table);
  return Json::object();
}

}  // namespace orrery::ec2
