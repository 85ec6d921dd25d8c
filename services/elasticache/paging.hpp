#pragma once
#include "registry/pagination.hpp"
#include "services/elasticache/errors.hpp"

namespace orrery::elasticache {

/// As page_of(), by MaxRecords and Marker.
inline Json page(const Input& input, std::string_view member, std::vector<Json> items, std::string_view key) {
  return page_of(input, by_marker, member, std::move(items), key, invalid_marker());
}

/// By MaxResults and NextToken, as operations on serverless caches have it.
inline Json token_page(const Input& input, std::string_view member, std::vector<Json> items, std::string_view key) {
  return page_of(input, {"MaxResults", "NextToken", 1, 50}, member, std::move(items), key,
                 invalid_parameter_value("The NextToken is invalid."));
}

}  // namespace orrery::elasticache
