#include "services/ec2/route_table.hpp"

#include "aws/ids.hpp"
#include "services/ec2/describe.hpp"
#include "services/ec2/tags.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kRouteTableFilters[] = {
    {"association.gateway-id", "Associations.GatewayId"},
    {"association.route-table-association-id", "Associations.RouteTableAssociationId"},
    {"association.route-table-id", "Associations.RouteTableId"},
    {"association.subnet-id", "Associations.SubnetId"},
    {"association.main", "Associations.Main"},
    {"owner-id", "OwnerId"},
    {"route-table-id", "RouteTableId"},
    {"route.carrier-gateway-id", "Routes.CarrierGatewayId"},
    {"route.destination-cidr-block", "Routes.DestinationCidrBlock"},
    {"route.destination-ipv6-cidr-block", "Routes.DestinationIpv6CidrBlock"},
    {"route.destination-prefix-list-id", "Routes.DestinationPrefixListId"},
    {"route.egress-only-internet-gateway-id", "Routes.EgressOnlyInternetGatewayId"},
    {"route.gateway-id", "Routes.GatewayId"},
    {"route.instance-id", "Routes.InstanceId"},
    {"route.local-gateway-id", "Routes.LocalGatewayId"},
    {"route.nat-gateway-id", "Routes.NatGatewayId"},
    {"route.network-interface-id", "Routes.NetworkInterfaceId"},
    {"route.origin", "Routes.Origin"},
    {"route.state", "Routes.State"},
    {"route.transit-gateway-id", "Routes.TransitGatewayId"},
    {"route.vpc-peering-connection-id", "Routes.VpcPeeringConnectionId"},
    {"vpc-id", "VpcId"}};

Json local_routes(const Json& vpc) {
  Json out = Json::array();
  for (const Json& block : vpc["CidrBlockAssociationSet"])
    out.push_back({{"DestinationCidrBlock", block["CidrBlock"]}});
  for (const Json& block : vpc["Ipv6CidrBlockAssociationSet"])
    out.push_back({{"DestinationIpv6CidrBlock", block["Ipv6CidrBlock"]}});
  for (Json& route : out) route.update({{"GatewayId", "local"}, {"Origin", "CreateRouteTable"}, {"State", "active"}});
  return out;
}

Json association_state() { return {{"State", "associated"}}; }

std::string add_association(Resource& route_table, Json target) {
  const std::string id = aws::resource_id("rtbassoc");
  target.update(
      {{"RouteTableAssociationId", id}, {"RouteTableId", route_table.id}, {"AssociationState", association_state()}});
  if (!target.contains("Main")) target["Main"] = false;
  route_table.document["Associations"].push_back(std::move(target));
  return id;
}

/// The table that holds an association, and where in it.
struct Found {
  Resource route_table;
  std::size_t index;
  Json& association() { return route_table.document["Associations"][index]; }
};

Found find_association(RequestContext& context, const std::string& id) {
  for (Resource& candidate : table(context).list(kRouteTable.name)) {
    const Json& list = candidate.document["Associations"];
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i]["RouteTableAssociationId"] == id) return {std::move(candidate), i};
    }
  }
  throw errors::association_not_found(id);
}

/// Takes an association out of its table and returns it.
Json take(RequestContext& context, Found& found) {
  Json gone = std::move(found.association());
  found.route_table.document["Associations"].erase(found.index);
  put(context, found.route_table);
  if (gone.contains("SubnetId"))
    table(context).unlink(kRouteTable.name, found.route_table.id, "association",
                          {std::string(kService), std::string(kSubnet.name), gone["SubnetId"]});
  if (gone.contains("GatewayId"))
    table(context).unlink(kRouteTable.name, found.route_table.id, "association",
                          {std::string(kService), std::string(kInternetGateway.name), gone["GatewayId"]});
  return gone;
}

