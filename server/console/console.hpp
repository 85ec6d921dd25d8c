#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "http/message.hpp"
#include "pipeline/host.hpp"

namespace orrery::console {

/// Everything that is not AWS's: /_orrery/…, and the health paths that other tools poll. JSON in and out; see
/// server/console/README.md for the list. Thread-safe.
class Console {
 public:
  /// `authority` gives the bundle of /_orrery/ca.pem.
  Console(const pipeline::Host& host, std::string version, std::function<std::string()> authority);

  /// nullopt when the path is none of ours.
  std::optional<http::Response> answer(const http::Request& request);

 private:
  http::Response health() const;
  http::Response reset();
  http::Response requests() const;
  http::Response findings() const;
  http::Response coverage(const http::Request& request);
  http::Response engines() const;
  http::Response scopes() const;
  http::Response authority() const;
  http::Response clock(const http::Request& request);

  const pipeline::Host& host_;
  const std::string version_;
  const std::function<std::string()> authority_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace orrery::console
