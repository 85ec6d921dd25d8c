#include "verify/engines.hpp"

#include <unistd.h>

#include <stdexcept>

#include "net/fetch.hpp"

namespace orrery::verify {

Engines::Engines(const std::string& endpoint) {
  const net::Fetched answer = net::fetch(endpoint, "/_orrery/engines");
  const Json document = Json::parse(answer.body, nullptr, false);
  if (answer.status == 200 && document.is_object()) engines_ = document.value("engines", Json::array());
}

std::optional<std::string> Engines::find(const std::string& prefix) const {
  for (const Json& engine : engines_) {
    if (!engine.value("id", "").starts_with(prefix)) continue;
    const std::string phase = engine.value("phase", ""), detail = engine.value("detail", "");
    return detail.empty() ? phase : phase + ": " + detail;
  }
  return std::nullopt;
}

Authority::Authority(const std::string& endpoint) {
  net::Fetched answer = net::fetch(endpoint, "/_orrery/ca.pem");
  if (answer.status != 200) return;
  pem_ = std::move(answer.body);
  std::string pattern = (std::filesystem::temp_directory_path() / "orrery-ca-XXXXXX").string();
  const int descriptor = ::mkstemp(pattern.data());
  if (descriptor < 0) throw std::runtime_error("cannot make a temporary file: " + pattern);
  file_ = pattern;
  const bool written = ::write(descriptor, pem_.data(), pem_.size()) == static_cast<ssize_t>(pem_.size());
  ::close(descriptor);
  if (written) return;
  std::filesystem::remove(file_);
  throw std::runtime_error("cannot write " + pattern);
}

Authority::~Authority() {
  std::error_code ignored;
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

}  // namespace orrery::verify
