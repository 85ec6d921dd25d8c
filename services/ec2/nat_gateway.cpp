#include "services/ec2/nat_gateway.hpp"

#include "services/ec2/address.hpp"
#include "services/ec2/describe.hpp"
#include "services/ec2/internet_gateway.hpp"
#include "services/ec2/network_interface.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/tags.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kNatGatewayFilters[] = {
    {"nat-gateway-id", "NatGatewayId"}, {"state", "State"}, {"subnet-id", "SubnetId"}, {"vpc-id", "VpcId"}};

/// A deleted gateway stays visible for about an hour (VPC user guide, "Work with NAT gateways").
constexpr aws::Millis kVisibleAfterDeletion = 3'600'000;

/// What AWS usually needs (the console's own estimate is some minutes).
constexpr aws::Millis kCreation = 90'000, kDeletion = 45'000;

aws::Millis delay(RequestContext& context, aws::Millis realistic) {
  return context.settings.lifecycle == Lifecycle::realistic ? realistic : 0;
}

/// The state that the clock gives; false once a deleted gateway is no longer shown.
bool settle(RequestContext& context, Resource& gateway) {
  const auto since = [&](const char* moment) { return context.now - gateway.hidden[moment].get<aws::Millis>(); };
  if (gateway.hidden.contains("Gone")) {
    if (since("Gone") < 0) gateway.document["State"] = "deleting";
    return since("Gone") < kVisibleAfterDeletion;
  }
  if (gateway.hidden.contains("Ready") && since("Ready") < 0) gateway.document["State"] = "pending";
  return true;
}

/// Forgets what is no longer shown.
void purge(RequestContext& context) {
  for (Resource& gateway : table(context).list(kNatGateway.name)) {
    if (!settle(context, gateway)) table(context).erase(kNatGateway.name, gateway.id);
  }
}

void fail(Resource& gateway, const std::string& code, const std::string& message) {
  gateway.document.update({{"State", "failed"}, {"FailureCode", code}, {"FailureMessage", message}});
}

/// The allocations of a public gateway, the primary one first.
std::vector<Resource> read_allocations(RequestContext& context, const Input& input) {
  std::vector<std::string> ids;
  if (const auto id = input.find_str("AllocationId")) ids.push_back(*id);
  for (auto& id : input.strings("SecondaryAllocationIds")) ids.push_back(std::move(id));
  return require_allocations(context, ids);
}

InterfaceSpec read_interface(const Input& input, const Resource& gateway, std::size_t allocations) {
  InterfaceSpec spec;
  spec.subnet_id = gateway.document["SubnetId"];
  spec.description = "Interface for NAT Gateway " + gateway.id;
  spec.type = "nat_gateway";
  spec.requester = "amazon-nat-gateway";
  spec.addresses.push_back(input.str("PrivateIpAddress"));
  const auto secondary = input.strings("SecondaryPrivateIpAddresses");
  spec.addresses.insert(spec.addresses.end(), secondary.begin(), secondary.end());
  spec.count = std::max<std::size_t>({1, spec.addresses.size(), allocations,
                                      1 + static_cast<std::size_t>(input.integer("SecondaryPrivateIpAddressCount"))});
  return spec;
}

/// Gives the gateway its interface and addresses.
void bring_up(RequestContext& context, Resource& gateway, const InterfaceSpec& spec,
              std::vector<Resource> allocations) {
  Resource interface = make_interface(context, spec);
  interface.document["SourceDestCheck"] = false;
  put(context, interface);
  link(context, gateway, "network-interface", kNetworkInterface, interface.id);
  Json addresses = Json::array();
  for (const auto& ip : values_at(interface.document, "PrivateIpAddresses.PrivateIpAddress")) {
    Json entry = gateway_address(interface, ip, addresses.empty());
    if (addresses.size() < allocations.size())
      attach_allocation(context, entry, allocations[addresses.size()], interface);
    addresses.push_back(std::move(entry));
  }
  gateway.document["NatGatewayAddresses"] = std::move(addresses);
}

Json answer(RequestContext& context, const Resource& gateway, const std::optional<std::string>& token) {
  Json document = with_tags(context, kNatGateway, gateway);
  document["State"] = "pending";
  Json out{{"NatGateway", document}};
  if (token) out["ClientToken"] = *token;
  return out;
}

}  // namespace

Resource require_nat_gateway(RequestContext& context, const std::string& id) {
  Resource gateway = require(context, kNatGateway, id);
  if (!settle(context, gateway) || gateway.document["State"] != "available") throw not_found(kNatGateway, id);
  return gateway;
}

Json gateway_address(const Resource& interface, const std::string& private_ip, bool primary) {
  return {
      {"NetworkInterfaceId", interface.id}, {"PrivateIp", private_ip}, {"IsPrimary", primary}, {"Status", "succeeded"}};
}

