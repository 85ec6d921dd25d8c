#pragma once
#include <cstdint>
#include <vector>

namespace orrery::s3 {

/// Keeps the files of bodies that a stream of this process has yet to open, though nothing refers to them any more.
/// Thread-safe.
class BodyHold {
 public:
  explicit BodyHold(std::vector<std::int64_t> bodies);
  ~BodyHold();
  BodyHold(const BodyHold&) = delete;
  BodyHold& operator=(const BodyHold&) = delete;

  static bool on(std::int64_t body);

 private:
  const std::vector<std::int64_t> bodies_;
};

}  // namespace orrery::s3
