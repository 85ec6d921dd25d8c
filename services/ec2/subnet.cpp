#include "services/ec2/subnet.hpp"

#include "aws/ids.hpp"
#include "services/ec2/describe.hpp"
#include "services/ec2/network_acl.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/tags.hpp"
#include "services/ec2/vpc.hpp"
#include "services/ec2/vpc_cidr.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kSubnetFilters[] = {
    {"availability-zone", "AvailabilityZone"},
    {"availabilityZone", "AvailabilityZone"},
    {"availability-zone-id", "AvailabilityZoneId"},
    {"availabilityZoneId", "AvailabilityZoneId"},
    {"available-ip-address-count", "AvailableIpAddressCount"},
    {"cidr-block", "CidrBlock"},
    {"cidr", "CidrBlock"},
    {"cidrBlock", "CidrBlock"},
    {"customer-owned-ipv4-pool", "CustomerOwnedIpv4Pool"},
    {"default-for-az", "DefaultForAz"},
    {"defaultForAz", "DefaultForAz"},
    {"enable-dns64", "EnableDns64"},
    {"enable-lni-at-device-index", "EnableLniAtDeviceIndex"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"},
    {"ipv6-native", "Ipv6Native"},
    {"map-customer-owned-ip-on-launch", "MapCustomerOwnedIpOnLaunch"},
    {"map-public-ip-on-launch", "MapPublicIpOnLaunch"},
    {"outpost-arn", "OutpostArn"},
    {"owner-id", "OwnerId"},
    {"private-dns-name-options-on-launch.hostname-type", "PrivateDnsNameOptionsOnLaunch.HostnameType"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
     "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord"},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
     "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord"},
    {"state", "State"},
    {"subnet-arn", "SubnetArn"},
    {"subnet-id", "SubnetId"},
    {"vpc-id", "VpcId"}};

AwsError invalid_range(const std::string& cidr) {
  return errors::client("InvalidSubnet.Range", "The CIDR '" + cidr + "' is invalid.");
}
AwsError conflict(const std::string& cidr) {
  return errors::client("InvalidSubnet.Conflict", "The CIDR '" + cidr + "' conflicts with another subnet");
}

aws::Cidr read_cidr(RequestContext& context, const Resource& vpc, const std::string& text) {
  const auto cidr = aws::parse_cidr(text);
  if (!cidr) throw errors::invalid_value(text, "cidrBlock", "This is not a valid CIDR block.");
  const auto networks = vpc_networks(vpc.document);
  const bool inside =
      std::any_of(networks.begin(), networks.end(), [&](const aws::Cidr& network) { return network.contains(*cidr); });
  if (cidr->prefix < 16 || cidr->prefix > 28 || !inside) throw invalid_range(text);
  for (const Resource& other : subnets_in(context, vpc.id)) {
    if (aws::parse_cidr(other.document["CidrBlock"].get<std::string>())->overlaps(*cidr)) throw conflict(text);
  }
  return {cidr->network(), cidr->prefix};
}

/// Adds an IPv6 network to a subnet's document, which the caller stores.
Json add_ipv6(RequestContext& context, Resource& subnet, const std::string& text) {
  const Resource vpc = require(context, kVpc, subnet.document["VpcId"]);
  const auto cidr = parse_cidr6(text);
  if (!cidr || cidr->prefix < 44 || cidr->prefix > 64 || cidr->prefix % 4 != 0)
    throw errors::invalid_value(text, "ipv6CidrBlock", "This is not a valid IPv6 CIDR block.");
  bool inside = false;
  for (const Json& own : vpc.document["Ipv6CidrBlockAssociationSet"])
    inside = inside || parse_cidr6(own["Ipv6CidrBlock"].get<std::string>())->contains(*cidr);
  if (!inside) throw invalid_range(text);
  for (const Resource& other : subnets_in(context, vpc.id)) {
    for (const Json& taken : other.document["Ipv6CidrBlockAssociationSet"])
      if (parse_cidr6(taken["Ipv6CidrBlock"].get<std::string>())->overlaps(*cidr)) throw conflict(text);
  }
  Json association{{"AssociationId", aws::resource_id("subnet-cidr-assoc")},
                   {"Ipv6CidrBlock", cidr->text()},
                   {"Ipv6CidrBlockState", {{"State", "associated"}}},
                   {"Ipv6AddressAttribute", "public"},
                   {"IpSource", "amazon"}};
  subnet.document["Ipv6CidrBlockAssociationSet"].push_back(association);
  return association;
}

