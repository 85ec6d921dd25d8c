#pragma once
// Included by session.cpp (plain) and tls_session.cpp only: two instantiations, compiled apart.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/http/error.hpp>

#include "net/head.hpp"
#include "net/session.hpp"

namespace orrery::net {

namespace asio = boost::asio;
using beast_error = boost::beast::http::error;

using TlsStream = asio::ssl::stream<Socket>;

inline constexpr std::size_t kHeadRead = 4 * 1024;
inline constexpr std::size_t kBodyRead = 64 * 1024;
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
inline constexpr std::size_t kSourceRead = 512 * 1024;
inline constexpr std::size_t kHeadRoom = 16 * 1024;  ///< a larger head goes out alone
inline constexpr std::size_t kSmallSource = 128 * 1024, kRoomsKept = 4;
inline constexpr std::size_t kKeptBuffer = 16 * 1024;  ///< a larger one is given back between requests

/// True when a line feed stands alone in what the parser could not use yet: it would wait for a CRLF for ever, and
/// another parser might take the line feed for one.
inline bool has_bare_line_feed(const boost::beast::flat_buffer& buffer) {
  const auto* bytes = static_cast<const char*>(buffer.data().data());
  for (std::size_t n = 0; n < buffer.size(); ++n) {
    if (bytes[n] == '\n' && (n == 0 || bytes[n - 1] != '\r')) return true;
  }
  return false;
}

/// Room for a piece of a large body behind a head. Each thread keeps a few for the next bodies: fresh pages cost as
/// much as what is done with them.
struct KeepRoom {
  static std::vector<std::unique_ptr<char[]>>& kept() {
    thread_local std::vector<std::unique_ptr<char[]>> rooms;
    return rooms;
  }
  void operator()(char* room) const {
    std::unique_ptr<char[]> own(room);
    if (kept().size() < kRoomsKept) kept().push_back(std::move(own));
  }
};
using Room = std::unique_ptr<char[], KeepRoom>;

inline Room take_room() {
  auto& kept = KeepRoom::kept();
  if (kept.empty()) return Room(new char[kHeadRoom + kSourceRead]);
  Room out(kept.back().release());
  kept.pop_back();
  return out;
}

template <typename Stream>
Session<Stream>::Session(Shared shared, Stream stream, std::string remote)
    : shared_(shared), stream_(std::move(stream)), remote_(std::move(remote)) {
  shared_.connections.add(*this);
}

template <typename Stream>
Session<Stream>::~Session() {
  shared_.connections.remove(*this);
}

template <typename Stream>
void Session<Stream>::start() {
  asio::co_spawn(
      stream_.get_executor(), [self = this->shared_from_this()] { return self->serve(); }, asio::detached);
}

template <typename Stream>
void Session<Stream>::close() {
  // The connection may be ending on its strand at this moment, so weak: the sweep holds no session alive.
  asio::post(stream_.get_executor(), [weak = this->weak_from_this()] {
    if (const auto self = weak.lock()) {
      boost::system::error_code ignored;
      self->stream_.lowest_layer().close(ignored);
    }
  });
}

template <typename Stream>
void Session<Stream>::drain() {
  asio::post(stream_.get_executor(), [weak = this->weak_from_this()] {
    const auto self = weak.lock();
    if (!self || !self->waiting_) return;
    boost::system::error_code ignored;
    self->stream_.lowest_layer().close(ignored);
  });
}

template <typename Stream>
Awaitable<bool> Session<Stream>::handshake() {
  if constexpr (std::is_same_v<Stream, TlsStream>) {
    renew(shared_.limits.read_timeout);
    const auto [error] = co_await stream_.async_handshake(TlsStream::server, use_tuple);
    co_return !error;
  }
  co_return true;
}

template <typename Stream>
Awaitable<void> Session<Stream>::serve() {
  Next next = co_await handshake() ? Next::keep : Next::close;
  while (next == Next::keep) next = co_await serve_one();
  if (next == Next::linger) co_await linger();
  boost::system::error_code ignored;
  stream_.lowest_layer().shutdown(Socket::shutdown_both, ignored);
  stream_.lowest_layer().close(ignored);
}

/// A server that closes with unread bytes resets the connection, and the reset can overtake the answer (RFC 9112
/// §9.6). So it says that it is done and reads on for a moment.
template <typename Stream>
Awaitable<void> Session<Stream>::linger() {
  boost::system::error_code ignored;
  stream_.lowest_layer().shutdown(Socket::shutdown_send, ignored);
  constexpr int kMostReads = 64;
  for (int reads = 0; reads < kMostReads; ++reads) {
    buffer_.consume(buffer_.size());
    if (!co_await fill(kBodyRead, std::chrono::seconds(2))) break;
  }
}

template <typename Stream>
Awaitable<bool> Session<Stream>::fill(std::size_t most, std::chrono::seconds timeout) {
  renew(timeout);
  const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(most), use_tuple);
  deadline = 0;
  buffer_.commit(size);
  co_return !error && size > 0;
}

/// Asio's async_write would cut the bytes into pieces of 64 KiB.
template <typename Stream>
Awaitable<bool> Session<Stream>::write(std::string_view bytes) {
  while (!bytes.empty()) {
    renew(shared_.limits.read_timeout);
    const auto [error, size] = co_await stream_.async_write_some(asio::buffer(bytes.data(), bytes.size()), use_tuple);
    deadline = 0;
    if (error) co_return false;
    bytes.remove_prefix(size);
  }
  co_return true;
}

