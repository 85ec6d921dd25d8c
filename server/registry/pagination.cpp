#include "registry/pagination.hpp"

namespace orrery {

Json marker_page(const Input& input, std::string_view member, std::vector<Json> items, std::string_view key,
                 const AwsError& invalid_marker) {
  const std::int64_t limit = input.integer("MaxRecords", 100);
  if (limit < 20 || limit > 100)
    throw AwsError("InvalidParameterValue", 400,
                   "Invalid value " + std::to_string(limit) + " for MaxRecords. Must be between 20 and 100");
  const auto key_of = [&](const Json& item) { return item.at(std::string(key)).get<std::string>(); };
  const auto marker = paginate(items, static_cast<std::size_t>(limit), input.find_str("Marker"), key_of, invalid_marker);
  Json answer{{std::string(member), Json(std::move(items))}};
  if (marker) answer["Marker"] = *marker;
  return answer;
}

}  // namespace orrery
