#include "services/s3/mail_text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "aws/ids.hpp"
#include "http/message.hpp"
#include "wire/scalars.hpp"

namespace orrery::s3 {

namespace {

/// Printing ASCII less space, "=", "?" and "_", which the Q encoding writes otherwise.
bool is_safe(char c) { return (c > ' ' && c < 0x7F && c != '=' && c != '?' && c != '_') || c == '\t'; }

/// The next character of valid UTF-8; U+FFFD and one byte on where it is none.
char32_t next_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
  if (length == 0 || text.size() < length) {
    text.remove_prefix(1);
    return 0xFFFD;
  }
  char32_t out = length == 1 ? lead : lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) out = out << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  text.remove_prefix(length);
  return out;
}

/// Unicode's categories Cc, Cf and Co, and the replacement character.
bool prints(char32_t c) {
  constexpr std::pair<char32_t, char32_t> kOthers[] = {
      {0, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},     {0x600, 0x605},   {0x61C, 0x61C},     {0x6DD, 0x6DD},
      {0x70F, 0x70F},   {0x8E2, 0x8E2},   {0x180E, 0x180E}, {0x200B, 0x200F}, {0x202A, 0x202E},   {0x2060, 0x206F},
      {0xE000, 0xF8FF}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xFFFD, 0xFFFD}, {0xE0001, 0xE007F}, {0xF0000, 0x10FFFF}};
  return std::none_of(std::begin(kOthers), std::end(kOthers),
                      [&](const auto& range) { return c >= range.first && c <= range.second; });
}

bool decode_q(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i] == '_' ? ' ' : text[i];
      continue;
    }
    const std::string digits(text.substr(i + 1, 2));
    if (digits.size() != 2 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return false;
    out += static_cast<char>(std::strtol(digits.c_str(), nullptr, 16));
    i += 2;
  }
  return true;
}

/// "charset?encoding?text" between "=?" and "?=".
bool decode_word(std::string_view word, std::string& out) {
  const auto first = word.find('?');
  if (first == std::string_view::npos || word.size() < first + 3 || word[first + 2] != '?') return false;
  const std::string_view charset = word.substr(0, first), text = word.substr(first + 3);
  const char encoding = static_cast<char>(word[first + 1] | 0x20);
  std::string bytes;
  if (encoding != 'b' && encoding != 'q') return false;
  if (encoding == 'b' ? !aws::base64_decode(text, bytes) : !decode_q(text, bytes)) return false;
  if (http::iequals(charset, "iso-8859-1")) {
    out += wire::from_latin1(bytes);
    return true;
  }
  out += bytes;
  return http::iequals(charset, "utf-8") || http::iequals(charset, "us-ascii");
}

}  // namespace

std::string from_mail_text(std::string_view text) {
  std::string out;
  while (true) {
    const auto start = text.find("=?");
    // The text of an encoded word has no "?" in it, so that its end is the fourth.
    const auto charset = start == std::string_view::npos ? start : text.find('?', start + 2);
    const auto encoding = charset == std::string_view::npos ? charset : text.find('?', charset + 1);
    const auto end = encoding == std::string_view::npos ? encoding : text.find("?=", encoding + 1);
    if (end == std::string_view::npos) return out.append(text);
    std::string decoded;
    const bool good = decode_word(text.substr(start + 2, end - start - 2), decoded);
    const std::string_view between = text.substr(0, start);
    // White space between two words is not part of the text.
    const bool joins = good && !out.empty() && between.find_first_not_of(" \t") == std::string_view::npos;
    if (!joins) out.append(between);
    out.append(good ? std::string_view(decoded) : text.substr(start, end + 2 - start));
    text.remove_prefix(end + 2);
  }
}

std::string to_mail_text(const std::string& text) {
  const auto plain = [](char c) { return is_safe(c) || c == ' ' || c == '=' || c == '?' || c == '_'; };
  if (std::all_of(text.begin(), text.end(), plain)) return text;
  for (std::string_view rest = text; !rest.empty();) {
    if (!prints(next_character(rest))) return "=?UTF-8?B?" + aws::base64(text) + "?=";
  }
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out = "=?UTF-8?Q?";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_safe(c))
      out += c;
    else if (c == ' ')
      out += '_';
    else
      (out += '=').append({kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return out + "?=";
}

}  // namespace orrery::s3
