#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "aws/json.hpp"

namespace orrery::verify {

/// What /_orrery/engines says.
class Engines {
 public:
  explicit Engines(const std::string& endpoint);

  /// "phase: the last lines of its log" of the first engine whose id begins so; nothing when none runs.
  std::optional<std::string> find(const std::string& prefix) const;

 private:
  Json engines_ = Json::array();
};

/// The certificates that engines are verified with, as /_orrery/ca.pem has them: as text and, for libpq, as a file
/// that goes with this.
class Authority {
 public:
  explicit Authority(const std::string& endpoint);
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  const std::string& pem() const { return pem_; }              ///< "": the server has none
  const std::filesystem::path& file() const { return file_; }  ///< empty when there is none

 private:
  std::string pem_;
  std::filesystem::path file_;
};

}  // namespace orrery::verify
