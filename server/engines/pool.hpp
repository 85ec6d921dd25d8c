#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace orrery::engines {

/// Threads for jobs that mostly wait. They are made when needed, up to `most`, and stay.
class Pool {
 public:
  explicit Pool(std::size_t most) : most_(most) {}
  ~Pool() { join(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// `job` must not throw. After join() it is dropped.
  void submit(std::function<void()> job);
  /// Waits for all jobs, then ends the threads.
  void join();

 private:
  void loop();

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace orrery::engines
