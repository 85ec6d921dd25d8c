#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "verify/site.hpp"

namespace orrery::verify {

/// What should be reached from the VPC.
struct Destination {
  std::string name;
  std::vector<std::string> groups;   ///< ids of its security groups, whose rules add up
  std::vector<std::uint16_t> ports;  ///< one of them has to be let in
};

/// Adds a row: whether a rule of a group lets a port in from the VPC, that is, from a block that overlaps the VPC's, a
/// prefix list, or a group.
void check_traffic(Site& site, const Destination& destination);

}  // namespace orrery::verify
