#pragma once
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

struct sqlite3;

namespace orrery::storage {

/// Copies the write-ahead log back into the database on a thread of its own, so that no request waits for it: what a
/// commit would do every thousand pages takes tens of milliseconds. When the log has become long, the writer copies the
/// rest of it, after which SQLite starts the log anew. Lives on the writer's thread.
class Checkpointer {
 public:
  /// Watches the commits of `writer`, a connection to `file`.
  Checkpointer(std::filesystem::path file, sqlite3* writer);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

 private:
  static int on_commit(void* self, sqlite3* writer, const char* name, int pages);
  void copy_when_asked();

  const std::filesystem::path file_;
  sqlite3* const writer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false, stopping_ = false;
  int asked_at_ = 0;  ///< the log's length then, in pages; the writer's own
  std::thread thread_;
};

}  // namespace orrery::storage