AwsError different_networks(const std::string& id, const std::string& noun, const std::string& other) {
  return errors::invalid_parameter("route table " + id + " and " + noun + " " + other +
                                   " belong to different networks");
}

std::string associate(RequestContext& context, Resource& route_table, const Kind& kind, const std::string& member,
                      const std::string& target) {
  const std::string id = add_association(route_table, {{member, target}});
  put(context, route_table);
  link(context, route_table, "association", kind, target);
  return id;
}

void refuse_second(RequestContext& context, const Kind& kind, const std::string& target) {
  for (const auto& edge : table(context).links_to(kind.name, target)) {
    if (edge.from.kind != kRouteTable.name || edge.role != "association") continue;
    const auto holder = table(context).find(kRouteTable.name, edge.from.id);
    for (const Json& association : holder->document["Associations"]) {
      if (association.value("SubnetId", association.value("GatewayId", "")) == target)
        throw errors::client("Resource.AlreadyAssociated", "the specified association for route table " + holder->id +
                                                               " conflicts with an existing association");
    }
  }
}

}  // namespace

bool is_main(const Json& route_table) {
  const Json& list = route_table["Associations"];
  return std::any_of(list.begin(), list.end(), [](const Json& association) { return association["Main"] == true; });
}

Resource make_route_table(RequestContext& context, const Resource& vpc, RouteTableOrigin origin) {
  Resource out = make(context, kRouteTable);
  out.document.update({{"VpcId", vpc.id},
                       {"OwnerId", context.account},
                       {"Routes", local_routes(vpc.document)},
                       {"Associations", Json::array()},
                       {"PropagatingVgws", Json::array()}});
  if (origin == RouteTableOrigin::main) add_association(out, {{"Main", true}});
  put(context, out);
  link(context, out, "vpc", kVpc, vpc.id);
  return out;
}

Resource main_route_table(RequestContext& context, const std::string& vpc_id) {
  for (const auto& edge : table(context).links_to(kVpc.name, vpc_id)) {
    if (edge.from.kind != kRouteTable.name) continue;
    auto found = table(context).find(kRouteTable.name, edge.from.id);
    if (found && is_main(found->document)) return std::move(*found);
  }
  throw errors::client("InvalidRouteTableID.NotFound", "The VPC '" + vpc_id + "' has no main route table");
}

void add_gateway_route(RequestContext& context, Resource& route_table, const std::string& gateway_id) {
  route_table.document["Routes"].push_back({{"DestinationCidrBlock", "0.0.0.0/0"},
                                            {"GatewayId", gateway_id},
                                            {"Origin", "CreateRoute"},
                                            {"State", "active"}});
  put(context, route_table);
  link(context, route_table, "route", kInternetGateway, gateway_id);
}

void refresh_local_routes(RequestContext& context, const Resource& vpc) {
  for (const auto& edge : table(context).links_to(kVpc.name, vpc.id)) {
    if (edge.from.kind != kRouteTable.name) continue;
    auto holder = table(context).find(kRouteTable.name, edge.from.id);
    Json routes = local_routes(vpc.document);
    for (Json& route : holder->document["Routes"]) {
      if (route["Origin"] != "CreateRouteTable") routes.push_back(std::move(route));
    }
    holder->document["Routes"] = std::move(routes);
    put(context, *holder);
  }
}

void set_route_state(RequestContext& context, const Kind& kind, const std::string& target_id, RouteState state) {
  for (const auto& edge : table(context).links_to(kind.name, target_id)) {
    if (edge.from.kind != kRouteTable.name || edge.role != "route") continue;
    auto holder = table(context).find(kRouteTable.name, edge.from.id);
    for (Json& route : holder->document["Routes"]) {
      for (const char* member : kTargetMembers) {
        if (route.value(member, "") == target_id) route["State"] = state == RouteState::active ? "active" : "blackhole";
      }
    }
    put(context, *holder);
  }
}