void attach_allocation(RequestContext& context, Json& gateway_address, Resource& allocation, Resource& interface) {
  gateway_address["AssociationId"] = associate(context, allocation, interface, gateway_address["PrivateIp"]);
  gateway_address["AllocationId"] = allocation.id;
  gateway_address["PublicIp"] = allocation.document["PublicIp"];
}

std::vector<Resource> require_allocations(RequestContext& context, const std::vector<std::string>& ids) {
  std::vector<Resource> out;
  for (const auto& id : ids) {
    auto address = table(context).find(kElasticIp.name, id);
    if (!address) throw errors::client("InvalidElasticIpID.NotFound", "The elastic-ip ID '" + id + "' does not exist");
    out.push_back(std::move(*address));
  }
  return out;
}

Json create_nat_gateway(RequestContext& context, const Input& input) {
  for (const char* name : {"VpcId", "AvailabilityZoneAddresses"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  if (input.str("AvailabilityMode", "zonal") != "zonal") throw errors::unbuilt("AvailabilityMode");
  const Tags tags = tags_of(input, kNatGateway);
  const auto token = input.find_str("ClientToken");
  const auto subnet_id = input.find_str("SubnetId");
  if (!subnet_id) throw errors::missing("subnetId");
  const Resource subnet = require(context, kSubnet, *subnet_id);
  const std::string connectivity = input.str("ConnectivityType", "public");
  auto allocations = read_allocations(context, input);
  if (connectivity == "public" && allocations.empty())
    throw errors::client("MissingParameter",
                         "The request must include the AllocationId parameter. Add the required parameter and retry "
                         "the request.");
  if (connectivity == "private" && !allocations.empty())
    throw errors::combination("You can't specify an Elastic IP address for a private NAT gateway.");
  purge(context);
  Resource gateway = make(context, kNatGateway);
  gateway.document.update({{"SubnetId", subnet.id},
                           {"VpcId", subnet.document["VpcId"]},
                           {"ConnectivityType", connectivity},
                           {"CreateTime", context.timestamp()},
                           {"NatGatewayAddresses", Json::array()},
                           {"State", "available"}});
  if (token) gateway.hidden["ClientToken"] = *token;
  gateway.hidden["Ready"] = context.now + delay(context, kCreation);
  const auto spec = read_interface(input, gateway, allocations.size());
  if (const auto made = made_with_token(context, kNatGateway, token)) return answer(context, *made, token);
  const auto taken = std::find_if(allocations.begin(), allocations.end(),
                                  [](const Resource& address) { return address.document.contains("AssociationId"); });
  // These are noticed after the call was answered: the gateway ends as failed (VPC user guide, "Troubleshoot NAT
  // gateways").
  if (connectivity == "public" && gateway_of(context, subnet.document["VpcId"]).empty())
    fail(gateway, "Gateway.NotAttached",
         "Network " + subnet.document["VpcId"].get<std::string>() + " has no Internet gateway attached");
  else if (taken != allocations.end())
    fail(gateway, "Resource.AlreadyAssociated", "Elastic IP address [" + taken->id + "] is already associated");
  else
    bring_up(context, gateway, spec, std::move(allocations));
  put(context, gateway);
  if (gateway.document["State"] == "available") {
    link(context, gateway, "subnet", kSubnet, subnet.id);
    link(context, gateway, "vpc", kVpc, subnet.document["VpcId"]);
  }
  table(context).tag(kNatGateway.name, gateway.id, tags);
  return answer(context, gateway, token);
}

Json describe_nat_gateways(RequestContext& context, const Input& input) {
  return describe(context, input,
                  {.kind = kNatGateway,
                   .ids = "NatGatewayIds",
                   .output = "NatGateways",
                   .filters = kNatGatewayFilters,
                   .complete = &settle,
                   .filters_member = "Filter"});
}

Json delete_nat_gateway(RequestContext& context, const Input& input) {
  Resource gateway = require(context, kNatGateway, input.str("NatGatewayId"));
  if (!settle(context, gateway)) throw not_found(kNatGateway, gateway.id);
  if (gateway.hidden.contains("Gone")) return {{"NatGatewayId", gateway.id}};
  for (const Json& entry : gateway.document["NatGatewayAddresses"]) {
    if (!entry.contains("AllocationId")) continue;
    if (auto address = table(context).find(kElasticIp.name, entry["AllocationId"].get<std::string>()))
      dissociate(context, *address);
  }
  for (const auto& edge : table(context).links_from(kNatGateway.name, gateway.id)) {
    if (edge.to.kind != kNetworkInterface.name) continue;
    if (const auto interface = table(context).find(kNetworkInterface.name, edge.to.id))
      erase_interface(context, *interface);
  }
  table(context).unlink(kNatGateway.name, gateway.id, "");
  set_route_state(context, kNatGateway, gateway.id, RouteState::blackhole);
  gateway.document["State"] = "deleted";
  gateway.document["DeleteTime"] = context.timestamp();
  gateway.hidden["Gone"] = context.now + delay(context, kDeletion);
  put(context, gateway);
  purge(context);
  return {{"NatGatewayId", gateway.id}};
}

}  // namespace orrery::ec2