/// False when there is no request: the peer closed, timed out, or what it sent was answered with an error.
template <typename Stream>
Awaitable<bool> Session<Stream>::read_head(RequestParser& parser) {
  for (;;) {
    boost::system::error_code error;
    if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), error));
    if (parser.is_header_done() && !error) co_return true;
    if (error == beast_error::need_more && has_bare_line_feed(buffer_)) error = beast_error::bad_line_ending;
    if (error && error != beast_error::need_more) {
      const bool too_large = error == beast_error::header_limit;
      co_await send(parser.request(), plain_error(too_large ? 431 : 400, "Bad request: " + error.message()),
                    Next::linger);
      co_await linger();
      co_return false;
    }
    waiting_ = buffer_.size() == 0;
    if (waiting_ && shared_.connections.draining()) co_return false;
    if (!co_await fill(kHeadRead, waiting_ ? shared_.limits.idle_timeout : shared_.limits.read_timeout))
      co_return false;
    waiting_ = false;
  }
}

/// False when the connection is of no further use. `refused` when the exchange has its answer before the end.
template <typename Stream>
Awaitable<bool> Session<Stream>::read_body(RequestParser& parser, pipeline::Exchange& exchange, bool& refused) {
  parser.eager(true);
  parser.body_to([&](http::Bytes bytes) { refused = refused || !exchange.write(bytes); });
  if (parser.expects_continue() && buffer_.size() == 0) {
    if (!co_await write(kContinue)) co_return false;
  }
  while (!parser.is_done()) {
    boost::system::error_code error;
    if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), error));
    if (refused || parser.is_done()) break;
    if (error == beast_error::need_more && has_bare_line_feed(buffer_)) error = beast_error::bad_line_ending;
    if (error && error != beast_error::need_more) {
      co_await send(exchange.request(), plain_error(400, "Bad request: " + error.message()), Next::linger);
      co_await linger();
      co_return false;
    }
    if (!co_await fill(kBodyRead, shared_.limits.read_timeout)) {
      // The peer closed its side inside the body (or the time is over, and nobody hears this).
      co_await send(exchange.request(), plain_error(400, "Bad request: the body ended early"), Next::close);
      co_return false;
    }
  }
  co_return true;
}

template <typename Stream>
Awaitable<void> Session<Stream>::run_exchange(RequestParser& parser, pipeline::Exchange& exchange) {
  if (exchange.run(parser.trailers()) == pipeline::Exchange::Progress::done) co_return;
  // The completion comes from the writer's thread and is posted back to this strand.
  const auto initiate = [&](auto handler) {
    auto held = std::make_shared<decltype(handler)>(std::move(handler));
    exchange.commit([held, executor = stream_.get_executor()] { asio::post(executor, std::move(*held)); });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<Strand>, void()>(initiate, asio::use_awaitable_t<Strand>{});
}

template <typename Stream>
Awaitable<typename Session<Stream>::Next> Session<Stream>::serve_one() {
  if (buffer_.size() == 0 && buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
  RequestParser parser(shared_.limits.head_bytes);
  if (!co_await read_head(parser)) co_return Next::close;
  http::Request head = std::move(parser.request());
  head.secure = std::is_same_v<Stream, TlsStream>;
  head.remote = remote_;
  const auto exchange = std::make_shared<pipeline::Exchange>(shared_.host, std::move(head));
  bool refused = exchange->open() == pipeline::Exchange::Body::refused;
  // botocore loses its place on a connection where an expectation was met by a final answer at once: an empty body is
  // waved through like any other, and what is refused before its body closes the connection.
  if (!refused && parser.expects_continue() && !parser.has_body() && !co_await write(kContinue)) co_return Next::close;
  if (!refused && parser.has_body() && !co_await read_body(parser, *exchange, refused)) co_return Next::close;
  if (!refused) co_await run_exchange(parser, *exchange);
  Next next = parser.keep_alive() && !shared_.connections.draining() ? Next::keep : Next::close;
  if (refused && (!parser.is_done() || parser.expects_continue())) next = Next::linger;
  const bool sent = co_await send(exchange->request(), exchange->response(), next);
  co_return sent ? next : Next::close;
}

template <typename Stream>
Awaitable<bool> Session<Stream>::send(const http::Request& request, http::Response response, Next next) {
  std::string head = response_head(request, response, next == Next::keep ? KeepAlive::yes : KeepAlive::no);
  if (!carries_body(request, response)) co_return co_await write(head);
  if (response.source) co_return co_await send_source(std::move(head), *response.source);
  head += response.body;
  co_return co_await write(head);
}

template <typename Stream>
Awaitable<bool> Session<Stream>::send_source(std::string head, http::BodySource& source) {
  std::uint64_t left = source.size();
  if (left == 0 || head.size() > kHeadRoom) {
    if (!co_await write(head)) co_return false;
    head.clear();
  }
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(left, kSourceRead));
  const bool small = left <= kSmallSource;
  const auto own = std::make_unique_for_overwrite<char[]>(small ? head.size() + most : 0);
  const Room room = small ? Room() : take_room();
  char* const piece = small ? own.get() : room.get();
  std::size_t filled = head.copy(piece, head.size());  // goes out with the first bytes
  while (left > 0) {
    std::size_t n = 0;
    try {
      n = source.read({piece + filled, most});
    } catch (const std::exception&) {
      co_return false;  // once the head is out, closing early is all that tells the client
    }
    if (n == 0 || n > left || !co_await write({piece, filled + n})) co_return false;
    left -= n;
    filled = 0;
  }
  co_return true;
}

}  // namespace orrery::net
