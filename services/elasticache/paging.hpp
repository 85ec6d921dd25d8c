#pragma once
#include <string_view>
#include <vector>

#include "registry/input.hpp"

namespace orrery::elasticache {

/// One page of a Describe answer by MaxRecords (20 to 100, default 100) and Marker: {member: [...], "Marker": …}.
/// Items are sorted by their unique text member `key`.
Json page(const Input& input, std::string_view member, std::vector<Json> items, std::string_view key);

}  // namespace orrery::elasticache
