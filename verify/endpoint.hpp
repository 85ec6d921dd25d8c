#pragma once
#include <cstdint>
#include <pugixml.hpp>
#include <string>
#include <vector>

namespace orrery::verify {

/// Where an API says that something answers.
struct Endpoint {
  std::string host;  ///< "": nowhere yet
  std::uint16_t port = 0;

  /// "host:port"; "" when nowhere.
  std::string text() const;

  /// The ports that a security group's rule may be about. An engine whose address is not its own (several share
  /// 127.0.0.1 or an advertised host) has a leased port, while the rule is about `usual`, as on AWS.
  std::vector<std::uint16_t> ports_of_rules(std::uint16_t usual) const;
};

/// Of an element with Address and Port.
Endpoint endpoint(const pugi::xml_node& node);

}  // namespace orrery::verify