Json create_route_table(RequestContext& context, const Input& input) {
  const Tags tags = tags_of(input, kRouteTable);
  const auto token = input.find_str("ClientToken");
  const Resource vpc = require(context, kVpc, input.str("VpcId"));
  if (const auto made = made_with_token(context, kRouteTable, token))
    return {{"RouteTable", with_tags(context, kRouteTable, *made)}, {"ClientToken", *token}};
  Resource out = make_route_table(context, vpc, RouteTableOrigin::user);
  if (token) {
    out.hidden["ClientToken"] = *token;
    put(context, out);
  }
  table(context).tag(kRouteTable.name, out.id, tags);
  Json answer{{"RouteTable", with_tags(context, kRouteTable, out)}};
  if (token) answer["ClientToken"] = *token;
  return answer;
}

Json describe_route_tables(RequestContext& context, const Input& input) {
  return describe(
      context, input,
      {.kind = kRouteTable, .ids = "RouteTableIds", .output = "RouteTables", .filters = kRouteTableFilters});
}

Json delete_route_table(RequestContext& context, const Input& input) {
  const Resource found = require(context, kRouteTable, input.str("RouteTableId"));
  if (!found.document["Associations"].empty()) throw errors::has_dependencies("routeTable", found.id);
  table(context).erase(kRouteTable.name, found.id);
  return Json::object();
}

Json associate_route_table(RequestContext& context, const Input& input) {
  if (input.has("PublicIpv4Pool")) throw errors::unbuilt("PublicIpv4Pool");
  Resource found = require(context, kRouteTable, input.str("RouteTableId"));
  const auto gateway = input.find_str("GatewayId");
  const auto subnet = input.find_str("SubnetId");
  if (!gateway && !subnet) throw errors::missing("subnetId");
  if (gateway && subnet) throw errors::combination("The parameters subnetId and gatewayId cannot be used together");
  std::string id;
  if (gateway) {
    const Resource target = require(context, kInternetGateway, *gateway);
    if (values_at(target.document, "Attachments.VpcId") != values_at(found.document, "VpcId"))
      throw different_networks(found.id, "network gateway", target.id);
    refuse_second(context, kInternetGateway, target.id);
    id = associate(context, found, kInternetGateway, "GatewayId", target.id);
  } else {
    const Resource target = require(context, kSubnet, *subnet);
    if (target.document["VpcId"] != found.document["VpcId"]) throw different_networks(found.id, "subnet", target.id);
    refuse_second(context, kSubnet, target.id);
    id = associate(context, found, kSubnet, "SubnetId", target.id);
  }
  return {{"AssociationId", id}, {"AssociationState", association_state()}};
}

Json disassociate_route_table(RequestContext& context, const Input& input) {
  Found found = find_association(context, input.str("AssociationId"));
  if (found.association()["Main"] == true)
    throw errors::invalid_parameter("cannot disassociate the main route table association " +
                                    found.association()["RouteTableAssociationId"].get<std::string>());
  take(context, found);
  return Json::object();
}

Json replace_route_table_association(RequestContext& context, const Input& input) {
  Found found = find_association(context, input.str("AssociationId"));
  Resource target = require(context, kRouteTable, input.str("RouteTableId"));
  if (target.document["VpcId"] != found.route_table.document["VpcId"])
    throw different_networks(target.id, "route table", found.route_table.id);
  const Json gone = take(context, found);
  if (target.id == found.route_table.id) target = require(context, kRouteTable, target.id);
  std::string id;
  if (gone["Main"] == true) {
    id = add_association(target, {{"Main", true}});
    put(context, target);
  } else if (gone.contains("GatewayId")) {
    id = associate(context, target, kInternetGateway, "GatewayId", gone["GatewayId"]);
  } else {
    id = associate(context, target, kSubnet, "SubnetId", gone["SubnetId"]);
  }
  return {{"NewAssociationId", id}, {"AssociationState", association_state()}};
}

}  // namespace orrery::ec2
