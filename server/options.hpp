#pragma once
#include <string>

#include "engines/supervisor.hpp"
#include "net/limits.hpp"
#include "net/server.hpp"
#include "registry/settings.hpp"

namespace CLI {
class App;
}

namespace orrery {

/// What the flags of `orrery serve` and their ORRERY_ variables say.
struct ServeOptions {
  std::string listen = "127.0.0.1:4566";
  std::string tls_listen;  ///< "": no TLS
  std::string tls_certificate, tls_key;
  std::string data_dir = ".orrery";
  bool ephemeral = false;
  bool strict = false;
  std::string account = "000000000000";
  std::string region = "us-east-1";
  std::string lifecycle = "immediate";
  engines::Options engines;
  std::vector<std::string> engine_images;  ///< "postgres:15=IMAGE"
  std::string log_level = "info";
  std::string log_format = "text";
  std::size_t head_bytes = 64 * 1024;
  std::size_t body_bytes = 10 * 1024 * 1024;
  std::size_t connections = 10000;
  unsigned read_timeout = 60, idle_timeout = 120, drain_timeout = 15;

  void add_to(CLI::App& command);
  net::Limits limits() const;
  /// Throws std::runtime_error for an --engine-image that is none.
  engines::Options engine_options() const;
  Settings settings() const;  ///< without ports and directory, which the start settles
};

}  // namespace orrery
