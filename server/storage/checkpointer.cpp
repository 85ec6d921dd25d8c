#include "storage/checkpointer.hpp"

#include <sqlite3.h>

#include "storage/database.hpp"

namespace orrery::storage {

namespace {

/// Of the log, after which it is copied. SQLite's own default is 1,000; with four times that, a page that many commits
/// write goes to the file, and both are synced, a quarter as often. Readers still find a page by the one hash table that
/// has the first 4,062 frames.
constexpr int kPages = 4000;
constexpr int kMostPages = 16 * 1024;  ///< after which the writer copies it whatever the thread does

void copy(sqlite3* connection) {
  // Busy is no failure: the next call goes on from there.
  sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
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
    state_ = State::stopping;
  }
  asked_.notify_one();
  thread_.join();
}

/// Called on the writer's thread, after the commit has let go of its locks (sqlite3_wal_hook's documentation).
int Checkpointer::on_commit(void* self, sqlite3* writer, const char*, int pages) {
  if (pages < kPages) return SQLITE_OK;
  auto& own = *static_cast<Checkpointer*>(self);
  std::unique_lock guard(own.mutex_);
  if (own.state_ == State::idle) {
    own.state_ = State::asked;
    own.asked_.notify_one();
  } else if (own.state_ == State::copied || pages > kMostPages) {
    if (own.state_ == State::copied) own.state_ = State::idle;
    guard.unlock();
    copy(writer);
  }
  return SQLITE_OK;
}

void Checkpointer::copy_when_asked() {
  std::unique_ptr<Database> connection;
  std::unique_lock guard(mutex_);
  for (;;) {
    asked_.wait(guard, [this] { return state_ == State::asked || state_ == State::stopping; });
    if (state_ == State::stopping) return;
    guard.unlock();
    if (!connection) connection = std::make_unique<Database>(file_, Database::Mode::read_write);
    copy(connection->handle());
    guard.lock();
    if (state_ == State::asked) state_ = State::copied;
  }
}

}  // namespace orrery::storage