/// Of other resources than route tables and network ACLs, whose associations go with the subnet. A group of subnets
/// (RDS, ElastiCache) does not hold them; the interfaces of what runs in them do.
bool holds(const storage::Edge& edge) {
  const std::string& kind = edge.from.kind;
  if (edge.from.service == kService) return kind != kRouteTable.name && kind != kNetworkAcl.name;
  return kind.size() < 12 || kind.compare(kind.size() - 12, 12, "subnet-group") != 0;
}

void set_launch_options(Json& document, const Input& input) {
  Json& options = document["PrivateDnsNameOptionsOnLaunch"];
  if (const auto type = input.find_str("PrivateDnsHostnameTypeOnLaunch")) options["HostnameType"] = *type;
  if (const auto change = input.find_object("EnableResourceNameDnsARecordOnLaunch"))
    options["EnableResourceNameDnsARecord"] = change->flag("Value");
  if (const auto change = input.find_object("EnableResourceNameDnsAAAARecordOnLaunch"))
    options["EnableResourceNameDnsAAAARecord"] = change->flag("Value");
}

}  // namespace

std::vector<Resource> subnets_in(RequestContext& context, const std::string& vpc_id) {
  std::vector<Resource> out;
  for (const auto& edge : table(context).links_to(kVpc.name, vpc_id)) {
    if (edge.from.service != kService || edge.from.kind != kSubnet.name) continue;
    if (auto subnet = table(context).find(kSubnet.name, edge.from.id)) out.push_back(std::move(*subnet));
  }
  return out;
}

Resource make_subnet(RequestContext& context, const Resource& vpc, const aws::Cidr& cidr, const Zone& zone,
                     SubnetOrigin origin) {
  Resource subnet = make(context, kSubnet);
  const bool is_default = origin == SubnetOrigin::default_subnet;
  // AWS keeps the first four addresses and the last one (VPC user guide, "Subnet CIDR reservations").
  subnet.document.update({{"SubnetArn", subnet.arn},
                          {"VpcId", vpc.id},
                          {"CidrBlock", cidr.text()},
                          {"AvailabilityZone", zone.name},
                          {"AvailabilityZoneId", zone.id},
                          {"AvailableIpAddressCount", static_cast<std::int64_t>(cidr.size()) - 5},
                          {"State", "available"},
                          {"OwnerId", context.account},
                          {"DefaultForAz", is_default},
                          {"MapPublicIpOnLaunch", is_default},
                          {"MapCustomerOwnedIpOnLaunch", false},
                          {"AssignIpv6AddressOnCreation", false},
                          {"EnableDns64", false},
                          {"Ipv6Native", false},
                          {"Ipv6CidrBlockAssociationSet", Json::array()},
                          {"BlockPublicAccessStates", {{"InternetGatewayBlockMode", "off"}}},
                          {"PrivateDnsNameOptionsOnLaunch",
                           {{"HostnameType", "ip-name"},
                            {"EnableResourceNameDnsARecord", false},
                            {"EnableResourceNameDnsAAAARecord", false}}}});
  put(context, subnet);
  link(context, subnet, "vpc", kVpc, vpc.id);
  associate_default_acl(context, vpc.id, subnet.id);
  return subnet;
}

