#include "net/parser.hpp"

#include <boost/beast/http/error.hpp>
#include <charconv>

namespace orrery::net {

namespace beast_http = boost::beast::http;

namespace {

std::string copy(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// "http://host/path" (absolute form, RFC 9112 §3.2.2) means "/path".
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto slash = target.find_first_of("/?", scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

}  // namespace

RequestParser::RequestParser(std::size_t head_limit) {
  header_limit(static_cast<std::uint32_t>(head_limit));
  body_limit(boost::none);  // the pipeline knows how much an operation may send
}

void RequestParser::on_request_impl(beast_http::verb, string_view method, string_view target, int, error_code& error) {
  request_.method = copy(method);
  request_.target = std::string(origin_form({target.data(), target.size()}));
  if (request_.target.empty() || (request_.target[0] != '/' && request_.target[0] != '?' && request_.target != "*")) {
    error = beast_http::error::bad_target;
    return;
  }
  const auto question = request_.target.find('?');
  request_.path = request_.target.substr(0, question);
  if (request_.path.empty()) request_.path = "/";
  if (question != std::string::npos) request_.query = request_.target.substr(question + 1);
}

void RequestParser::on_field_impl(beast_http::field field, string_view name, string_view value, error_code& error) {
  if (head_done_) {
    trailers_.add(copy(name), copy(value));
    return;
  }
  switch (field) {
    case beast_http::field::content_length: {
      // Beast takes "5, 5" for 5; a list here is as suspicious as two fields.
      const auto [end, status] = std::from_chars(value.data(), value.data() + value.size(), length_);
      if (++lengths_ > 1 || status != std::errc() || end != value.data() + value.size()) {
        error = beast_http::error::bad_content_length;
      }
      break;
    }
    case beast_http::field::transfer_encoding:
      if (++codings_ > 1 || !http::iequals({value.data(), value.size()}, "chunked")) {
        error = beast_http::error::bad_transfer_encoding;
      }
      break;
    case beast_http::field::host:
      if (++hosts_ > 1) error = beast_http::error::bad_field;
      break;
    case beast_http::field::expect:
      expects_continue_ = http::iequals({value.data(), value.size()}, "100-continue");
      break;
    default:
      break;
  }
  request_.headers.add(copy(name), copy(value));
}

void RequestParser::on_header_impl(error_code& error) {
  head_done_ = true;
  if (lengths_ > 0 && codings_ > 0) error = beast_http::error::bad_transfer_encoding;
}

std::size_t RequestParser::on_body_impl(string_view body, error_code&) {
  if (consumer_) consumer_({body.data(), body.size()});
  return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code&) {
  if (consumer_) consumer_({body.data(), body.size()});
  return body.size();
}

}  // namespace orrery::net
