#include "services/s3/body_hold.hpp"

#include <mutex>
#include <unordered_map>

namespace orrery::s3 {

namespace {

struct Held {
  std::mutex mutex;
  std::unordered_map<std::int64_t, int> streams;  ///< how many hold a body
};

Held& held() {
  static Held all;
  return all;
}

}  // namespace

BodyHold::BodyHold(std::vector<std::int64_t> bodies) : bodies_(std::move(bodies)) {
  const std::lock_guard guard(held().mutex);
  for (const auto body : bodies_) ++held().streams[body];
}

BodyHold::~BodyHold() {
  const std::lock_guard guard(held().mutex);
  for (const auto body : bodies_) {
    if (const auto it = held().streams.find(body); --it->second == 0) held().streams.erase(it);
  }
}

bool BodyHold::on(std::int64_t body) {
  const std::lock_guard guard(held().mutex);
  return held().streams.contains(body);
}

}  // namespace orrery::s3
