#include "services/ec2/vpc.hpp"

#include "services/ec2/describe.hpp"
#include "services/ec2/dhcp_options.hpp"
#include "services/ec2/network_acl.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/security_group.hpp"
#include "services/ec2/subnet.hpp"
#include "services/ec2/tags.hpp"
#include "services/ec2/vpc_cidr.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kVpcFilters[] = {
    {"cidr", "CidrBlock"},
    {"cidr-block-association.cidr-block", "CidrBlockAssociationSet.CidrBlock"},
    {"cidr-block-association.association-id", "CidrBlockAssociationSet.AssociationId"},
    {"cidr-block-association.state", "CidrBlockAssociationSet.CidrBlockState.State"},
    {"dhcp-options-id", "DhcpOptionsId"},
    {"ipv6-cidr-block-association.ipv6-cidr-block", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock"},
    {"ipv6-cidr-block-association.ipv6-pool", "Ipv6CidrBlockAssociationSet.Ipv6Pool"},
    {"ipv6-cidr-block-association.association-id", "Ipv6CidrBlockAssociationSet.AssociationId"},
    {"ipv6-cidr-block-association.state", "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State"},
    {"is-default", "IsDefault"},
    {"isDefault", "IsDefault"},
    {"owner-id", "OwnerId"},
    {"state", "State"},
    {"vpc-id", "VpcId"}};

aws::Cidr read_cidr(const std::string& text) {
  const auto cidr = aws::parse_cidr(text);
  if (!cidr) throw errors::invalid_value(text, "cidrBlock", "This is not a valid CIDR block.");
  if (cidr->prefix < 16 || cidr->prefix > 28)
    throw errors::client("InvalidVpc.Range", "The CIDR '" + text + "' is invalid.");
  return {cidr->network(), cidr->prefix};
}

void refuse_unbuilt(const Input& input) {
  for (const char* name : {"Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6NetmaskLength", "Ipv6Pool",
                           "Ipv6CidrBlock", "VpcEncryptionControl"}) {
    if (input.has(name)) throw errors::unbuilt(name);
  }
}

/// What comes with a VPC and goes with it: its default group and ACL, its main route table.
bool goes_with_vpc(RequestContext& context, const storage::Target& target) {
  const auto resource = table(context).find(target.kind, target.id);
  if (target.service != kService || !resource) return false;
  if (target.kind == kSecurityGroup.name) return resource->document["GroupName"] == "default";
  if (target.kind == kNetworkAcl.name) return resource->document["IsDefault"] == true;
  return target.kind == kRouteTable.name && is_main(resource->document);
}

}  // namespace

std::vector<aws::Cidr> vpc_networks(const Json& vpc) {
  std::vector<aws::Cidr> out;
  for (const Json& association : vpc["CidrBlockAssociationSet"])
    out.push_back(*aws::parse_cidr(association["CidrBlock"].get<std::string>()));
  return out;
}

std::optional<Resource> find_default_vpc(RequestContext& context) {
  for (Resource& vpc : table(context).list(kVpc.name)) {
    if (vpc.document["IsDefault"] == true) return std::move(vpc);
  }
  return std::nullopt;
}

Resource make_vpc(RequestContext& context, const aws::Cidr& cidr, const std::string& tenancy, VpcOrigin origin) {
  Resource vpc = make(context, kVpc);
  const bool is_default = origin == VpcOrigin::default_vpc;
  vpc.document.update({{"CidrBlock", cidr.text()},
                       {"DhcpOptionsId", default_dhcp_options(context)},
                       {"State", "available"},
                       {"OwnerId", context.account},
                       {"InstanceTenancy", tenancy},
                       {"IsDefault", is_default},
                       {"CidrBlockAssociationSet", Json::array({make_cidr_association(cidr)})},
                       {"Ipv6CidrBlockAssociationSet", Json::array()},
                       {"BlockPublicAccessStates", {{"InternetGatewayBlockMode", "off"}}}});
  vpc.hidden = {
      {"EnableDnsSupport", true}, {"EnableDnsHostnames", is_default}, {"EnableNetworkAddressUsageMetrics", false}};
  put(context, vpc);
  link(context, vpc, "dhcp-options", kDhcpOptions, vpc.document["DhcpOptionsId"]);
  make_default_security_group(context, vpc);
  make_network_acl(context, vpc, AclOrigin::default_acl);
  make_route_table(context, vpc, RouteTableOrigin::main);
  return vpc;
}

Json create_vpc(RequestContext& context, const Input& input) {
  refuse_unbuilt(input);
  const Tags tags = tags_of(input, kVpc);
  const auto text = input.find_str("CidrBlock");
  if (!text) throw errors::missing("cidrBlock");
  Resource vpc = make_vpc(context, read_cidr(*text), input.str("InstanceTenancy", "default"), VpcOrigin::user);
  const std::string group = input.str("Ipv6CidrBlockNetworkBorderGroup", context.region);
  if (input.flag("AmazonProvidedIpv6CidrBlock")) add_ipv6_association(context, vpc, group);
  table(context).tag(kVpc.name, vpc.id, tags);
  Json document = with_tags(context, kVpc, vpc);
  document["State"] = "pending";
  return {{"Vpc", document}};
}

