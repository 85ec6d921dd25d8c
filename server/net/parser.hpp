#pragma once
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "http/message.hpp"

namespace orrery::net {

/// Beast's HTTP/1.1 grammar, parsed straight into our Request, with the framing rules of RFC 9112 §6 at their
/// strictest: whatever two parsers could understand in two ways is refused (request smuggling).
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  using Consumer = std::function<void(std::span<const char>)>;

  explicit RequestParser(std::size_t head_limit);

  http::Request& request() { return request_; }
  const http::Headers& trailers() const { return trailers_; }
  /// Where body bytes go; set it after the head and before more is put.
  void body_to(Consumer consumer) { consumer_ = std::move(consumer); }
  /// nullopt for a chunked body.
  std::optional<std::uint64_t> declared_length() const { return chunked() ? std::nullopt : std::optional(length_); }
  bool expects_continue() const { return expects_continue_; }
  bool has_body() const { return chunked() || length_ > 0; }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int version,
                       error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field field, string_view name, string_view value, error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
  void on_finish_impl(error_code&) override {}

  http::Request request_;
  http::Headers trailers_;
  Consumer consumer_;
  std::uint64_t length_ = 0;
  int lengths_ = 0, codings_ = 0, hosts_ = 0;
  bool head_done_ = false, expects_continue_ = false;
};

}  // namespace orrery::net
