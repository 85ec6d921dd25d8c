#include "engines/login_gate.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <thread>

namespace orrery::engines {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t longest_message = 64 * 1024;  // PostgreSQL's own limit for a password
constexpr auto patience = std::chrono::seconds(10);
constexpr int success = 0, protocol_error = 2, invalid_credentials = 49;

constexpr char sequence = 0x30, integer = 0x02, octets = 0x04, enumerated = 0x0a;
constexpr char bind_request = 0x60, bind_response = 0x61, unbind_request = 0x42, simple = static_cast<char>(0x80);

struct Element {
  char tag;
  std::string_view content;
};

/// Cuts the first element off `bytes`; nullopt when they do not hold one whole.
std::optional<Element> take(std::string_view& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const char tag = bytes[0];
  std::size_t length = static_cast<unsigned char>(bytes[1]), begin = 2;
  if (length > 127) {
    const std::size_t count = length & 127;
    if (count == 0 || count > 4 || bytes.size() < 2 + count) return std::nullopt;
    length = 0;
    for (; begin < 2 + count; ++begin) length = length << 8 | static_cast<unsigned char>(bytes[begin]);
  }
  if (bytes.size() - begin < length) return std::nullopt;
  const auto content = bytes.substr(begin, length);
  bytes.remove_prefix(begin + length);
  return Element{tag, content};
}

std::optional<std::string_view> take(std::string_view& bytes, char tag) {
  const auto element = take(bytes);
  if (!element || element->tag != tag) return std::nullopt;
  return element->content;
}

std::string element(char tag, std::string_view content) {
  return std::string{tag, static_cast<char>(content.size())}.append(content);  // all of ours are short
}

std::string response(std::string_view id, int code) {
  const auto result =
      element(enumerated, std::string(1, static_cast<char>(code))) + element(octets, "") + element(octets, "");
  return element(sequence, element(integer, id) + element(bind_response, result));
}

int judge_bind(std::string_view bind, const LoginGate::Judge& judge) {
  const auto version = take(bind, integer), name = take(bind, octets), password = take(bind, simple);
  if (!version || !name || !password) return protocol_error;
  const auto space = name->find(' ');
  if (space == std::string_view::npos || password->empty()) return invalid_credentials;
  const TokenLogin login{std::string(name->substr(0, space)), std::string(name->substr(space + 1)),
                         std::string(*password)};
  return judge(login) ? success : invalid_credentials;
}

}  // namespace

std::string answer_ldap(std::string_view message, const LoginGate::Judge& judge) {
  auto content = take(message, sequence);
  if (!content) return "";
  const auto id = take(*content, integer);
  const auto operation = take(*content);
  if (!id || id->empty() || id->size() > 4 || !operation || operation->tag == unbind_request) return "";
  return response(*id, operation->tag == bind_request ? judge_bind(operation->content, judge) : protocol_error);
}

std::size_t ldap_message_length(std::string_view received) {
  if (received.empty()) return 0;
  if (received[0] != sequence) return std::string_view::npos;
  if (received.size() < 2) return 0;
  const std::size_t first = static_cast<unsigned char>(received[1]);
  const std::size_t count = first > 127 ? first & 127 : 0;
  if (first == 128 || count > 4) return std::string_view::npos;
  if (received.size() < 2 + count) return 0;
  std::size_t length = count == 0 ? first : 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8 | static_cast<unsigned char>(received[2 + i]);
  return length > longest_message ? std::string_view::npos : 2 + count + length;
}

class LoginGate::Server {
 public:
  explicit Server(Judge judge)
      : judge_(std::move(judge)), acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(context_, accept(), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Server() {
    context_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      boost::system::error_code error;
      auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (!error) {
        asio::co_spawn(context_, serve(std::move(socket)), asio::detached);
        continue;
      }
      // Out of descriptors, for example: the next moment may have some.
      asio::steady_timer pause(context_, std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer limit(context_, patience);
    try {
      co_await (converse(socket) || limit.async_wait(asio::use_awaitable));
    } catch (const std::exception&) {  // the other side went away
    }
  }

  asio::awaitable<void> converse(tcp::socket& socket) {
    std::string received;
    std::array<char, 8192> buffer;
    for (;;) {
      const auto length = ldap_message_length(received);
      if (length == std::string_view::npos) co_return;
      if (length == 0 || received.size() < length) {
        received.append(buffer.data(), co_await socket.async_read_some(asio::buffer(buffer), asio::use_awaitable));
        continue;
      }
      const auto answer = answer_ldap(std::string_view(received).substr(0, length), judge_);
      received.erase(0, length);
      if (answer.empty()) co_return;
      co_await asio::async_write(socket, asio::buffer(answer), asio::use_awaitable);
    }
  }

  const Judge judge_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  std::thread thread_;
};

LoginGate::LoginGate(Judge judge) : server_(std::make_unique<Server>(std::move(judge))) {}
LoginGate::~LoginGate() = default;
std::uint16_t LoginGate::port() const { return server_->port(); }

}  // namespace orrery::engines
