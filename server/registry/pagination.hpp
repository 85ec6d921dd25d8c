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

/// One page of a Describe answer by MaxRecords (20 to 100, default 100) and Marker: {member: [...], "Marker": …}.
/// Items are sorted by their unique text member `key`. Refuses another MaxRecords with InvalidParameterValue, and a
/// Marker that Orrery did not make with `invalid_marker`.
Json marker_page(const Input& input, std::string_view member, std::vector<Json> items, std::string_view key,
                 const AwsError& invalid_marker);

}  // namespace orrery
