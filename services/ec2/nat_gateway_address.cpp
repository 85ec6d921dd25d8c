#include "services/ec2/nat_gateway_address.hpp"

#include "services/ec2/address.hpp"
#include "services/ec2/nat_gateway.hpp"
#include "services/ec2/network_interface.hpp"

namespace orrery::ec2 {

namespace {

constexpr const char* kAddresses = "NatGatewayAddresses";

Resource interface_of(RequestContext& context, const Resource& gateway) {
  return require(context, kNetworkInterface, gateway.document[kAddresses][0]["NetworkInterfaceId"]);
}

Resource require_with(RequestContext& context, const Input& input, const std::string& connectivity) {
  Resource gateway = require_nat_gateway(context, input.str("NatGatewayId"));
  if (gateway.document["ConnectivityType"] != connectivity)
    throw errors::client("InvalidParameterValue",
                         "This operation is not supported for a NAT gateway of this connectivity type: " + gateway.id);
  return gateway;
}

/// Takes the entry whose `member` is `value` out of a gateway's addresses; the primary one stays.
Json take_entry(Resource& gateway, const char* member, const std::string& value) {
  Json& list = gateway.document[kAddresses];
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].value(member, "") != value) continue;
    if (list[i]["IsPrimary"] == true)
      throw errors::invalid_parameter("The primary address of NAT gateway " + gateway.id + " cannot be removed.");
    Json entry = list[i];
    list.erase(i);
    return entry;
  }
  throw errors::invalid_parameter("NAT gateway " + gateway.id + " has no address " + value + ".");
}

Json answer(RequestContext& context, const Resource& gateway, Json changed, const char* status) {
  put(context, gateway);
  for (Json& entry : changed) entry["Status"] = status;
  return {{"NatGatewayId", gateway.id}, {kAddresses, std::move(changed)}};
}

}  // namespace

Json associate_nat_gateway_address(RequestContext& context, const Input& input) {
  for (const char* name : {"AvailabilityZone", "AvailabilityZoneId"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  Resource gateway = require_with(context, input, "public");
  auto allocations = require_allocations(context, input.strings("AllocationIds"));
  auto wanted = input.strings("PrivateIpAddresses");
  for (const Resource& allocation : allocations) {
    if (allocation.document.contains("AssociationId"))
      throw errors::client("Resource.AlreadyAssociated",
                           "Elastic IP address [" + allocation.id + "] is already associated");
  }
  Resource interface = interface_of(context, gateway);
  Json added = Json::array();
  const auto ips = add_addresses(context, interface, std::move(wanted), allocations.size());
  for (std::size_t i = 0; i < allocations.size(); ++i) {
    Json entry = gateway_address(interface, ips[i], false);
    attach_allocation(context, entry, allocations[i], interface);
    gateway.document[kAddresses].push_back(entry);
    added.push_back(std::move(entry));
  }
  return answer(context, gateway, std::move(added), "associating");
}

Json disassociate_nat_gateway_address(RequestContext& context, const Input& input) {
  input.acknowledge("MaxDrainDurationSeconds", "no connection is there to drain");
  Resource gateway = require_with(context, input, "public");
  Json gone = Json::array();
  for (const auto& id : input.strings("AssociationIds")) {
    Json entry = take_entry(gateway, "AssociationId", id);
    Resource address = require(context, kElasticIp, entry["AllocationId"]);
    dissociate(context, address);
    Resource interface = interface_of(context, gateway);
    remove_address(context, interface, entry["PrivateIp"]);
    gone.push_back(std::move(entry));
  }
  return answer(context, gateway, std::move(gone), "disassociating");
}

Json assign_private_nat_gateway_address(RequestContext& context, const Input& input) {
  Resource gateway = require_with(context, input, "private");
  auto wanted = input.strings("PrivateIpAddresses");
  const auto count = std::max(wanted.size(), static_cast<std::size_t>(input.integer("PrivateIpAddressCount")));
  Resource interface = interface_of(context, gateway);
  Json added = Json::array();
  for (const auto& ip : add_addresses(context, interface, std::move(wanted), count)) {
    added.push_back(gateway_address(interface, ip, false));
    gateway.document[kAddresses].push_back(added.back());
  }
  return answer(context, gateway, std::move(added), "assigning");
}

Json unassign_private_nat_gateway_address(RequestContext& context, const Input& input) {
  input.acknowledge("MaxDrainDurationSeconds", "no connection is there to drain");
  Resource gateway = require_with(context, input, "private");
  Json gone = Json::array();
  for (const auto& ip : input.strings("PrivateIpAddresses")) {
    Json entry = take_entry(gateway, "PrivateIp", ip);
    Resource interface = interface_of(context, gateway);
    remove_address(context, interface, ip);
    gone.push_back(std::move(entry));
  }
  return answer(context, gateway, std::move(gone), "unassigning");
}

}  // namespace orrery::ec2
