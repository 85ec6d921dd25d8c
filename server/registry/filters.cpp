#include "registry/filters.hpp"

namespace orrery {

bool wildcard_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && !escaped && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() &&
               (escaped ? pattern[p + 1] == text[t] : pattern[p] == '?' || pattern[p] == text[t])) {
      p += escaped ? 2 : 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Filters::Filters(const Input& input, std::string_view member) {
  for (const Input& filter : input.objects(member)) filters_.push_back({filter.str("Name"), filter.strings("Values")});
}

std::vector<std::string> Filters::unknown(const std::function<bool(std::string_view)>& known) const {
  std::vector<std::string> out;
  for (const auto& filter : filters_) {
    if (!known(filter.name)) out.push_back(filter.name);
  }
  return out;
}

bool Filters::match(const ValuesOf& values_of) const {
  return std::all_of(filters_.begin(), filters_.end(), [&](const Filter& filter) {
    const auto actual = values_of(filter.name);
    return std::any_of(filter.values.begin(), filter.values.end(), [&](const std::string& wanted) {
      return std::any_of(actual.begin(), actual.end(),
                         [&](const std::string& value) { return wildcard_match(wanted, value); });
    });
  });
}

}  // namespace orrery
