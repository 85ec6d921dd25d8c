#include "storage/checkpointer.hpp"

#include <sqlite3.h>

#include "storage/database.hpp"

namespace orrery::storage {

namespace {

/// Of the log, after which what is new in it is copied. SQLite's own default is 1,000; with eight times that, a page
/// that many commits write goes to the file, and both are synced, the more seldom.
constexpr int kPages = 8000;
constexpr int kMostPages = 16 * 1024;  ///< after which the writer copies the rest, and the log is started anew

void copy(sqlite3* connection) {
  // Busy is no failure: the next call goes on from there.
  sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
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
int Checkpointer::on_commit(void* self, sqlite3* writer, const char*, int pages) {
  auto& own = *static_cast<Checkpointer*>(self);
  if (pages < own.asked_at_) own.asked_at_ = 0;  // the log was started anew
  if (pages > kMostPages) {
    copy(writer);
  } else if (pages - own.asked_at_ >= kPages) {
    own.asked_at_ = pages;
    {
      const std::lock_guard guard(own.mutex_);
      own.asked_ = true;
    }
    own.changed_.notify_one();
  }
  return SQLITE_OK;
}

void Checkpointer::copy_when_asked() {
  std::unique_ptr<Database> connection;
  std::unique_lock guard(mutex_);
  for (;;) {
    changed_.wait(guard, [this] { return asked_ || stopping_; });
    if (stopping_) return;
    asked_ = false;
    guard.unlock();
    if (!connection) connection = std::make_unique<Database>(file_, Database::Mode::read_write);
    copy(connection->handle());
    sync(connection->handle());
    guard.lock();
  }
}

}  // namespace orrery::storage
