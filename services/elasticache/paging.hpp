#pragma once
#include "registry/pagination.hpp"
#include "services/elasticache/errors.hpp"

namespace orrery::elasticache {

/// As marker_page().
inline Json page(const Input& input, std::string_view member, std::vector<Json> items, std::string_view key) {
  return marker_page(input, member, std::move(items), key, invalid_marker());
}

}  // namespace orrery::elasticache
