#include "wire/patterns.hpp"

#include <algorithm>
#include <boost/regex.hpp>
#include <memory>
#include <unordered_map>

namespace orrery::wire {

namespace {

/// \p{L} and its kin, as the classes of the library that come nearest within ASCII.
std::string_view class_name(std::string_view property) {
  if (property.starts_with("IsAlpha") || property.starts_with("L") || property == "Alpha") return "alpha";
  if (property.starts_with("N") || property == "Digit" || property == "IsDigit") return "digit";
  if (property.starts_with("Z") || property == "Space") return "space";
  if (property.starts_with("P") || property.starts_with("S")) return "punct";
  if (property == "Alnum") return "alnum";
  return "";
}

/// Java's syntax as Boost's: \uXXXX is \x{XXXX}. Sets `classes` when there are Unicode classes.
std::wstring translated(std::string_view pattern, bool& classes) {
  std::wstring out;
  for (std::size_t n = 0; n < pattern.size(); ++n) {
    if (pattern[n] == '\\' && n + 5 < pattern.size() && pattern[n + 1] == 'u') {
      out += L"\\x{";
      out.append(pattern.begin() + static_cast<std::ptrdiff_t>(n) + 2,
                 pattern.begin() + static_cast<std::ptrdiff_t>(n) + 6);
      out += L'}';
      n += 5;
    } else if (pattern[n] == '\\' && n + 2 < pattern.size() && pattern[n + 1] == 'p') {
      classes = true;
      const bool braces = pattern[n + 2] == '{';
      const auto end = braces ? pattern.find('}', n) : n + 2;
      if (end == std::string_view::npos) return L"";
      const auto name = class_name(braces ? pattern.substr(n + 3, end - n - 3) : pattern.substr(n + 2, 1));
      if (name.empty()) return L"";
      out += L"\\p{" + std::wstring(name.begin(), name.end()) + L"}";
      n = end;
    } else {
      if (static_cast<unsigned char>(pattern[n]) > 127) return L"";
      out += static_cast<wchar_t>(pattern[n]);
      if (pattern[n] == '\\' && n + 1 < pattern.size()) out += static_cast<wchar_t>(pattern[++n]);
    }
  }
  return out;
}

struct Compiled {
  boost::wregex regex;
  bool usable = false;
  bool classes = false;
};

const Compiled& compiled(std::string_view pattern) {
  thread_local std::unordered_map<const char*, Compiled> cache;  // the tables' texts never move
  const auto [it, fresh] = cache.try_emplace(pattern.data());
  Compiled& entry = it->second;
  if (!fresh) return entry;
  try {
    const auto text = translated(pattern, entry.classes);
    if (!text.empty()) {
      entry.regex.assign(text, boost::regex::perl);
      entry.usable = true;
    }
  } catch (const std::exception&) {
    entry.usable = false;
  }
  return entry;
}

std::wstring decoded(std::string_view text) {
  std::wstring out;
  out.reserve(text.size());
  for (std::size_t n = 0; n < text.size();) {
    const auto lead = static_cast<unsigned char>(text[n]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    wchar_t c = length == 1 ? lead : static_cast<wchar_t>(lead & (0xFF >> (length + 1)));
    for (std::size_t k = 1; k < length && n + k < text.size(); ++k) {
      c = static_cast<wchar_t>(c << 6 | (static_cast<unsigned char>(text[n + k]) & 0x3F));
    }
    out += c;
    n += length;
  }
  return out;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text, Anchoring anchoring) {
  const auto& entry = compiled(pattern);
  if (!entry.usable) return true;
  if (entry.classes && std::ranges::any_of(text, [](char c) { return (c & 0x80) != 0; })) return true;
  try {
    const auto wide = decoded(text);
    return anchoring == Anchoring::whole ? boost::regex_match(wide, entry.regex)
                                         : boost::regex_search(wide, entry.regex);
  } catch (const std::exception&) {
    return true;  // the library gave up on its complexity
  }
}

}  // namespace orrery::wire
