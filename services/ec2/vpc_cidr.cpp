#include "services/ec2/vpc_cidr.hpp"

#include <arpa/inet.h>

#include "aws/ids.hpp"
#include "services/ec2/internet_gateway.hpp"
#include "services/ec2/network_acl.hpp"
#include "services/ec2/regions.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/subnet.hpp"
#include "services/ec2/vpc.hpp"

namespace orrery::ec2 {

bool Cidr6::contains(const Cidr6& other) const {
  if (other.prefix < prefix) return false;
  for (int bit = 0; bit < prefix; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if (((address[byte] ^ other.address[byte]) >> (7 - bit % 8)) & 1) return false;
  }
  return true;
}

std::string Cidr6::text() const {
  auto network = address;
  for (int bit = prefix; bit < 128; ++bit)
    network[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(1 << (7 - bit % 8)));
  char buffer[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, network.data(), buffer, sizeof buffer);
  return std::string(buffer) + "/" + std::to_string(prefix);
}

std::optional<Cidr6> parse_cidr6(const std::string& text) {
  if (!aws::valid_ipv6_cidr(text)) return std::nullopt;
  const auto slash = text.find('/');
  Cidr6 out;
  inet_pton(AF_INET6, text.substr(0, slash).c_str(), out.address.data());
  out.prefix = std::stoi(text.substr(slash + 1));
  return out;
}

Json make_cidr_association(const aws::Cidr& cidr) {
  return {{"AssociationId", aws::resource_id("vpc-cidr-assoc")},
          {"CidrBlock", cidr.text()},
          {"CidrBlockState", {{"State", "associated"}}}};
}

Json add_ipv6_association(RequestContext& context, Resource& vpc, const std::string& border_group) {
  if (!vpc.document["Ipv6CidrBlockAssociationSet"].empty())
    throw errors::client("CidrBlockQuotaExceeded", "The number of IPv6 CIDR blocks of the VPC has reached its quota.");
  // Amazon's pool of the region; any /56 below 2600:1f00::/24 looks like AWS's.
  Cidr6 block{{0x26, 0x00, 0x1f}, 56};
  const std::string random = aws::random_bytes(4);
  for (std::size_t i = 0; i < 4; ++i) block.address[3 + i] = static_cast<std::uint8_t>(random[i]);
  Json association{{"AssociationId", aws::resource_id("vpc-cidr-assoc")},
                   {"Ipv6CidrBlock", block.text()},
                   {"Ipv6CidrBlockState", {{"State", "associated"}}},
                   {"NetworkBorderGroup", border_group},
                   {"Ipv6Pool", "Amazon"},
                   {"Ipv6AddressAttribute", "public"},
                   {"IpSource", "amazon"}};
  vpc.document["Ipv6CidrBlockAssociationSet"].push_back(association);
  put(context, vpc);
  refresh_local_routes(context, vpc);
  admit_ipv6(context, vpc);
  association["Ipv6CidrBlockState"]["State"] = "associating";
  return association;
}

void refuse_cidr_in_use(RequestContext& context, const Resource& vpc, const Json& association) {
  const bool v6 = association.contains("Ipv6CidrBlock");
  const std::string text = association[v6 ? "Ipv6CidrBlock" : "CidrBlock"];
  if (!v6 && text == vpc.document["CidrBlock"])
    throw errors::client("OperationNotPermitted",
                         "The vpc CIDR block with association ID " + association["AssociationId"].get<std::string>() +
                             " may not be disassociated. It is the primary IPv4 CIDR block of the VPC");
  for (const Resource& subnet : subnets_in(context, vpc.id)) {
    bool inside = false;
    if (!v6)
      inside = aws::parse_cidr(text)->contains(*aws::parse_cidr(subnet.document["CidrBlock"].get<std::string>()));
    for (const Json& own : subnet.document["Ipv6CidrBlockAssociationSet"])
      inside = inside || (v6 && parse_cidr6(text)->contains(*parse_cidr6(own["Ipv6CidrBlock"].get<std::string>())));
    if (inside)
      throw errors::client("InvalidCidrBlock.InUse", "The vpc currently has a subnet within CIDR block " + text);
  }
}

Resource make_default_vpc(RequestContext& context) {
  Resource vpc = make_vpc(context, *aws::parse_cidr("172.31.0.0/16"), "default", VpcOrigin::default_vpc);
  std::uint32_t address = vpc_networks(vpc.document).front().address;
  for (const Zone& zone : zones_of(context.region)) {
    make_subnet(context, vpc, {address, 20}, zone, SubnetOrigin::default_subnet);
    address += 1u << 12;
  }
  Resource gateway = make_internet_gateway(context);
  attach_gateway(context, gateway, vpc);
  Resource main = main_route_table(context, vpc.id);
  add_gateway_route(context, main, gateway.id);
  return vpc;
}

}  // namespace orrery::ec2