Json create_default_vpc(RequestContext& context, const Input&) {
  if (const auto vpc = find_default_vpc(context))
    throw errors::client("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.");
  return {{"Vpc", with_tags(context, kVpc, make_default_vpc(context))}};
}

Json describe_vpcs(RequestContext& context, const Input& input) {
  return describe(context, input, {.kind = kVpc, .ids = "VpcIds", .output = "Vpcs", .filters = kVpcFilters});
}

Json describe_vpc_attribute(RequestContext& context, const Input& input) {
  const Resource vpc = require(context, kVpc, input.str("VpcId"));
  std::string name = input.str("Attribute");
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  if (!vpc.hidden.contains(name))
    throw errors::invalid_value(input.str("Attribute"), "attribute", "Unknown attribute.");
  return {{"VpcId", vpc.id}, {name, {{"Value", vpc.hidden[name]}}}};
}

Json modify_vpc_attribute(RequestContext& context, const Input& input) {
  Resource vpc = require(context, kVpc, input.str("VpcId"));
  int given = 0;
  for (const char* name : {"EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics"}) {
    const auto change = input.find_object(name);
    if (!change) continue;
    ++given;
    vpc.hidden[name] = change->flag("Value");
  }
  // One attribute a call (EC2 API reference, ModifyVpcAttribute).
  if (given > 1) throw errors::combination("Fields for multiple attribute types specified");
  if (given == 0) throw errors::client("InvalidParameterCombination", "No attributes specified.");
  put(context, vpc);
  return Json::object();
}

Json modify_vpc_tenancy(RequestContext& context, const Input& input) {
  Resource vpc = require(context, kVpc, input.str("VpcId"));
  vpc.document["InstanceTenancy"] = input.str("InstanceTenancy");
  put(context, vpc);
  return {{"ReturnValue", true}};
}

Json delete_vpc(RequestContext& context, const Input& input) {
  const Resource vpc = require(context, kVpc, input.str("VpcId"));
  auto resources = table(context);
  const auto edges = resources.links_to(kVpc.name, vpc.id);
  for (const auto& edge : edges) {
    if (!goes_with_vpc(context, edge.from)) throw errors::has_dependencies("vpc", vpc.id);
  }
  for (const auto& edge : edges) {
    if (edge.from.kind == kSecurityGroup.name) erase_security_group(context, edge.from.id);
    resources.erase(edge.from.kind, edge.from.id);
  }
  resources.erase(kVpc.name, vpc.id);
  return Json::object();
}

Json associate_vpc_cidr_block(RequestContext& context, const Input& input) {
  refuse_unbuilt(input);
  Resource vpc = require(context, kVpc, input.str("VpcId"));
  if (input.flag("AmazonProvidedIpv6CidrBlock")) {
    const Json added = add_ipv6_association(context, vpc, input.str("Ipv6CidrBlockNetworkBorderGroup", context.region));
    return {{"VpcId", vpc.id}, {"Ipv6CidrBlockAssociation", added}};
  }
  const auto text = input.find_str("CidrBlock");
  if (!text) throw errors::missing("cidrBlock");
  const aws::Cidr cidr = read_cidr(*text);
  for (const aws::Cidr& present : vpc_networks(vpc.document)) {
    if (present.overlaps(cidr))
      throw errors::client("InvalidVpc.Range",
                           "The CIDR '" + cidr.text() + "' conflicts with another CIDR of the VPC.");
  }
  Json association = make_cidr_association(cidr);
  vpc.document["CidrBlockAssociationSet"].push_back(association);
  put(context, vpc);
  refresh_local_routes(context, vpc);
  association["CidrBlockState"]["State"] = "associating";
  return {{"VpcId", vpc.id}, {"CidrBlockAssociation", association}};
}

Json disassociate_vpc_cidr_block(RequestContext& context, const Input& input) {
  const std::string id = input.str("AssociationId");
  for (Resource& vpc : table(context).list(kVpc.name)) {
    for (const char* set : {"CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"}) {
      Json& list = vpc.document[set];
      for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i]["AssociationId"] != id) continue;
        Json gone = list[i];
        refuse_cidr_in_use(context, vpc, gone);
        list.erase(i);
        put(context, vpc);
        refresh_local_routes(context, vpc);
        const bool v6 = gone.contains("Ipv6CidrBlock");
        gone[v6 ? "Ipv6CidrBlockState" : "CidrBlockState"]["State"] = "disassociating";
        return {{"VpcId", vpc.id}, {v6 ? "Ipv6CidrBlockAssociation" : "CidrBlockAssociation", gone}};
      }
    }
  }
  throw errors::client("InvalidVpcCidrBlockAssociationID.NotFound",
                       "The vpc CIDR block association ID '" + id + "' does not exist");
}

}  // namespace orrery::ec2
