#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

struct Zone {
  std::string name, id;  ///< "us-east-1a", "use1-az1"
};

/// The zones of a region in order of their names. A region that the table lacks has a, b and c.
std::vector<Zone> zones_of(std::string_view region);
/// The zone of this name or id; throws InvalidParameterValue for one that the region lacks.
Zone require_zone(std::string_view region, const std::string& name, const std::string& id);

Json describe_availability_zones(RequestContext& context, const Input& input);
Json describe_regions(RequestContext& context, const Input& input);
Json describe_account_attributes(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
