#include "engines/pool.hpp"

namespace orrery::engines {

void Pool::submit(std::function<void()> job) {
  const std::lock_guard guard(mutex_);
  if (stopping_) return;
  queue_.push_back(std::move(job));
  if (idle_ < queue_.size() && threads_.size() < most_) threads_.emplace_back([this] { loop(); });
  arrived_.notify_one();
}

void Pool::join() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Pool::loop() {
  std::unique_lock guard(mutex_);
  for (;;) {
    ++idle_;
    arrived_.wait(guard, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    const std::function<void()> job = std::move(queue_.front());
    queue_.pop_front();
    guard.unlock();
    job();
    guard.lock();
  }
}

}  // namespace orrery::engines
