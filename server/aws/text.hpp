#pragma once
#include <string>
#include <string_view>

namespace orrery::aws {

/// ASCII letters in lower case, all else as it is, whatever the locale.
inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace orrery::aws
