#include "aws/json_text.hpp"

#include <cstring>

#include "aws/json.hpp"

namespace orrery::aws {

namespace {

/// Whether one of eight bytes must be escaped, is not ASCII, or follows such a byte ("Bit Twiddling Hacks", "Determine
/// if a word has a byte less than n").
bool special(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  const std::uint64_t quote = word ^ (kOnes * '"'), backslash = word ^ (kOnes * '\\');
  return (((word - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes) | word) & kHigh) != 0;
}

/// How many bytes at the start of `text` can stand in a JSON string as they are.
std::size_t plain_prefix(std::string_view text) {
  std::size_t n = 0;
  for (std::uint64_t word = 0; n + 8 <= text.size(); n += 8) {
    std::memcpy(&word, text.data() + n, 8);
    if (special(word)) break;
  }
  for (; n < text.size(); ++n) {
    const auto c = static_cast<unsigned char>(text[n]);
    if (c < 32 || c >= 128 || c == '"' || c == '\\') break;
  }
  return n;
}

void append_escaped(std::string& out, unsigned char c) {
  static constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
  }
}

}  // namespace

bool valid_utf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = p + text.size();
  while (p < end) {
    if (*p < 0x80) {
      ++p;
      continue;
    }
    const int length = *p >= 0xF0 ? 4 : *p >= 0xE0 ? 3 : 2;
    if (*p < 0xC2 || *p > 0xF4 || end - p < length) return false;
    for (int n = 1; n < length; ++n) {
      if ((p[n] & 0xC0) != 0x80) return false;
    }
    // Overlong forms, surrogates, and what is above U+10FFFF.
    if ((*p == 0xE0 && p[1] < 0xA0) || (*p == 0xED && p[1] > 0x9F) || (*p == 0xF0 && p[1] < 0x90) ||
        (*p == 0xF4 && p[1] > 0x8F)) {
      return false;
    }
    p += length;
  }
  return true;
}

void append_json_string(std::string& out, std::string_view text) {
  const std::size_t plain = plain_prefix(text);
  const std::string_view rest = text.substr(plain);
  if (!valid_utf8(rest)) {
    out += Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  out += '"';
  out.append(text, 0, plain);
  std::size_t from = 0;
  for (std::size_t n = 0; n < rest.size(); ++n) {
    const auto c = static_cast<unsigned char>(rest[n]);
    if (c >= 32 && c != '"' && c != '\\') continue;
    out.append(rest, from, n - from);
    from = n + 1;
    append_escaped(out, c);
  }
  out.append(rest, from);
  out += '"';
}

namespace {

/// Where the JSON string ends whose quote stands at `at`: behind its last quote.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
  return std::min(at + 1, text.size());
}

std::size_t value_end(std::string_view text, std::size_t at) {
  for (int depth = 0; at < text.size();) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == '}')) break;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    at = c == '"' ? string_end(text, at) : at + 1;
  }
  return at;
}

}  // namespace

bool next_json_member(std::string_view& text, JsonMember& out) {
  if (text.size() < 2 || text[1] != '"') return false;
  const std::size_t name_end = string_end(text, 1), end = value_end(text, std::min(name_end + 1, text.size()));
  if (end <= name_end + 1) return false;
  out.name = text.substr(2, name_end - 3);
  out.value = text.substr(name_end + 1, end - name_end - 1);
  if (out.value.size() >= 2 && out.value.front() == '"') out.value = out.value.substr(1, out.value.size() - 2);
  text.remove_prefix(end);  // begins with ',' or '}' now
  return true;
}

}  // namespace orrery::aws
