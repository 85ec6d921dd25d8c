#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "registry/context.hpp"
#include "registry/error.hpp"
#include "services/ec2/errors.hpp"

namespace orrery::ec2 {

using storage::Resource;
using storage::Tags;

inline constexpr std::string_view kService = "ec2";

/// EC2's resources, also when the request is another service's and came through a peer.
storage::ResourceTable table(RequestContext& context);

/// A resource type. `name` is AWS's own (the ResourceType of tags) and the store's kind.
struct Kind {
  std::string_view name;
  std::string_view prefix;     ///< of its ids, without the dash
  std::string_view id_member;  ///< of its shape
  std::string_view not_found;  ///< error code of an unknown id
  std::string_view malformed;  ///< error code of an id with another form
  std::string_view noun;       ///< "vpc ID", in the message of an unknown id
  std::string_view tags_member = "Tags";
};

inline constexpr Kind kVpc{"vpc", "vpc", "VpcId", "InvalidVpcID.NotFound", "InvalidVpcID.Malformed", "vpc ID"};
inline constexpr Kind kSubnet{"subnet",   "subnet", "SubnetId", "InvalidSubnetID.NotFound", "InvalidSubnetID.Malformed",
                              "subnet ID"};
inline constexpr Kind kInternetGateway{"internet-gateway",
                                       "igw",
                                       "InternetGatewayId",
                                       "InvalidInternetGatewayID.NotFound",
                                       "InvalidInternetGatewayId.Malformed",
                                       "internetGateway ID"};
inline constexpr Kind kRouteTable{
    "route-table",  "rtb", "RouteTableId", "InvalidRouteTableID.NotFound", "InvalidRouteTableId.Malformed",
    "routeTable ID"};
inline constexpr Kind kSecurityGroup{
    "security-group", "sg", "GroupId", "InvalidGroup.NotFound", "InvalidGroupId.Malformed", "security group"};
inline constexpr Kind kSecurityGroupRule{"security-group-rule",
                                         "sgr",
                                         "SecurityGroupRuleId",
                                         "InvalidSecurityGroupRuleId.NotFound",
                                         "InvalidSecurityGroupRuleId.Malformed",
                                         "security group rule ID"};
inline constexpr Kind kElasticIp{
    "elastic-ip",   "eipalloc", "AllocationId", "InvalidAllocationID.NotFound", "InvalidAllocationID.Malformed",
    "allocation ID"};
inline constexpr Kind kNatGateway{"natgateway",          "nat",          "NatGatewayId", "NatGatewayNotFound",
                                  "NatGatewayMalformed", "natGateway ID"};
inline constexpr Kind kNetworkAcl{
    "network-acl",  "acl", "NetworkAclId", "InvalidNetworkAclID.NotFound", "InvalidNetworkAclId.Malformed",
    "networkAcl ID"};
inline constexpr Kind kNetworkInterface{"network-interface",
                                        "eni",
                                        "NetworkInterfaceId",
                                        "InvalidNetworkInterfaceID.NotFound",
                                        "InvalidNetworkInterfaceId.Malformed",
                                        "networkInterface ID",
                                        "TagSet"};
inline constexpr Kind kEgressOnlyGateway{"egress-only-internet-gateway",
                                         "eigw",
                                         "EgressOnlyInternetGatewayId",
                                         "InvalidGatewayID.NotFound",
                                         "InvalidEgressOnlyInternetGatewayId.Malformed",
                                         "egressOnlyInternetGateway ID"};
inline constexpr Kind kDhcpOptions{
    "dhcp-options",  "dopt", "DhcpOptionsId", "InvalidDhcpOptionID.NotFound", "InvalidDhcpOptionsId.Malformed",
    "dhcpOptions ID"};

std::span<const Kind* const> all_kinds();
/// By an id's prefix; nullptr where no kind has it.
const Kind* kind_of_id(std::string_view id);

AwsError not_found(const Kind& kind, const std::string& id);
/// Throws the kind's Malformed error where `id` does not look like one of its ids.
void check_form(const Kind& kind, const std::string& id);
/// The resource, or the kind's NotFound or Malformed error.
Resource require(RequestContext& context, const Kind& kind, const std::string& id);

/// A fresh resource with its id in its document.
Resource make(RequestContext& context, const Kind& kind);
/// What was made with that ClientToken and kept it in hidden["ClientToken"]: the same token gives the same resource
/// (EC2 API reference, "Ensuring idempotency").
std::optional<Resource> made_with_token(RequestContext& context, const Kind& kind,
                                        const std::optional<std::string>& token);
void put(RequestContext& context, const Resource& resource);
void link(RequestContext& context, const Resource& from, std::string_view role, const Kind& to, const std::string& id);

}  // namespace orrery::ec2
