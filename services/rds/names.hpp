#pragma once
#include <string>
#include <string_view>

#include "aws/text.hpp"

namespace orrery::rds {

using aws::lower;

/// RDS's rule for the names of instances, snapshots and parameter groups: a letter first, then letters, digits and
/// single hyphens, none at the end. Returns the name in lower case, as RDS stores it; throws InvalidParameterValue.
std::string checked_identifier(std::string_view parameter, const std::string& value, std::size_t longest);

}  // namespace orrery::rds
