#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// ClassicLink went with EC2-Classic in 2022; its calls are still there and answer this (aws.amazon.com/blogs/aws/
/// ec2-classic-is-retiring-heres-how-to-prepare).
Json retired_with_classic(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
