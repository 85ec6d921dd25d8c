#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engines/byte_stream.hpp"

namespace orrery::engines::redis {

/// A value of RESP2 (https://redis.io/docs/reference/protocol-spec).
struct Reply {
  enum class Kind { nil, text, status, error, integer, array };
  Kind kind = Kind::nil;
  std::string text;  ///< of text, status and error
  std::int64_t integer = 0;
  std::vector<Reply> items;

  bool failed() const { return kind == Kind::error; }
};

/// Where to connect, and as whom.
struct Target {
  std::string host;
  std::uint16_t port = 0;
  /// PEM of the authorities that the server's certificate must come from; "": no TLS.
  std::string authority;
  std::string user, password;  ///< no AUTH when the password is ""
  /// Of the connection and of each exchange; a loaded machine may take seconds.
  std::chrono::milliseconds limit{10'000};
};

using engines::ClientError;
using Arguments = std::vector<std::string>;

/// A blocking connection. hiredis 0.14 reads and writes the protocol; it has no TLS, so bytes go through ByteStream.
class Client {
 public:
  /// Connects and logs in; throws ClientError.
  explicit Client(const Target& target);
  ~Client();
  Client(Client&&) noexcept;

  /// One command and its reply, which may be an error of the server's. Throws ClientError.
  Reply call(const Arguments& arguments);
  /// Sends all commands, then reads their replies.
  std::vector<Reply> call_all(const std::vector<Arguments>& commands);
  /// The same as one command, but an error reply throws ClientError.
  Reply demand(const Arguments& arguments);

 private:
  class Transport;
  std::unique_ptr<Transport> transport_;
};

}  // namespace orrery::engines::redis
