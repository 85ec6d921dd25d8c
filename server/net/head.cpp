#include "net/head.hpp"

#include <boost/beast/http/status.hpp>
#include <ctime>

namespace orrery::net {

namespace {

/// RFC 9110 wants a Date; formatted once a second for each thread.
std::string_view date() {
  thread_local std::time_t last = 0;
  thread_local char text[32];
  const std::time_t now = std::time(nullptr);
  if (now != last) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    last = now;
  }
  return text;
}

bool bodiless(int status) { return status == 204 || status == 304 || status < 200; }

/// A line break in a value would let a client write headers of its own.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  out += "\r\n";
}

std::uint64_t body_size(const http::Response& response) {
  return response.source ? response.source->size() : response.body.size();
}

}  // namespace

bool carries_body(const http::Request& request, const http::Response& response) {
  return request.method != "HEAD" && !bodiless(response.status);
}

std::string response_head(const http::Request& request, const http::Response& response, KeepAlive keep_alive) {
  std::string out;
  out.reserve(512);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
  out.append(reason.data(), reason.size());
  out += "\r\n";
  bool has_date = false, has_length = false;
  for (const auto& [name, value] : response.headers) {
    if (http::iequals(name, "Content-Length")) {
      if (request.method != "HEAD") continue;
      has_length = true;
    }
    has_date = has_date || http::iequals(name, "Date");
    append_field(out, name, value);
  }
  if (!has_date) append_field(out, "Date", date());
  if (!has_length && !bodiless(response.status))
    append_field(out, "Content-Length", std::to_string(body_size(response)));
  append_field(out, "Connection", keep_alive == KeepAlive::yes ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

http::Response plain_error(int status, std::string_view message) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain");
  response.body = std::string(message) + "\n";
  return response;
}

}  // namespace orrery::net
