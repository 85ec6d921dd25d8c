#include "engines/docker_connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace orrery::engines::docker {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace beast_http = boost::beast::http;

namespace {

using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Parser = beast_http::response_parser<beast_http::buffer_body>;
using Clock = std::chrono::steady_clock;
constexpr std::uint64_t kLargestBody = 64 << 20;

/// One connection for one request.
class Connection {
 public:
  Connection(asio::io_context& context, const Address& address, const Call& call)
      : stream_(context), address_(address), call_(call), deadline_(Clock::now() + call.limit) {}

  asio::awaitable<void> open() {
    renew();
    if (!address_.socket.empty()) {
      co_await stream_.async_connect(asio::local::stream_protocol::endpoint(address_.socket), asio::use_awaitable);
      co_return;
    }
    asio::ip::tcp::resolver resolver(stream_.get_executor());
    const auto found =
        co_await resolver.async_resolve(address_.host, std::to_string(address_.port), asio::use_awaitable);
    co_await stream_.async_connect(found.begin()->endpoint(), asio::use_awaitable);
  }

  /// Sends the request and reads the answer's head.
  asio::awaitable<void> ask() {
    beast_http::request<beast_http::string_body> request;
    request.method_string(call_.method);
    request.target(call_.target);
    request.version(11);
    request.set(beast_http::field::host, address_.socket.empty() ? address_.host : "localhost");
    request.set(beast_http::field::user_agent, "orrery");
    for (const auto& [name, value] : call_.headers) request.set(name, value);
    if (!call_.body.empty()) request.set(beast_http::field::content_type, "application/json");
    request.body() = call_.body;
    request.prepare_payload();
    renew();
    co_await beast_http::async_write(stream_, request, asio::use_awaitable);
    parser_.body_limit(boost::none);
    renew();
    co_await beast_http::async_read_header(stream_, buffer_, parser_, asio::use_awaitable);
  }

  Answer head() const {
    const auto& message = parser_.get();
    return {static_cast<int>(message.result_int()), {}, std::string(message["Api-Version"])};
  }

  asio::awaitable<void> read_body(const Consumer& consumer) {
    std::array<char, 16 * 1024> part;
    while (!parser_.is_done()) {
      parser_.get().body().data = part.data();
      parser_.get().body().size = part.size();
      renew();
      beast::error_code error;
      co_await beast_http::async_read_some(stream_, buffer_, parser_, asio::redirect_error(asio::use_awaitable, error));
      if (error && error != beast_http::error::need_buffer) throw boost::system::system_error(error);
      const std::size_t size = part.size() - parser_.get().body().size;
      if (size > 0) consumer(std::string_view(part.data(), size));
    }
  }

  asio::awaitable<void> send(std::string_view input) {
    renew();
    beast::error_code error;
    // A program that ends before it has read all of its input is no failure of the connection.
    co_await asio::async_write(stream_, asio::buffer(input), asio::redirect_error(asio::use_awaitable, error));
    stream_.socket().shutdown(asio::socket_base::shutdown_send, error);
  }

  asio::awaitable<void> read_raw(const Consumer& consumer) {
    if (buffer_.size() > 0) {
      consumer(std::string_view(static_cast<const char*>(buffer_.data().data()), buffer_.size()));
    }
    std::array<char, 16 * 1024> part;
    while (true) {
      renew();
      beast::error_code error;
      const std::size_t size =
          co_await stream_.async_read_some(asio::buffer(part), asio::redirect_error(asio::use_awaitable, error));
      if (size > 0) consumer(std::string_view(part.data(), size));
      if (error == asio::error::eof || error == asio::error::connection_reset) co_return;
      if (error) throw boost::system::system_error(error);
    }
  }

 private:
  void renew() { stream_.expires_at(std::min(Clock::now() + call_.silence, deadline_)); }

  Stream stream_;
  const Address& address_;
  const Call& call_;
  Clock::time_point deadline_;
  beast::flat_buffer buffer_;
  Parser parser_;
};

asio::awaitable<std::string> whole_body(Connection& connection) {
  std::string body;
  co_await connection.read_body([&body](std::string_view part) {
    if (body.size() + part.size() > kLargestBody) throw Unreachable("an answer of more than 64 MiB");
    body += part;
  });
  co_return body;
}

asio::awaitable<Answer> exchange_on(Connection& connection, const Consumer& consumer) {
  co_await connection.open();
  co_await connection.ask();
  Answer answer = connection.head();
  if (consumer && answer.status < 300) {
    co_await connection.read_body(consumer);
  } else {
    answer.body = co_await whole_body(connection);
  }
  co_return answer;
}

asio::awaitable<Answer> converse_on(Connection& connection, std::string_view input,
                                    const std::function<void()>& started, const Consumer& consumer) {
  using namespace asio::experimental::awaitable_operators;
  co_await connection.open();
  co_await connection.ask();
  Answer answer = connection.head();
  if (answer.status >= 300) {
    answer.body = co_await whole_body(connection);
    co_return answer;
  }
  if (started) started();
  if (input.empty()) {
    co_await connection.read_raw(consumer);
  } else {
    co_await (connection.send(input) && connection.read_raw(consumer));
  }
  co_return answer;
}

[[noreturn]] void explain(const Address& address, const Call& call, const boost::system::error_code& error) {
  const std::string what = call.method + " " + call.target.substr(0, call.target.find('?')) + " at " + address.text();
  if (error == beast::error::timeout) throw TimedOut(what + ": no answer in time");
  if (error == beast_http::error::partial_message || error == beast_http::error::end_of_stream ||
      error == asio::error::eof) {
    throw Unreachable(what + ": the answer ended early");
  }
  throw Unreachable(what + ": " + error.message());
}

template <class Work>
Answer run(const Address& address, const Call& call, const Work& work) {
  asio::io_context context;
  Connection connection(context, address, call);
  Answer answer;
  std::exception_ptr failure;
  asio::co_spawn(context, work(connection), [&](std::exception_ptr error, Answer result) {
    failure = error;
    answer = std::move(result);
  });
  context.run();
  if (!failure) return answer;
  try {
    std::rethrow_exception(failure);
  } catch (const asio::multiple_exceptions& errors) {
    failure = errors.first_exception();
  } catch (const boost::system::system_error& error) {
    explain(address, call, error.code());
  }
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    explain(address, call, error.code());
  }
}

}  // namespace

Answer exchange(const Address& address, const Call& call, const Consumer& consumer) {
  return run(address, call, [&](Connection& connection) { return exchange_on(connection, consumer); });
}

Answer converse(const Address& address, const Call& call, std::string_view input, const std::function<void()>& started,
                const Consumer& consumer) {
  Call upgrade = call;
  upgrade.headers.emplace("Connection", "Upgrade");
  upgrade.headers.emplace("Upgrade", "tcp");
  return run(address, upgrade,
             [&](Connection& connection) { return converse_on(connection, input, started, consumer); });
}

void Frames::feed(std::string_view bytes) {
  constexpr std::size_t kHead = 8;
  while (!bytes.empty()) {
    if (left_ == 0) {
      const std::size_t taken = std::min(kHead - head_.size(), bytes.size());
      head_ += bytes.substr(0, taken);
      bytes.remove_prefix(taken);
      if (head_.size() < kHead) return;
      for (std::size_t i = 4; i < kHead; ++i) left_ = left_ << 8 | static_cast<unsigned char>(head_[i]);
      head_.clear();
      continue;
    }
    const std::size_t taken = std::min<std::size_t>(left_, bytes.size());
    consumer_(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    left_ -= static_cast<std::uint32_t>(taken);
  }
}

}  // namespace orrery::engines::docker
