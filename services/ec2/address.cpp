#include "services/ec2/address.hpp"

#include "aws/cidr.hpp"
#include "aws/ids.hpp"
#include "services/ec2/describe.hpp"
#include "services/ec2/tags.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kFilters[] = {{"allocation-id", "AllocationId"},
                                  {"association-id", "AssociationId"},
                                  {"domain", "Domain"},
                                  {"instance-id", "InstanceId"},
                                  {"network-border-group", "NetworkBorderGroup"},
                                  {"network-interface-id", "NetworkInterfaceId"},
                                  {"network-interface-owner-id", "NetworkInterfaceOwnerId"},
                                  {"private-ip-address", "PrivateIpAddress"},
                                  {"public-ip", "PublicIp"}};

AwsError address_not_found(const std::string& ip) {
  return errors::client("InvalidAddress.NotFound", "Address '" + ip + "' not found.");
}
AwsError no_permission() {
  return errors::client("AuthFailure", "You do not have permission to access the specified resource.");
}

std::optional<Resource> find_by(RequestContext& context, const char* member, const std::string& value) {
  for (Resource& address : table(context).list(kElasticIp.name)) {
    if (address.document.value(member, "") == value) return std::move(address);
  }
  return std::nullopt;
}

/// The address that AllocationId or PublicIp names.
Resource require_address(RequestContext& context, const Input& input) {
  if (const auto id = input.find_str("AllocationId")) return require(context, kElasticIp, *id);
  const auto ip = input.find_str("PublicIp");
  if (!ip) throw errors::missing("AllocationId");
  auto found = find_by(context, "PublicIp", *ip);
  if (!found) throw address_not_found(*ip);
  return std::move(*found);
}

/// A free address of a range that AWS hands out (54.128.0.0/10 lies in Amazon's published ip-ranges).
std::string free_ip(RequestContext& context) {
  for (;;) {
    const std::string random = aws::random_bytes(3);
    std::uint32_t address = 54;
    for (const char byte : random) address = address << 8 | static_cast<std::uint8_t>(byte);
    address = (address & 0xff3fffff) | 0x00800000;
    const std::string text = aws::ipv4_text(address);
    if (!find_by(context, "PublicIp", text)) return text;
  }
}

Json attribute_document(const Resource& address) {
  Json out{{"PublicIp", address.document["PublicIp"]}, {"AllocationId", address.id}};
  if (address.hidden.contains("PtrRecord")) out["PtrRecord"] = address.hidden["PtrRecord"];
  return out;
}

bool held_by_service(RequestContext& context, const Resource& address) {
  const auto interface = table(context).find(kNetworkInterface.name, address.document.value("NetworkInterfaceId", ""));
  return interface && interface->document["RequesterManaged"] == true;
}

/// The interface and its private address that AssociateAddress names.
Resource named_interface(RequestContext& context, const Input& input, std::string& private_ip) {
  if (input.has("InstanceId")) throw errors::unbuilt("InstanceId");
  const auto id = input.find_str("NetworkInterfaceId");
  if (!id) throw errors::client("MissingParameter", "Either instance ID or network interface id must be specified");
  Resource interface = require(context, kNetworkInterface, *id);
  private_ip = input.str("PrivateIpAddress", interface.document["PrivateIpAddress"].get<std::string>());
  const auto own = values_at(interface.document, "PrivateIpAddresses.PrivateIpAddress");
  if (std::find(own.begin(), own.end(), private_ip) == own.end())
    throw errors::invalid_value(private_ip, "privateIpAddress",
                                "The address is not assigned to interface " + interface.id);
  return interface;
}

}  // namespace

