#pragma once
#include <vector>

#include "aws/cidr.hpp"
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

enum class VpcOrigin { user, default_vpc };

/// A VPC with all that comes with one: default security group, network ACL, main route table, DHCP options.
Resource make_vpc(RequestContext& context, const aws::Cidr& cidr, const std::string& tenancy, VpcOrigin origin);
/// The region's default VPC, if it has one.
std::optional<Resource> find_default_vpc(RequestContext& context);
/// The IPv4 networks of a VPC's document, the primary one first.
std::vector<aws::Cidr> vpc_networks(const Json& vpc);

Json create_vpc(RequestContext& context, const Input& input);
Json create_default_vpc(RequestContext& context, const Input& input);
Json describe_vpcs(RequestContext& context, const Input& input);
Json describe_vpc_attribute(RequestContext& context, const Input& input);
Json modify_vpc_attribute(RequestContext& context, const Input& input);
Json modify_vpc_tenancy(RequestContext& context, const Input& input);
Json delete_vpc(RequestContext& context, const Input& input);
Json associate_vpc_cidr_block(RequestContext& context, const Input& input);
Json disassociate_vpc_cidr_block(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
