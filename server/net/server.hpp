#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/limits.hpp"
#include "pipeline/host.hpp"

namespace orrery::net {

struct Address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
};

/// "host:port", ":port" or "[::1]:port"; nullopt on anything else.
std::optional<Address> parse_address(const std::string& text);

/// The listeners and their I/O threads. Ports are taken by the constructor, so that a busy one is told before anything
/// else is done, and requests are served by run().
class Server {
 public:
  /// Throws std::runtime_error with one clear line.
  Server(const Address& plain, const std::optional<Address>& tls, Limits limits);
  ~Server();

  std::uint16_t port() const;
  std::uint16_t tls_port() const;  ///< 0 without TLS

  /// Before run(): files of the certificate for the TLS port.
  void use_certificate(const std::string& chain_file, const std::string& key_file);

  /// Serves until SIGTERM or SIGINT, then until what is under way is answered. `ready` is called when connections are
  /// taken, `each_second` on an I/O thread. A second signal, as long as this object lives, calls `at_once` with the
  /// exit code, on a thread of its own.
  void run(const pipeline::Host& host, const std::function<void()>& ready, const std::function<void()>& each_second,
           const std::function<void(int)>& at_once);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery::net
