#include "services/elasticache/paging.hpp"

#include "registry/pagination.hpp"
#include "services/elasticache/errors.hpp"

namespace orrery::elasticache {

Json page(const Input& input, std::string_view member, std::vector<Json> items, std::string_view key) {
  const std::int64_t limit = input.integer("MaxRecords", 100);
  if (limit < 20 || limit > 100)
    throw invalid_parameter_value("Invalid value " + std::to_string(limit) +
                                  " for MaxRecords. Must be between 20 and 100");
  const auto key_of = [&](const Json& item) { return item.at(std::string(key)).get<std::string>(); };
  const auto marker =
      paginate(items, static_cast<std::size_t>(limit), input.find_str("Marker"), key_of, invalid_marker());
  Json answer{{std::string(member), Json(std::move(items))}};
  if (marker) answer["Marker"] = *marker;
  return answer;
}

}  // namespace orrery::elasticache
