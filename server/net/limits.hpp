#pragma once
#include <chrono>
#include <cstddef>

namespace orrery::net {

/// What a client may take of us. Each is a flag of `orrery serve`.
struct Limits {
  std::size_t head_bytes = 64 * 1024;
  std::size_t connections = 10000;
  std::chrono::seconds read_timeout{60};   ///< for one read or write inside a request, renewed for each
  std::chrono::seconds idle_timeout{120};  ///< between requests
  std::chrono::seconds drain_timeout{15};
};

}  // namespace orrery::net
