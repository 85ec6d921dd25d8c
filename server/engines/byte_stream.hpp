#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace orrery::engines {

/// No connection, a broken one, a server that is too slow, or a refused login.
class ClientError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A blocking connection over TCP or TLS, each step of it bounded by a limit. Throws ClientError.
class ByteStream {
 public:
  struct Peer {
    std::string host;
    std::uint16_t port = 0;
    /// PEM of the authorities that the server's certificate must come from; "": no TLS.
    std::string authority;
    std::chrono::milliseconds limit{10'000};
  };

  explicit ByteStream(const Peer& peer);
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  const std::string& name() const;  ///< "127.0.0.1:6379", for messages
  void write(const std::string& bytes);
  /// What has come, at least one byte.
  std::string read_some();

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace orrery::engines
