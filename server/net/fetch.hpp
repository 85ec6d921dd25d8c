#pragma once
#include <string>

namespace orrery::net {

struct Fetched {
  int status = 0;
  std::string body;
};

/// GET `path` of an HTTP endpoint ("http://127.0.0.1:4566"), blocking, for the command line. Throws
/// std::runtime_error with one clear line when nobody answers.
Fetched fetch(const std::string& endpoint, const std::string& path);

}  // namespace orrery::net
