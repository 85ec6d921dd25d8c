#include "net/fetch.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <stdexcept>

namespace orrery::net {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

namespace {

struct Endpoint {
  std::string host, port;
};

Endpoint parse(std::string text) {
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with(kScheme)) text.erase(0, kScheme.size());
  while (text.ends_with('/')) text.pop_back();
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || text.find('/') != std::string::npos) {
    throw std::runtime_error("not an endpoint: " + text + " (expected http://host:port)");
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

asio::awaitable<Fetched> exchange(const Endpoint& target, const Call& call) {
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  boost::beast::tcp_stream stream(resolver.get_executor());
  stream.expires_after(call.limit);
  const auto places = co_await resolver.async_resolve(target.host, target.port, asio::use_awaitable);
  co_await stream.async_connect(places, asio::use_awaitable);
  beast_http::request<beast_http::string_body> request(beast_http::string_to_verb(call.method), call.path, 11);
  request.set(beast_http::field::host, target.host + ":" + target.port);
  for (const auto& [name, value] : call.headers) request.set(name, value);
  request.body() = call.body;
  request.prepare_payload();
  co_await beast_http::async_write(stream, request, asio::use_awaitable);
  boost::beast::flat_buffer buffer;
  beast_http::response_parser<beast_http::string_body> parser;
  parser.body_limit(boost::none);
  parser.skip(request.method() == beast_http::verb::head);
  co_await beast_http::async_read(stream, buffer, parser, asio::use_awaitable);
  co_return Fetched{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

}  // namespace

Fetched send(const std::string& endpoint, const Call& call) {
  const Endpoint target = parse(endpoint);
  try {
    asio::io_context context(1);
    std::exception_ptr failure;
    Fetched answer;
    asio::co_spawn(context, exchange(target, call), [&](std::exception_ptr error, Fetched fetched) {
      failure = error;
      answer = std::move(fetched);
    });
    context.run();
    if (failure) std::rethrow_exception(failure);
    return answer;
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot reach " + endpoint + ": " + error.code().message() +
                             " (is `orrery serve` running there? name another with --endpoint)");
  }
}

Fetched fetch(const std::string& endpoint, const std::string& path) {
  Call call;
  call.path = path;
  return send(endpoint, call);
}

}  // namespace orrery::net
