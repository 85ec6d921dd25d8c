#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// Throws InvalidPrefixListID.NotFound for a list that the region lacks.
void require_prefix_list(RequestContext& context, const std::string& id);

Json describe_prefix_lists(RequestContext& context, const Input& input);
Json describe_managed_prefix_lists(RequestContext& context, const Input& input);
Json get_managed_prefix_list_entries(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
