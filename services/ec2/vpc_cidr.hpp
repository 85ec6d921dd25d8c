#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "aws/cidr.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// An IPv6 network, most significant byte first.
struct Cidr6 {
  std::array<std::uint8_t, 16> address{};
  int prefix = 0;

  bool contains(const Cidr6& other) const;
  bool overlaps(const Cidr6& other) const { return contains(other) || other.contains(*this); }
  std::string text() const;  ///< host bits cleared
};
std::optional<Cidr6> parse_cidr6(const std::string& text);

/// A VPC's association with an IPv4 network, with an id of its own.
Json make_cidr_association(const aws::Cidr& cidr);
/// Gives the VPC a /56 of Amazon's pool, with the local routes and ACL entries that come with it. Stores the VPC.
Json add_ipv6_association(RequestContext& context, Resource& vpc, const std::string& border_group);
/// Throws when a subnet lies in the association's network, or when it is the VPC's primary one.
void refuse_cidr_in_use(RequestContext& context, const Resource& vpc, const Json& association);

/// The region's default VPC with its gateway, route and one subnet a zone (VPC user guide, "Default VPCs").
Resource make_default_vpc(RequestContext& context);

}  // namespace orrery::ec2
