#include "net/connections.hpp"

namespace orrery::net {

std::int64_t Connections::now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void Connections::add(Connection& connection) {
  const std::lock_guard guard(mutex_);
  open_.insert(&connection);
}

std::size_t Connections::remove(Connection& connection) {
  const std::lock_guard guard(mutex_);
  open_.erase(&connection);
  return open_.size();
}

std::size_t Connections::count() const {
  const std::lock_guard guard(mutex_);
  return open_.size();
}

void Connections::sweep() {
  const std::int64_t time = now();
  const std::lock_guard guard(mutex_);
  for (Connection* connection : open_) {
    const std::int64_t deadline = connection->deadline.load(std::memory_order_relaxed);
    if (deadline != 0 && deadline < time) connection->close();
  }
}

void Connections::drain() {
  draining_ = true;
  const std::lock_guard guard(mutex_);
  for (Connection* connection : open_) connection->drain();
}

void Connections::close() {
  const std::lock_guard guard(mutex_);
  for (Connection* connection : open_) connection->close();
}

}  // namespace orrery::net
