#include "services/s3/hasher_beside.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace orrery::s3 {

namespace {

constexpr std::size_t kBlock = 128 * 1024, kMostWaiting = 3;

/// One upload's part in the work; its members are the workers' to guard.
struct Work {
  explicit Work(const Md5& so_far) : md5(so_far) {}
  bool ready() const { return !taken && !waiting.empty(); }
  bool urgent() const { return ready() && (ending || waiting.size() == kMostWaiting); }

  Md5 md5;
  std::deque<std::string> waiting;
  std::string spare;   ///< a block to fill again
  bool taken = false;  ///< a worker has a block of it
  bool ending = false;
};

class Workers {
 public:
  Workers() {
    const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
    for (unsigned n = 0; n < count; ++n) threads_.emplace_back([this] { run(); });
  }
  ~Workers() {
    {
      const std::lock_guard guard(mutex_);
      stopping_ = true;
    }
    due_.notify_all();
    for (auto& thread : threads_) thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void add(Work& work) {
    const std::lock_guard guard(mutex_);
    all_.push_back(&work);
  }
  void remove(Work& work) {
    std::unique_lock guard(mutex_);
    work.waiting.clear();
    progress_.wait(guard, [&] { return !work.taken; });
    std::erase(all_, &work);
    if (due()) due_.notify_one();  // the others waited for it to come along
  }

  /// Gives `block` away and an empty one back; waits while too many are waiting.
  void hand_over(Work& work, std::string& block) {
    std::unique_lock guard(mutex_);
    progress_.wait(guard, [&] { return work.waiting.size() < kMostWaiting; });
    work.waiting.push_back(std::move(block));
    block = std::exchange(work.spare, {});
    block.clear();
    if (due()) due_.notify_one();
  }
  void finish(Work& work) {
    std::unique_lock guard(mutex_);
    work.ending = true;
    if (due()) due_.notify_one();
    progress_.wait(guard, [&] { return !work.taken && work.waiting.empty(); });
  }

 private:
  /// Blocks are worth a run when there is one for each upload on average, so that most runs have several.
  bool due() const {
    std::size_t blocks = 0, uploads = 0;
    for (const Work* work : all_) {
      if (work->urgent()) return true;
      if (work->taken) continue;
      ++uploads;
      blocks += work->waiting.size();
    }
    return blocks > 0 && blocks >= uploads;
  }

  std::vector<Work*> choose() {
    std::vector<Work*> chosen;
    for (Work* work : all_) {
      if (work->ready()) chosen.push_back(work);
    }
    std::stable_sort(chosen.begin(), chosen.end(), [](const Work* a, const Work* b) {
      return a->urgent() != b->urgent() ? a->urgent() : a->waiting.size() > b->waiting.size();
    });
    const std::size_t most = chosen.size() == Md5::kTogether + 1 ? 2 : Md5::kTogether;  // 2 and 2 rather than 3 and 1
    if (chosen.size() > most) chosen.resize(most);
    return chosen;
  }

  void run() {
    std::unique_lock guard(mutex_);
    for (;;) {
      due_.wait(guard, [this] { return stopping_ || due(); });
      if (stopping_) return;
      const auto chosen = choose();
      std::vector<std::string> blocks;
      std::vector<Md5::Part> parts;
      blocks.reserve(chosen.size());
      for (Work* work : chosen) {
        work->taken = true;
        blocks.push_back(std::move(work->waiting.front()));
        work->waiting.pop_front();
        parts.push_back({&work->md5, blocks.back()});
      }
      guard.unlock();
      Md5::update(parts);
      guard.lock();
      for (std::size_t n = 0; n < chosen.size(); ++n) {
        chosen[n]->taken = false;
        chosen[n]->spare = std::move(blocks[n]);
      }
      progress_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable due_, progress_;
  std::vector<Work*> all_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

Workers& workers() {
  static Workers all;  // of the process, as its cores are; begins with the first large upload
  return all;
}

class HasherBeside : public Hasher {
 public:
  explicit HasherBeside(const Md5& so_far) : work_(so_far) { workers().add(work_); }
  ~HasherBeside() override { workers().remove(work_); }
  HasherBeside(const HasherBeside&) = delete;
  HasherBeside& operator=(const HasherBeside&) = delete;

  void update(std::span<const char> bytes) override {
    while (!bytes.empty()) {
      filling_.reserve(kBlock);
      const std::size_t n = std::min(bytes.size(), kBlock - filling_.size());
      filling_.append(bytes.data(), n);
      bytes = bytes.subspan(n);
      if (filling_.size() == kBlock) workers().hand_over(work_, filling_);
    }
  }

  std::string finish() override {
    if (!filling_.empty()) workers().hand_over(work_, filling_);
    workers().finish(work_);
    return work_.md5.finish();
  }

 private:
  Work work_;
  std::string filling_;
};

}  // namespace

std::unique_ptr<Hasher> beside(const Md5& so_far) { return std::make_unique<HasherBeside>(so_far); }

}  // namespace orrery::s3