std::string associate(RequestContext& context, Resource& address, Resource& interface, const std::string& private_ip) {
  const std::string id = aws::resource_id("eipassoc");
  address.document.update({{"AssociationId", id},
                           {"NetworkInterfaceId", interface.id},
                           {"NetworkInterfaceOwnerId", context.account},
                           {"PrivateIpAddress", private_ip}});
  std::string host = address.document["PublicIp"];
  std::replace(host.begin(), host.end(), '.', '-');
  const std::string zone = context.region == "us-east-1" ? "compute-1" : context.region + ".compute";
  const Json association{{"AllocationId", address.id},
                         {"AssociationId", id},
                         {"IpOwnerId", context.account},
                         {"PublicDnsName", "ec2-" + host + "." + zone + ".amazonaws.com"},
                         {"PublicIp", address.document["PublicIp"]}};
  for (Json& entry : interface.document["PrivateIpAddresses"]) {
    if (entry["PrivateIpAddress"] == private_ip) entry["Association"] = association;
  }
  if (private_ip == interface.document["PrivateIpAddress"]) interface.document["Association"] = association;
  put(context, address);
  put(context, interface);
  link(context, address, "association", kNetworkInterface, interface.id);
  return id;
}

void dissociate(RequestContext& context, Resource& address) {
  if (auto interface = table(context).find(kNetworkInterface.name, address.document.value("NetworkInterfaceId", ""))) {
    const auto mine = [&](const Json& holder) {
      return holder.contains("Association") && holder["Association"].value("AllocationId", "") == address.id;
    };
    if (mine(interface->document)) interface->document.erase("Association");
    for (Json& entry : interface->document["PrivateIpAddresses"]) {
      if (mine(entry)) entry.erase("Association");
    }
    put(context, *interface);
  }
  for (const char* member : {"AssociationId", "NetworkInterfaceId", "NetworkInterfaceOwnerId", "PrivateIpAddress"})
    address.document.erase(member);
  put(context, address);
  table(context).unlink(kElasticIp.name, address.id, "association");
}

