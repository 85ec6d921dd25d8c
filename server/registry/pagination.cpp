#include "registry/pagination.hpp"

namespace orrery {

Json page_of(const Input& input, const PageMembers& members, std::string_view list, std::vector<Json> items,
             std::string_view key, const AwsError& invalid_token) {
  const std::int64_t limit = input.integer(members.limit, members.most);
  if (limit < members.least || limit > members.most)
    throw AwsError("InvalidParameterValue", 400,
                   "Invalid value " + std::to_string(limit) + " for " + members.limit + ". Must be between " +
                       std::to_string(members.least) + " and " + std::to_string(members.most));
  const auto key_of = [&](const Json& item) { return item.at(std::string(key)).get<std::string>(); };
  const auto next =
      paginate(items, static_cast<std::size_t>(limit), input.find_str(members.token), key_of, invalid_token);
  Json answer{{std::string(list), Json(std::move(items))}};
  if (next) answer[members.token] = *next;
  return answer;
}

}  // namespace orrery
