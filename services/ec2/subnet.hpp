#pragma once
#include <vector>

#include "aws/cidr.hpp"
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"
#include "services/ec2/regions.hpp"

namespace orrery::ec2 {

enum class SubnetOrigin { user, default_subnet };

/// Stores a subnet and associates it with the VPC's default network ACL.
Resource make_subnet(RequestContext& context, const Resource& vpc, const aws::Cidr& cidr, const Zone& zone,
                     SubnetOrigin origin);
std::vector<Resource> subnets_in(RequestContext& context, const std::string& vpc_id);

Json create_subnet(RequestContext& context, const Input& input);
Json create_default_subnet(RequestContext& context, const Input& input);
Json describe_subnets(RequestContext& context, const Input& input);
Json modify_subnet_attribute(RequestContext& context, const Input& input);
Json delete_subnet(RequestContext& context, const Input& input);
Json associate_subnet_cidr_block(RequestContext& context, const Input& input);
Json disassociate_subnet_cidr_block(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
