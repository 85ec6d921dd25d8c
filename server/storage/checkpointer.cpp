#include "storage/checkpointer.hpp"

#include <sqlite3.h>

#include "storage/database.hpp"

namespace orrery::storage {

namespace {

/// Of the log, after which what is new in it is copied. SQLite's own default is 1,000; with sixteen times that, a page
/// that many commits write goes to the file, and both are synced, the more seldom.
constexpr int kPages = 16'000;
constexpr int kFewPages = 400;         ///< that the writer may copy between two commits: some milliseconds
constexpr int kMostPasses = 8;         ///< in which the copying thread tries to come that near to the log's end
constexpr int kMostPages = 32 * 1024;  ///< after which the writer copies all that is left, however long it takes

/// Copies what is in the log; gives how many of its pages are in the database's file then.
int copy(sqlite3* connection) {
  // Busy is no failure: the next call goes on from there.
  int pages = 0, copied = 0;
  sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
  return copied;
}

/// Syncs the database's file, so that the writer's own sync has little to wait for. Through SQLite's descriptor: to
/// close another would end the locks that this process holds on the file.
void sync(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK && file && file->pMethods)
    file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

}  // namespace

Checkpointer::Checkpointer(std::filesystem::path file, sqlite3* writer)
    : file_(std::move(file)), writer_(writer), thread_([this] { copy_when_asked(); }) {
  sqlite3_wal_hook(writer_, &on_commit, this);
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_autocheckpoint(writer_, kPages);
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

/// Called on the writer's thread, after the commit has let go of its locks (sqlite3_wal_hook's documentation).
int Checkpointer::on_commit(void* self, sqlite3*, const char*, int pages) {
  auto& own = *static_cast<Checkpointer*>(self);
  if (pages < own.pages_) own.asked_at_ = own.postponed_ = 0;  // the log was started anew
  own.pages_ = pages;
  if (pages - own.asked_at_ >= kPages) {
    own.asked_at_ = pages;
    {
      const std::lock_guard guard(own.mutex_);
      own.asked_ = true;
    }
    own.changed_.notify_one();
  }
  return SQLITE_OK;
}

bool Checkpointer::few_left() const { return (few_left_ || long_log()) && pages_ >= postponed_; }

bool Checkpointer::long_log() const { return pages_ > kMostPages; }

void Checkpointer::finish() {
  few_left_ = false;
  copy(writer_);
}

void Checkpointer::postpone() { postponed_ = pages_ + kFewPages; }

void Checkpointer::copy_when_asked() {
  std::unique_ptr<Database> connection;
  std::unique_lock guard(mutex_);
  for (;;) {
    changed_.wait(guard, [this] { return asked_ || stopping_; });
    if (stopping_) return;
    asked_ = false;
    guard.unlock();
    if (!connection) connection = std::make_unique<Database>(file_, Database::Mode::read_write);
    few_left_ = copy_all_but_few(connection->handle());
    guard.lock();
  }
}

bool Checkpointer::copy_all_but_few(sqlite3* connection) {
  // What is written during a pass is less than what the pass copies, so that each leaves fewer pages than the one
  // before.
  int before = copy(connection);  // long, and most of what it writes the next pass writes again: not synced
  for (int pass = 1; pass < kMostPasses; ++pass) {
    const int copied = copy(connection);
    sync(connection);
    if (pages_ - copied < kFewPages) return true;
    if (copied == before) return false;  // somebody reads what is older
    before = copied;
  }
  return false;
}

}  // namespace orrery::storage
