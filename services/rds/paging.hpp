#pragma once
#include "registry/pagination.hpp"
#include "services/rds/errors.hpp"

namespace orrery::rds {

/// As page_of(), by MaxRecords and Marker.
inline Json page(const Input& input, std::string_view member, std::vector<Json> items, std::string_view key) {
  return page_of(input, by_marker, member, std::move(items), key, invalid_marker());
}

}  // namespace orrery::rds