Json allocate_address(RequestContext& context, const Input& input) {
  for (const char* name : {"CustomerOwnedIpv4Pool", "IpamPoolId"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  const Tags tags = tags_of(input, kElasticIp);
  if (input.str("Domain", "vpc") != "vpc")
    throw errors::invalid_value(input.str("Domain"), "domain", "EC2-Classic is no longer available.");
  const std::string pool = input.str("PublicIpv4Pool", "amazon");
  if (pool != "amazon")
    throw errors::client("InvalidPublicIpv4PoolID.NotFound", "The public IPv4 pool ID '" + pool + "' does not exist");
  const std::string group = input.str("NetworkBorderGroup", context.region);
  if (group != context.region)
    throw errors::invalid_value(group, "networkBorderGroup", "The group is not one of this region.");
  const std::string wanted = input.str("Address");
  // Getting back an address that was released is for those who released it a moment ago; it may be gone any time.
  if (!wanted.empty() && (!aws::parse_ipv4(wanted) || find_by(context, "PublicIp", wanted)))
    throw errors::client("InvalidAddress.NotFound", "The address '" + wanted + "' is not available.");
  Resource address = make(context, kElasticIp);
  address.document.update({{"PublicIp", wanted.empty() ? free_ip(context) : wanted},
                           {"Domain", "vpc"},
                           {"PublicIpv4Pool", pool},
                           {"NetworkBorderGroup", group}});
  put(context, address);
  table(context).tag(kElasticIp.name, address.id, tags);
  return address.document;
}

Json describe_addresses(RequestContext& context, const Input& input) {
  Json out = describe(context, input,
                      {.kind = kElasticIp, .ids = "AllocationIds", .output = "Addresses", .filters = kFilters});
  const auto ips = input.strings("PublicIps");
  for (const auto& ip : ips) {
    if (!find_by(context, "PublicIp", ip)) throw address_not_found(ip);
  }
  if (ips.empty()) return out;
  Json kept = Json::array();
  for (Json& address : out["Addresses"]) {
    if (std::find(ips.begin(), ips.end(), address["PublicIp"].get<std::string>()) != ips.end())
      kept.push_back(std::move(address));
  }
  out["Addresses"] = std::move(kept);
  return out;
}

Json describe_addresses_attribute(RequestContext& context, const Input& input) {
  input.acknowledge("Attribute", "domain-name is the only one there is");
  std::vector<Json> found;
  const auto ids = input.strings("AllocationIds");
  if (ids.empty()) {
    for (const Resource& address : table(context).list(kElasticIp.name)) {
      if (address.hidden.contains("PtrRecord")) found.push_back(attribute_document(address));
    }
  }
  for (const auto& id : ids) found.push_back(attribute_document(require(context, kElasticIp, id)));
  return page(input, std::move(found), "AllocationId", "Addresses");
}

Json modify_address_attribute(RequestContext& context, const Input& input) {
  Resource address = require(context, kElasticIp, input.str("AllocationId"));
  std::string name = input.str("DomainName");
  if (name.empty()) throw errors::missing("DomainName");
  if (name.back() != '.') name += '.';
  address.hidden["PtrRecord"] = name;
  put(context, address);
  Json out = attribute_document(address);
  out["PtrRecordUpdate"] = {{"Value", name}, {"Status", "successful"}};
  return {{"Address", out}};
}

Json reset_address_attribute(RequestContext& context, const Input& input) {
  input.acknowledge("Attribute", "domain-name is the only one there is");
  Resource address = require(context, kElasticIp, input.str("AllocationId"));
  address.hidden.erase("PtrRecord");
  put(context, address);
  return {{"Address", attribute_document(address)}};
}

Json associate_address(RequestContext& context, const Input& input) {
  Resource address = require_address(context, input);
  std::string private_ip;
  Resource interface = named_interface(context, input, private_ip);
  // In a VPC a held address moves unless AllowReassociation is false (EC2 API reference, AssociateAddress).
  const bool may_move = input.flag("AllowReassociation", true);
  if (address.document.contains("AssociationId")) {
    if (!may_move)
      throw errors::client("Resource.AlreadyAssociated", "resource " + address.id +
                                                             " is already associated with associate-id " +
                                                             address.document["AssociationId"].get<std::string>());
    if (held_by_service(context, address)) throw no_permission();
    dissociate(context, address);
    interface = require(context, kNetworkInterface, interface.id);
  }
  for (const Json& entry : interface.document["PrivateIpAddresses"]) {
    if (entry["PrivateIpAddress"] != private_ip || !entry.contains("Association")) continue;
    if (!may_move)
      throw errors::client("Resource.AlreadyAssociated", "resource " + interface.id + " already has an address");
    Resource other = require(context, kElasticIp, entry["Association"]["AllocationId"]);
    dissociate(context, other);
    interface = require(context, kNetworkInterface, interface.id);
    break;
  }
  return {{"AssociationId", associate(context, address, interface, private_ip)}};
}

Json disassociate_address(RequestContext& context, const Input& input) {
  std::optional<Resource> address;
  if (const auto id = input.find_str("AssociationId")) {
    address = find_by(context, "AssociationId", *id);
    if (!address) throw errors::association_not_found(*id);
  } else {
    const auto ip = input.find_str("PublicIp");
    if (!ip) throw errors::missing("AssociationId");
    address = find_by(context, "PublicIp", *ip);
    if (!address) throw address_not_found(*ip);
  }
  if (held_by_service(context, *address)) throw no_permission();
  if (address->document.contains("AssociationId")) dissociate(context, *address);
  return Json::object();
}

Json release_address(RequestContext& context, const Input& input) {
  const Resource address = require_address(context, input);
  const std::string group = input.str("NetworkBorderGroup", address.document["NetworkBorderGroup"].get<std::string>());
  if (group != address.document["NetworkBorderGroup"])
    throw errors::client("InvalidAddress.NotFound", "The address is not in the network border group '" + group + "'");
  if (address.document.contains("AssociationId"))
    throw errors::client("InvalidIPAddress.InUse",
                         "Address " + address.document["PublicIp"].get<std::string>() + " is in use.");
  table(context).erase(kElasticIp.name, address.id);
  return Json::object();
}

}  // namespace orrery::ec2
