#include "net/fetch.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
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

}  // namespace

Fetched fetch(const std::string& endpoint, const std::string& path) {
  const auto [host, port] = parse(endpoint);
  try {
    asio::io_context context;
    asio::ip::tcp::resolver resolver(context);
    asio::ip::tcp::socket socket(context);
    asio::connect(socket, resolver.resolve(host, port));
    beast_http::request<beast_http::empty_body> request(beast_http::verb::get, path, 11);
    request.set(beast_http::field::host, host + ":" + port);
    beast_http::write(socket, request);
    boost::beast::flat_buffer buffer;
    beast_http::response_parser<beast_http::string_body> parser;
    parser.body_limit(boost::none);
    beast_http::read(socket, buffer, parser);
    return {static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot reach " + endpoint + ": " + error.code().message() +
                             " (is `orrery serve` running there? name another with --endpoint)");
  }
}

}  // namespace orrery::net
