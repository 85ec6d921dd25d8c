#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "storage/transaction.hpp"

namespace orrery::storage {

class Checkpointer;

/// The forward migrations of one component's tables: script i brings the component from version i to i + 1.
struct Migrations {
  std::string_view component;
  std::span<const std::string_view> scripts;
};

/// A data directory: the SQLite file, its single writer thread, and a read connection a thread. Thread-safe.
class Store {
 public:
  /// Opens or creates the directory, takes its lock and migrates. Throws StorageError with one clear line: not
  /// writable, in use by another process, or made by a newer version.
  Store(std::filesystem::path directory, std::span<const Migrations> components);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const std::filesystem::path& directory() const { return directory_; }

  /// Queues `work` for the writer. Work that arrives together is committed together, each in a savepoint of its own:
  /// what throws is rolled back alone. `done` runs on the writer thread after the commit, with what was thrown.
  using Work = std::function<void(Transaction&)>;
  using Done = std::function<void(std::exception_ptr)>;
  void write(Work work, Done done);
  /// The same, and waits. Not for I/O threads.
  void write(const Work& work);

  /// Runs `work` in a read transaction on the calling thread's own connection: a snapshot of the last commit. The
  /// transaction is kept for the thread's next call while nothing is committed: beginning one takes three file locks.
  void read(const Work& work);

  /// A number that every commit raises, never the same for two stores: what was read under it holds while it stands.
  std::uint64_t commits() const { return commits_.load(std::memory_order_acquire); }

  /// Ends the writer after the queue is empty.
  void stop();

  /// Deletes every row of every table (POST /_orrery/reset) in one transaction.
  void reset();

 private:
  struct Job {
    Work work;
    Done done;
  };
  void lock_directory();
  void migrate(std::span<const Migrations> components);
  void writer_loop(Checkpointer& checkpointer);
  void commit_group(std::deque<Job>& jobs);
  struct Reader;
  Reader& reader();
  void release_stale_readers();
  /// Copies the rest of the log while no reader has a snapshot; later, when one reads for too long.
  void finish(Checkpointer& checkpointer);

  /// Before which new reads wait while it is closed: whoever reads without pause would be in the way for ever.
  class Gate {
   public:
    void pass() {
      if (closed_.load(std::memory_order_acquire)) const std::lock_guard wait(mutex_);
    }
    class Closed {
     public:
      explicit Closed(Gate& gate) : gate_(gate), guard_(gate.mutex_) { gate_.closed_ = true; }
      ~Closed() { gate_.closed_ = false; }
      Closed(const Closed&) = delete;
      Closed& operator=(const Closed&) = delete;

     private:
      Gate& gate_;
      const std::lock_guard<std::mutex> guard_;
    };

   private:
    std::mutex mutex_;
    std::atomic<bool> closed_ = false;
  };

  std::filesystem::path directory_;
  int lock_ = -1;
  const std::uint64_t serial_;  ///< tells thread-local read connections of one Store from another's
  std::atomic<std::uint64_t> commits_;
  std::mutex readers_mutex_;
  Gate gate_;
  std::vector<std::weak_ptr<Reader>> readers_;
  std::unique_ptr<Database> writer_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace orrery::storage
