#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>

#include "net/connections.hpp"
#include "net/limits.hpp"
#include "net/parser.hpp"
#include "net/types.hpp"
#include "pipeline/exchange.hpp"

namespace orrery::net {

/// What all sessions of a server share.
struct Shared {
  const pipeline::Host& host;
  const Limits& limits;
  Connections& connections;
};

/// One connection, plain or TLS: reads a request, drives its exchange, writes the answer, and again while both sides
/// keep it alive. Everything runs on the connection's strand; `Stream` is Socket or ssl::stream<Socket>.
template <typename Stream>
class Session final : public Connection, public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Shared shared, Stream stream, std::string remote);
  ~Session() override;

  /// Spawns the session; it lives until its connection ends.
  void start();
  void close() override;
  void drain() override;

 private:
  enum class Next { keep, close, linger };

  Awaitable<void> serve();
  Awaitable<bool> handshake();
  Awaitable<Next> serve_one();
  Awaitable<bool> read_head(RequestParser& parser);
  Awaitable<bool> read_body(RequestParser& parser, pipeline::Exchange& exchange, bool& refused);
  Awaitable<void> run_exchange(RequestParser& parser, pipeline::Exchange& exchange);
  Awaitable<bool> send(const http::Request& request, http::Response response, Next next);
  Awaitable<bool> send_source(std::string head, http::BodySource& source);
  Awaitable<bool> write(std::string_view bytes);
  Awaitable<bool> fill(std::size_t most, std::chrono::seconds timeout);
  Awaitable<void> linger();
  void renew(std::chrono::seconds timeout) { deadline = Connections::now() + timeout.count() * 1000; }

  Shared shared_;
  Stream stream_;
  std::string remote_;
  boost::beast::flat_buffer buffer_;
  bool waiting_ = true;  ///< for a request; on the strand
};

/// Starts a session on an accepted socket.
void start_session(const Shared& shared, Socket socket);

}  // namespace orrery::net
