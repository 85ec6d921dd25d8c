#pragma once
#include "registry/peers.hpp"

namespace orrery::ec2 {

/// What EC2 offers to RDS, ElastiCache and EKS.
void offer(Peers& peers);
/// What a region of an account has from the start: its default VPC.
void seed(RequestContext& context);

}  // namespace orrery::ec2
