#pragma once
#include <string>
#include <string_view>

#include "aws/json.hpp"
#include "aws/text.hpp"

namespace orrery::elasticache {

using aws::lower;

/// ElastiCache's rule for identifiers: a letter first, then letters, digits and single hyphens, none at the end.
/// Returns it in lower case, as ElastiCache stores it; throws InvalidParameterValue.
std::string checked_identifier(std::string_view parameter, const std::string& value, std::size_t longest);

/// A text member that is there.
std::string text(const Json& document, std::string_view member);

}  // namespace orrery::elasticache
