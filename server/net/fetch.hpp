#pragma once
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace orrery::net {

struct Call {
  std::string method = "GET";
  std::string path;  ///< with its query, percent-encoded
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::chrono::milliseconds limit{30'000};  ///< of the whole exchange
};

struct Fetched {
  int status = 0;
  std::string body;
};

/// One call of an HTTP endpoint ("http://127.0.0.1:4566"), blocking, for the command line. Throws
/// std::runtime_error with one clear line when nobody answers.
Fetched send(const std::string& endpoint, const Call& call);

/// GET `path`.
Fetched fetch(const std::string& endpoint, const std::string& path);

}  // namespace orrery::net
