#pragma once
#include <cstdint>
#include <string>

namespace orrery {

enum class Strictness { lenient, strict };
enum class Lifecycle { immediate, realistic };

/// What the flags and ORRERY_ variables settled; constant while the server runs.
struct Settings {
  std::string account = "000000000000";  ///< of credentials that name none
  std::string region = "us-east-1";      ///< of requests that name none
  Strictness strictness = Strictness::lenient;
  Lifecycle lifecycle = Lifecycle::immediate;
  std::string host = "127.0.0.1";  ///< the listening address, for URLs that are handed out
  std::uint16_t port = 4566;
  std::uint16_t tls_port = 0;  ///< 0: no TLS listener
  std::string data_dir;        ///< absolute
};

}  // namespace orrery
