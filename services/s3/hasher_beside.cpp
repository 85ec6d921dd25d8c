#include "services/s3/hasher_beside.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace orrery::s3 {

namespace {

constexpr std::size_t kBlock = 128 * 1024, kMostWaiting = 3;

class HasherBeside : public Hasher {
 public:
  explicit HasherBeside(std::unique_ptr<Hasher> inner) : inner_(std::move(inner)), thread_([this] { work(); }) {}
  ~HasherBeside() override { end(); }
  HasherBeside(const HasherBeside&) = delete;
  HasherBeside& operator=(const HasherBeside&) = delete;

  void update(std::span<const char> bytes) override {
    while (!bytes.empty()) {
      filling_.reserve(kBlock);
      const std::size_t n = std::min(bytes.size(), kBlock - filling_.size());
      filling_.append(bytes.data(), n);
      bytes = bytes.subspan(n);
      if (filling_.size() == kBlock) hand_over();
    }
  }

  std::string finish() override {
    if (!filling_.empty()) hand_over();
    end();
    return inner_->finish();
  }

 private:
  void hand_over() {
    std::unique_lock guard(mutex_);
    room_.wait(guard, [this] { return waiting_.size() < kMostWaiting; });
    waiting_.push_back(std::move(filling_));
    filling_ = std::exchange(spare_, {});
    filling_.clear();
    arrived_.notify_one();
  }

  void end() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard guard(mutex_);
      ending_ = true;
    }
    arrived_.notify_one();
    thread_.join();
  }

  void work() {
    std::unique_lock guard(mutex_);
    for (;;) {
      arrived_.wait(guard, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::string block = std::move(waiting_.front());
      waiting_.pop_front();
      guard.unlock();
      inner_->update(block);
      guard.lock();
      spare_ = std::move(block);
      room_.notify_one();
    }
  }

  std::unique_ptr<Hasher> inner_;
  std::mutex mutex_;
  std::condition_variable arrived_, room_;
  std::deque<std::string> waiting_;
  std::string filling_, spare_;
  bool ending_ = false;
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace

std::unique_ptr<Hasher> beside(std::unique_ptr<Hasher> hasher) { return std::make_unique<HasherBeside>(std::move(hasher)); }

}  // namespace orrery::s3
