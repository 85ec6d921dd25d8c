#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery::aws {

/// An IPv4 network. `address` and everything derived are in host byte order.
struct Cidr {
  std::uint32_t address = 0;
  int prefix = 0;

  std::uint32_t mask() const { return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix); }
  std::uint32_t network() const { return address & mask(); }
  std::uint64_t size() const { return std::uint64_t{1} << (32 - prefix); }
  bool contains(std::uint32_t ip) const { return (ip & mask()) == network(); }
  bool contains(const Cidr& other) const { return other.prefix >= prefix && contains(other.address); }
  bool overlaps(const Cidr& other) const { return contains(other.address) || other.contains(address); }
  /// True when no host bit is set.
  bool canonical() const { return address == network(); }
  /// "10.0.0.0/16", host bits cleared (AWS clears them too).
  std::string text() const;
};

/// Strict "a.b.c.d/n"; nullopt on anything else.
std::optional<Cidr> parse_cidr(std::string_view text);
std::optional<std::uint32_t> parse_ipv4(std::string_view text);
std::string ipv4_text(std::uint32_t address);
/// True for a well-formed "address/prefix" of IPv6.
bool valid_ipv6_cidr(std::string_view text);

}  // namespace orrery::aws
