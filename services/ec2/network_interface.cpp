#include "services/ec2/network_interface.hpp"

#include <set>

#include "aws/cidr.hpp"
#include "aws/ids.hpp"
#include "services/ec2/describe.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/security_group.hpp"
#include "services/ec2/tags.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kNetworkInterfaceFilters[] = {
    {"addresses.association.owner-id", "PrivateIpAddresses.Association.IpOwnerId"},
    {"addresses.association.public-ip", "PrivateIpAddresses.Association.PublicIp"},
    {"addresses.primary", "PrivateIpAddresses.Primary"},
    {"addresses.private-ip-address", "PrivateIpAddresses.PrivateIpAddress"},
    {"association.allocation-id", "Association.AllocationId"},
    {"association.association-id", "Association.AssociationId"},
    {"association.ip-owner-id", "Association.IpOwnerId"},
    {"association.public-dns-name", "Association.PublicDnsName"},
    {"association.public-ip", "Association.PublicIp"},
    {"attachment.attach-time", "Attachment.AttachTime"},
    {"attachment.attachment-id", "Attachment.AttachmentId"},
    {"attachment.delete-on-termination", "Attachment.DeleteOnTermination"},
    {"attachment.device-index", "Attachment.DeviceIndex"},
    {"attachment.instance-id", "Attachment.InstanceId"},
    {"attachment.instance-owner-id", "Attachment.InstanceOwnerId"},
    {"attachment.status", "Attachment.Status"},
    {"availability-zone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"description", "Description"},
    {"group-id", "Groups.GroupId"},
    {"group-name", "Groups.GroupName"},
    {"interface-type", "InterfaceType"},
    {"ipv6-addresses.ipv6-address", "Ipv6Addresses.Ipv6Address"},
    {"mac-address", "MacAddress"},
    {"network-interface-id", "NetworkInterfaceId"},
    {"operator.managed", "Operator.Managed"},
    {"operator.principal", "Operator.Principal"},
    {"owner-id", "OwnerId"},
    {"private-dns-name", "PrivateDnsName"},
    {"private-ip-address", "PrivateIpAddress"},
    {"requester-id", "RequesterId"},
    {"requester-managed", "RequesterManaged"},
    {"source-dest-check", "SourceDestCheck"},
    {"status", "Status"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"}};

std::string private_dns_name(RequestContext& context, std::string address) {
  std::replace(address.begin(), address.end(), '.', '-');
  return "ip-" + address +
         (context.region == "us-east-1" ? ".ec2.internal" : "." + context.region + ".compute.internal");
}

std::string mac_address() {
  const std::string digits = aws::random_hex(10);
  std::string out = "02";  // locally administered, as AWS's are
  for (std::size_t i = 0; i < digits.size(); i += 2) out += ":" + digits.substr(i, 2);
  return out;
}

std::set<std::string> taken_addresses(RequestContext& context, const std::string& subnet_id) {
  std::set<std::string> out;
  for (const auto& edge : table(context).links_to(kSubnet.name, subnet_id)) {
    if (edge.from.service != kService || edge.from.kind != kNetworkInterface.name) continue;
    const auto interface = table(context).find(kNetworkInterface.name, edge.from.id);
    for (auto& address : values_at(interface->document, "PrivateIpAddresses.PrivateIpAddress"))
      out.insert(std::move(address));
  }
  return out;
}

/// Fills what `wanted` leaves open ("", and what it lacks of `count`), checks all, and counts them off the subnet.
std::vector<std::string> take_addresses(RequestContext& context, Resource& subnet, std::vector<std::string> wanted,
                                        std::size_t count) {
  const auto cidr = *aws::parse_cidr(subnet.document["CidrBlock"].get<std::string>());
  auto taken = taken_addresses(context, subnet.id);
  const std::uint32_t first = cidr.network() + 4, last = cidr.network() + static_cast<std::uint32_t>(cidr.size()) - 2;
  for (const auto& text : wanted) {
    if (text.empty()) continue;
    const auto address = aws::parse_ipv4(text);
    if (!address) throw errors::invalid_value(text, "privateIpAddress", "Invalid IPv4 address.");
    if (*address < first || *address > last)
      throw errors::invalid_parameter("Address does not fall within the subnet's address range");
    if (!taken.insert(text).second)
      throw errors::client("InvalidIPAddress.InUse", "The specified address is already in use.");
  }
  wanted.resize(std::max(wanted.size(), count));
  auto open = std::find(wanted.begin(), wanted.end(), "");
  for (std::uint32_t address = first; open != wanted.end() && address <= last; ++address) {
    if (!taken.insert(aws::ipv4_text(address)).second) continue;
    *open = aws::ipv4_text(address);
    open = std::find(open, wanted.end(), "");
  }
  if (open != wanted.end())
    throw errors::client("InsufficientFreeAddressesInSubnet",
                         "The specified subnet does not have enough free addresses to satisfy the request.");
  Json& available = subnet.document["AvailableIpAddressCount"];
  available = available.get<std::int64_t>() - static_cast<std::int64_t>(wanted.size());
  put(context, subnet);
  return wanted;
}

void give_back(RequestContext& context, const std::string& subnet_id, std::size_t count) {
  auto subnet = table(context).find(kSubnet.name, subnet_id);
  if (!subnet) return;
  Json& available = subnet->document["AvailableIpAddressCount"];
  available = available.get<std::int64_t>() + static_cast<std::int64_t>(count);
  put(context, *subnet);
}

Json address_document(RequestContext& context, const std::string& address, bool primary) {
  return {{"Primary", primary}, {"PrivateIpAddress", address}, {"PrivateDnsName", private_dns_name(context, address)}};
}

void refuse_foreign(const Resource& interface) {
  if (interface.document["RequesterManaged"] == true)
    throw errors::client("AuthFailure", "You do not have permission to access the specified resource.");
}

/// The addresses that CreateNetworkInterface asks for, the primary one first.
InterfaceSpec read_spec(const Input& input) {
  InterfaceSpec spec;
  spec.subnet_id = input.str("SubnetId");
  spec.group_ids = input.strings("Groups");
  spec.description = input.str("Description");
  spec.type = input.str("InterfaceType", "interface");
  if (const auto address = input.find_str("PrivateIpAddress")) spec.addresses.push_back(*address);
  for (const Input& entry : input.objects("PrivateIpAddresses")) {
    const std::string address = entry.str("PrivateIpAddress");
    if (entry.flag("Primary"))
      spec.addresses.insert(spec.addresses.begin(), address);
    else
      spec.addresses.push_back(address);
  }
  spec.count = std::max<std::size_t>(spec.addresses.size(), 1);
  spec.count += static_cast<std::size_t>(input.integer("SecondaryPrivateIpAddressCount"));
  return spec;
}

}  // namespace

void set_groups(RequestContext& context, Resource& interface, const std::vector<std::string>& group_ids) {
  table(context).unlink(kNetworkInterface.name, interface.id, "security-group");
  Json groups = Json::array();
  for (const auto& id : group_ids) {
    const Resource group = require(context, kSecurityGroup, id);
    if (group.document["VpcId"] != interface.document["VpcId"])
      throw errors::invalid_parameter("You have specified two resources that belong to different networks.");
    groups.push_back({{"GroupId", id}, {"GroupName", group.document["GroupName"]}});
    link(context, interface, "security-group", kSecurityGroup, id);
  }
  interface.document["Groups"] = std::move(groups);
}

Resource make_interface(RequestContext& context, const InterfaceSpec& spec) {
  Resource subnet = require(context, kSubnet, spec.subnet_id);
  const auto addresses = take_addresses(context, subnet, spec.addresses, spec.count);
  Resource out = make(context, kNetworkInterface);
  const bool managed = !spec.requester.empty();
  Json list = Json::array();
  for (const auto& address : addresses) list.push_back(address_document(context, address, list.empty()));
  out.document.update({{"SubnetId", subnet.id},
                       {"VpcId", subnet.document["VpcId"]},
                       {"AvailabilityZone", subnet.document["AvailabilityZone"]},
                       {"AvailabilityZoneId", subnet.document["AvailabilityZoneId"]},
                       {"Description", spec.description},
                       {"InterfaceType", spec.type},
                       {"OwnerId", context.account},
                       {"MacAddress", mac_address()},
                       {"PrivateIpAddress", addresses.front()},
                       {"PrivateDnsName", private_dns_name(context, addresses.front())},
                       {"PrivateIpAddresses", list},
                       {"Ipv6Addresses", Json::array()},
                       {"RequesterManaged", managed},
                       {"SourceDestCheck", true},
                       {"Status", managed ? "in-use" : "available"},
                       {"Operator", {{"Managed", false}}}});
  if (managed) {
    out.document["RequesterId"] = spec.requester;
    out.document["Attachment"] = {{"AttachmentId", aws::resource_id("eni-attach")},
                                  {"AttachTime", context.timestamp()},
                                  {"DeleteOnTermination", false},
                                  {"DeviceIndex", 1},
                                  {"NetworkCardIndex", 0},
                                  {"InstanceOwnerId", "amazon-aws"},
                                  {"Status", "attached"}};
  }
  auto groups = spec.group_ids;
  if (groups.empty() && spec.type != "nat_gateway") {
    if (const auto group = find_group_named(context, subnet.document["VpcId"], "default")) groups.push_back(group->id);
  }
  set_groups(context, out, groups);
  put(context, out);
  link(context, out, "subnet", kSubnet, subnet.id);
  link(context, out, "vpc", kVpc, subnet.document["VpcId"]);
  return out;
}

void erase_interface(RequestContext& context, const Resource& interface) {
  give_back(context, interface.document["SubnetId"], interface.document["PrivateIpAddresses"].size());
  set_route_state(context, kNetworkInterface, interface.id, RouteState::blackhole);
  table(context).erase(kNetworkInterface.name, interface.id);
}

std::vector<std::string> add_addresses(RequestContext& context, Resource& interface, std::vector<std::string> wanted,
                                       std::size_t count) {
  Resource subnet = require(context, kSubnet, interface.document["SubnetId"]);
  auto added = take_addresses(context, subnet, std::move(wanted), count);
  for (const auto& address : added)
    interface.document["PrivateIpAddresses"].push_back(address_document(context, address, false));
  put(context, interface);
  return added;
}

void remove_address(RequestContext& context, Resource& interface, const std::string& address) {
  Json& list = interface.document["PrivateIpAddresses"];
  const auto found = std::find_if(list.begin(), list.end(), [&](const Json& entry) {
    return entry["PrivateIpAddress"] == address && entry["Primary"] == false;
  });
  if (found == list.end())
    throw errors::invalid_parameter("Some of the specified addresses are not assigned to interface " + interface.id);
  list.erase(found);
  give_back(context, interface.document["SubnetId"], 1);
  put(context, interface);
}

Json create_network_interface(RequestContext& context, const Input& input) {
  for (const char* name : {"Ipv4Prefixes", "Ipv4PrefixCount", "Ipv6Prefixes", "Ipv6PrefixCount", "EnablePrimaryIpv6",
                           "Operator", "Ipv6Addresses", "Ipv6AddressCount"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  const Tags tags = tags_of(input, kNetworkInterface);
  const InterfaceSpec spec = read_spec(input);
  const Json& tracking = input.json("ConnectionTrackingSpecification");
  const auto token = input.find_str("ClientToken");
  if (const auto made = made_with_token(context, kNetworkInterface, token))
    return {{"NetworkInterface", with_tags(context, kNetworkInterface, *made)}, {"ClientToken", *token}};
  Resource interface = make_interface(context, spec);
  if (!tracking.is_null()) interface.document["ConnectionTrackingConfiguration"] = tracking;
  if (token) interface.hidden["ClientToken"] = *token;
  put(context, interface);
  table(context).tag(kNetworkInterface.name, interface.id, tags);
  Json document = with_tags(context, kNetworkInterface, interface);
  document["Status"] = "pending";
  Json out{{"NetworkInterface", document}};
  if (token) out["ClientToken"] = *token;
  return out;
}

Json describe_network_interfaces(RequestContext& context, const Input& input) {
  input.acknowledge("IncludeManagedResources", "no interface here is hidden by an operator");
  return describe(context, input,
                  {.kind = kNetworkInterface,
                   .ids = "NetworkInterfaceIds",
                   .output = "NetworkInterfaces",
                   .filters = kNetworkInterfaceFilters});
}

Json describe_network_interface_attribute(RequestContext& context, const Input& input) {
  const Resource interface = require(context, kNetworkInterface, input.str("NetworkInterfaceId"));
  const std::string name = input.str("Attribute");
  Json out{{"NetworkInterfaceId", interface.id}};
  const Json& document = interface.document;
  if (name == "description") out["Description"] = {{"Value", document["Description"]}};
  if (name == "groupSet") out["Groups"] = document["Groups"];
  if (name == "sourceDestCheck") out["SourceDestCheck"] = {{"Value", document["SourceDestCheck"]}};
  if (name == "attachment" && document.contains("Attachment")) out["Attachment"] = document["Attachment"];
  return out;
}

Json modify_network_interface_attribute(RequestContext& context, const Input& input) {
  for (const char* name :
       {"EnaSrdSpecification", "EnablePrimaryIpv6", "AssociatePublicIpAddress", "AssociatedSubnetIds", "Attachment"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  Resource interface = require(context, kNetworkInterface, input.str("NetworkInterfaceId"));
  refuse_foreign(interface);
  if (const auto change = input.find_object("Description")) interface.document["Description"] = change->str("Value");
  if (const auto change = input.find_object("SourceDestCheck"))
    interface.document["SourceDestCheck"] = change->flag("Value");
  if (input.has("Groups")) set_groups(context, interface, input.strings("Groups"));
  if (input.has("ConnectionTrackingSpecification"))
    interface.document["ConnectionTrackingConfiguration"] = input.json("ConnectionTrackingSpecification");
  put(context, interface);
  return Json::object();
}

Json delete_network_interface(RequestContext& context, const Input& input) {
  const Resource interface = require(context, kNetworkInterface, input.str("NetworkInterfaceId"));
  refuse_foreign(interface);
  if (interface.document["Status"] == "in-use")
    throw errors::invalid_parameter("Network interface '" + interface.id + "' is currently in use.");
  // An address that was associated with it stays allocated, and is free again.
  for (const auto& edge : table(context).links_to(kNetworkInterface.name, interface.id)) {
    if (edge.from.kind != kElasticIp.name) continue;
    auto address = table(context).find(kElasticIp.name, edge.from.id);
    for (const char* member : {"AssociationId", "NetworkInterfaceId", "NetworkInterfaceOwnerId", "PrivateIpAddress"})
      address->document.erase(member);
    put(context, *address);
    table(context).unlink(kElasticIp.name, edge.from.id, "association");
  }
  erase_interface(context, interface);
  return Json::object();
}

Json assign_private_ip_addresses(RequestContext& context, const Input& input) {
  for (const char* name : {"Ipv4Prefixes", "Ipv4PrefixCount"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  input.acknowledge("AllowReassignment", "an address of another interface is refused either way");
  Resource interface = require(context, kNetworkInterface, input.str("NetworkInterfaceId"));
  refuse_foreign(interface);
  auto wanted = input.strings("PrivateIpAddresses");
  const auto count = std::max(wanted.size(), static_cast<std::size_t>(input.integer("SecondaryPrivateIpAddressCount")));
  Json assigned = Json::array();
  for (const auto& address : add_addresses(context, interface, std::move(wanted), count))
    assigned.push_back({{"PrivateIpAddress", address}});
  return {{"NetworkInterfaceId", interface.id}, {"AssignedPrivateIpAddresses", assigned}};
}

Json unassign_private_ip_addresses(RequestContext& context, const Input& input) {
  if (input.has("Ipv4Prefixes")) throw errors::unbuilt("Ipv4Prefixes");
  Resource interface = require(context, kNetworkInterface, input.str("NetworkInterfaceId"));
  refuse_foreign(interface);
  for (const auto& address : input.strings("PrivateIpAddresses")) remove_address(context, interface, address);
  return Json::object();
}

}  // namespace orrery::ec2
