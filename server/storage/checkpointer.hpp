#pragma once
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

struct sqlite3;

namespace orrery::storage {

/// Copies the write-ahead log back into the database on a thread of its own, so that no request waits for it: what a
/// commit would do every thousand pages takes tens of milliseconds. When few pages are left, the writer copies those,
/// and if then no reader is in the log, the next commit starts it anew. Lives on the writer's thread.
class Checkpointer {
 public:
  /// Watches the commits of `writer`, a connection to `file`.
  Checkpointer(std::filesystem::path file, sqlite3* writer);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// Whether it is time for finish(): also when the log has become so long that the rest has to be copied at any price.
  bool few_left() const;
  /// Whether the log is that long.
  bool long_log() const;
  /// Copies the rest, between two commits.
  void finish();
  /// Instead of finish(): it is time for it again when the log is somewhat longer.
  void postpone();

 private:
  static int on_commit(void* self, sqlite3* writer, const char* name, int pages);
  void copy_when_asked();
  /// Copies until so few pages of the log are left that the writer can do the rest; false when it grows too fast or
  /// what is old in it is still read.
  bool copy_all_but_few(sqlite3* connection);

  const std::filesystem::path file_;
  sqlite3* const writer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false, stopping_ = false;
  int asked_at_ = 0;            ///< the log's length then, in pages; the writer's own
  int postponed_ = 0;           ///< to this length; the writer's own
  std::atomic<int> pages_ = 0;  ///< the log's length
  std::atomic<bool> few_left_ = false;
  std::thread thread_;
};

}  // namespace orrery::storage
