#include "aws/cidr.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace orrery::aws {

namespace {

std::optional<int> parse_number(std::string_view text, int most) {
  int value = 0;
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > most) return std::nullopt;
  return value;
}

}  // namespace

std::string ipv4_text(std::uint32_t address) {
  return std::to_string(address >> 24) + "." + std::to_string(address >> 16 & 255) + "." +
         std::to_string(address >> 8 & 255) + "." + std::to_string(address & 255);
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  std::uint32_t address = 0;
  for (int i = 0; i < 4; ++i) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return std::nullopt;
    const auto part = parse_number(text.substr(0, dot), 255);
    if (!part) return std::nullopt;
    address = address << 8 | static_cast<std::uint32_t>(*part);
    text.remove_prefix(i == 3 ? text.size() : dot + 1);
  }
  return address;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ipv4(text.substr(0, slash));
  const auto prefix = parse_number(text.substr(slash + 1), 32);
  if (!address || !prefix) return std::nullopt;
  return Cidr{*address, *prefix};
}

std::string Cidr::text() const { return ipv4_text(network()) + "/" + std::to_string(prefix); }

bool valid_ipv6_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || !parse_number(text.substr(slash + 1), 128)) return false;
  in6_addr out{};
  return inet_pton(AF_INET6, std::string(text.substr(0, slash)).c_str(), &out) == 1;
}

}  // namespace orrery::aws
