#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ids.hpp"
#include "aws/json.hpp"
#include "registry/error.hpp"
#include "registry/input.hpp"

namespace orrery {

/// Cuts `items` down to one page. They are sorted by `key(item)` (unique), what lies at or before the token's key is
/// dropped, and the rest is cut to `limit`. Returns the next page's token, which names the last key, so that pages
/// stay right while items come and go. A token that Orrery did not make throws `invalid`.
template <typename T, typename Key>
std::optional<std::string> paginate(std::vector<T>& items, std::size_t limit, const std::optional<std::string>& token,
                                    Key key, const AwsError& invalid) {
  std::sort(items.begin(), items.end(), [&](const T& a, const T& b) { return key(a) < key(b); });
  if (token && !token->empty()) {
    std::string after;
    if (!aws::base64_decode(*token, after) || after.rfind("after:", 0) != 0) throw invalid;
    after.erase(0, 6);
    items.erase(items.begin(),
                std::find_if(items.begin(), items.end(), [&](const T& item) { return key(item) > after; }));
  }
  if (limit == 0 || items.size() <= limit) return std::nullopt;
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(limit), items.end());
  return aws::base64("after:" + std::string(key(items.back())));
}

/// The members that ask for a page, and how many items it may have: the most is the default.
struct PageMembers {
  const char *limit, *token;
  std::int64_t least, most;
};
inline constexpr PageMembers by_marker{"MaxRecords", "Marker", 20, 100};

/// One page of a Describe answer: {list: [...], token: …}. Items are sorted by their unique text member `key`. Refuses
/// another limit with InvalidParameterValue, and a token that Orrery did not make with `invalid_token`.
Json page_of(const Input& input, const PageMembers& members, std::string_view list, std::vector<Json> items,
             std::string_view key, const AwsError& invalid_token);

}  // namespace orrery
