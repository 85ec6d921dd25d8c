#include "verify/endpoint.hpp"

namespace orrery::verify {

std::string Endpoint::text() const { return host.empty() ? "" : host + ":" + std::to_string(port); }

std::vector<std::uint16_t> Endpoint::ports_of_rules(std::uint16_t usual) const {
  const bool own = (host.starts_with("127.") && host != "127.0.0.1") || host.ends_with(".localhost");
  if (port == 0) return {usual};
  return own || port == usual ? std::vector{port} : std::vector{usual, port};
}

Endpoint endpoint(const pugi::xml_node& node) {
  return {node.child("Address").text().get(), static_cast<std::uint16_t>(node.child("Port").text().as_uint())};
}

}  // namespace orrery::verify