Json create_subnet(RequestContext& context, const Input& input) {
  for (const char* name :
       {"OutpostArn", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6NetmaskLength"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  if (input.flag("Ipv6Native")) throw errors::unbuilt("Ipv6Native");
  const Tags tags = tags_of(input, kSubnet);
  const Resource vpc = require(context, kVpc, input.str("VpcId"));
  const auto text = input.find_str("CidrBlock");
  if (!text) throw errors::missing("cidrBlock");
  const Zone zone = require_zone(context.region, input.str("AvailabilityZone"), input.str("AvailabilityZoneId"));
  Resource subnet = make_subnet(context, vpc, read_cidr(context, vpc, *text), zone, SubnetOrigin::user);
  if (const auto block = input.find_str("Ipv6CidrBlock")) {
    add_ipv6(context, subnet, *block);
    put(context, subnet);
  }
  table(context).tag(kSubnet.name, subnet.id, tags);
  return {{"Subnet", with_tags(context, kSubnet, subnet)}};
}

Json create_default_subnet(RequestContext& context, const Input& input) {
  if (input.flag("Ipv6Native")) throw errors::unbuilt("Ipv6Native");
  const auto vpc = find_default_vpc(context);
  if (!vpc) throw errors::client("DefaultVpcDoesNotExist", "There is no Default VPC for this account in this region.");
  const Zone zone = require_zone(context.region, input.str("AvailabilityZone"), input.str("AvailabilityZoneId"));
  std::vector<aws::Cidr> taken;
  for (const Resource& subnet : subnets_in(context, vpc->id)) {
    taken.push_back(*aws::parse_cidr(subnet.document["CidrBlock"].get<std::string>()));
    if (subnet.document["AvailabilityZone"] == zone.name && subnet.document["DefaultForAz"] == true)
      throw errors::client("DefaultSubnetAlreadyExistsInAvailabilityZone",
                           "'" + subnet.id + "' is already the default subnet in " + zone.name + ".");
  }
  aws::Cidr cidr{vpc_networks(vpc->document).front().address, 20};
  while (std::any_of(taken.begin(), taken.end(), [&](const aws::Cidr& other) { return other.overlaps(cidr); }))
    cidr.address += 1u << 12;
  if (!vpc_networks(vpc->document).front().contains(cidr)) throw conflict(cidr.text());
  return {
      {"Subnet", with_tags(context, kSubnet, make_subnet(context, *vpc, cidr, zone, SubnetOrigin::default_subnet))}};
}

Json describe_subnets(RequestContext& context, const Input& input) {
  return describe(context, input,
                  {.kind = kSubnet, .ids = "SubnetIds", .output = "Subnets", .filters = kSubnetFilters});
}

Json modify_subnet_attribute(RequestContext& context, const Input& input) {
  for (const char* name : {"CustomerOwnedIpv4Pool", "EnableLniAtDeviceIndex", "DisableLniAtDeviceIndex"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  Resource subnet = require(context, kSubnet, input.str("SubnetId"));
  for (const char* name :
       {"AssignIpv6AddressOnCreation", "MapPublicIpOnLaunch", "MapCustomerOwnedIpOnLaunch", "EnableDns64"}) {
    if (const auto change = input.find_object(name)) subnet.document[name] = change->flag("Value");
  }
  if (subnet.document["MapCustomerOwnedIpOnLaunch"] == true) throw errors::unbuilt("MapCustomerOwnedIpOnLaunch");
  if (subnet.document["AssignIpv6AddressOnCreation"] == true && subnet.document["Ipv6CidrBlockAssociationSet"].empty())
    throw errors::invalid_parameter("The subnet '" + subnet.id +
                                    "' does not have an IPv6 CIDR block associated with it.");
  set_launch_options(subnet.document, input);
  put(context, subnet);
  return Json::object();
}

Json delete_subnet(RequestContext& context, const Input& input) {
  const Resource subnet = require(context, kSubnet, input.str("SubnetId"));
  const auto edges = table(context).links_to(kSubnet.name, subnet.id);
  if (std::any_of(edges.begin(), edges.end(), holds)) throw errors::has_dependencies("subnet", subnet.id);
  for (const auto& edge : edges) {
    if (edge.from.service != kService) continue;
    auto holder = table(context).find(edge.from.kind, edge.from.id);
    if (!holder) continue;
    Json& list = holder->document["Associations"];
    for (std::size_t i = list.size(); i-- > 0;) {
      if (list[i].value("SubnetId", "") == subnet.id) list.erase(i);
    }
    put(context, *holder);
    table(context).unlink(edge.from.kind, edge.from.id, edge.role, edge.to);
  }
  table(context).erase(kSubnet.name, subnet.id);
  return Json::object();
}

Json associate_subnet_cidr_block(RequestContext& context, const Input& input) {
  for (const char* name : {"Ipv6IpamPoolId", "Ipv6NetmaskLength"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
  Resource subnet = require(context, kSubnet, input.str("SubnetId"));
  const auto text = input.find_str("Ipv6CidrBlock");
  if (!text) throw errors::missing("ipv6CidrBlock");
  Json association = add_ipv6(context, subnet, *text);
  put(context, subnet);
  association["Ipv6CidrBlockState"]["State"] = "associating";
  return {{"SubnetId", subnet.id}, {"Ipv6CidrBlockAssociation", association}};
}

Json disassociate_subnet_cidr_block(RequestContext& context, const Input& input) {
  const std::string id = input.str("AssociationId");
  for (Resource& subnet : table(context).list(kSubnet.name)) {
    Json& list = subnet.document["Ipv6CidrBlockAssociationSet"];
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i]["AssociationId"] != id) continue;
      Json gone = list[i];
      list.erase(i);
      put(context, subnet);
      gone["Ipv6CidrBlockState"]["State"] = "disassociating";
      return {{"SubnetId", subnet.id}, {"Ipv6CidrBlockAssociation", gone}};
    }
  }
  throw errors::client("InvalidSubnetCidrBlockAssociationID.NotFound",
                       "The subnet CIDR block association ID '" + id + "' does not exist");
}

}  // namespace orrery::ec2
