#include "storage/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <future>
#include <string>
#include <vector>

namespace orrery::storage {

namespace {

constexpr std::size_t kMostInGroup = 64;

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> serial{0};
  return ++serial;
}

}  // namespace

Store::Store(std::filesystem::path directory, std::span<const Migrations> components)
    : directory_(std::move(directory)), serial_(next_serial()) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) throw StorageError(0, "cannot create the data directory " + directory_.string() + ": " + error.message());
  lock_directory();
  try {
    writer_ = std::make_unique<Database>(directory_ / "orrery.db", Database::Mode::read_write);
    migrate(components);
  } catch (...) {
    writer_.reset();
    ::close(lock_);
    throw;
  }
  thread_ = std::thread([this] { writer_loop(); });
}

Store::~Store() {
  stop();
  writer_.reset();
  if (lock_ >= 0) ::close(lock_);
}

void Store::lock_directory() {
  const auto file = directory_ / "lock";
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) throw StorageError(errno, "cannot write to the data directory " + directory_.string() + ": " +
                                               std::error_code(errno, std::generic_category()).message());
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    lock_ = -1;
    throw StorageError(errno, "the data directory " + directory_.string() +
                                  " is in use by another orrery (choose another with --data-dir)");
  }
}

void Store::migrate(std::span<const Migrations> components) {
  Database& db = *writer_;
  db.script("CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
  db.script("BEGIN IMMEDIATE");
  for (const auto& [component, scripts] : components) {
    std::int64_t version = 0;
    {
      auto rows = db.query("SELECT version FROM schema_version WHERE component = ?", component);
      if (rows.next()) version = rows.integer(0);
    }
    const auto newest = static_cast<std::int64_t>(scripts.size());
    if (version > newest) {
      throw StorageError(0, "the database in " + directory_.string() + " was written by a newer orrery (" +
                                std::string(component) + " schema " + std::to_string(version) + ", this one knows " +
                                std::to_string(newest) + "); use that version, or another --data-dir");
    }
    if (version == newest) continue;
    for (; version < newest; ++version) db.script(std::string(scripts[static_cast<std::size_t>(version)]));
    db.execute("INSERT OR REPLACE INTO schema_version (component, version) VALUES (?, ?)", component, newest);
  }
  db.script("COMMIT");
}

void Store::write(Work work, Done done) {
  {
    const std::lock_guard guard(mutex_);
    queue_.push_back({std::move(work), std::move(done)});
  }
  arrived_.notify_one();
}

void Store::write(const Work& work) {
  std::promise<void> finished;
  write(work, [&](std::exception_ptr error) { error ? finished.set_exception(error) : finished.set_value(); });
  finished.get_future().get();
}

void Store::stop() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Store::writer_loop() {
  for (;;) {
    std::deque<Job> jobs;
    {
      std::unique_lock guard(mutex_);
      arrived_.wait(guard, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      while (!queue_.empty() && jobs.size() < kMostInGroup) {
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
    }
    commit_group(jobs);
  }
}

void Store::commit_group(std::deque<Job>& jobs) {
  Database& db = *writer_;
  std::vector<std::exception_ptr> errors(jobs.size());
  std::deque<Transaction> transactions;
  std::exception_ptr failed;
  try {
    db.execute("BEGIN IMMEDIATE");
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      Transaction& transaction = transactions.emplace_back(db, Transaction::Access::write);
      db.execute("SAVEPOINT request");
      try {
        jobs[i].work(transaction);
      } catch (...) {
        errors[i] = std::current_exception();
        db.execute("ROLLBACK TO request");
      }
      db.execute("RELEASE request");
    }
    db.execute("COMMIT");
  } catch (...) {
    failed = std::current_exception();
    try {
      db.script("ROLLBACK");
    } catch (const StorageError&) {  // no transaction is active when BEGIN itself failed
    }
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (failed) errors[i] = failed;
    if (i < transactions.size()) errors[i] ? transactions[i].run_rolled_back() : transactions[i].run_committed();
    jobs[i].done(errors[i]);
  }
}

Database& Store::reader() {
  struct Connection {
    std::uint64_t serial = 0;
    std::unique_ptr<Database> database;
  };
  thread_local Connection connection;
  if (connection.serial != serial_) {
    connection.database = std::make_unique<Database>(directory_ / "orrery.db", Database::Mode::read_only);
    connection.serial = serial_;
  }
  return *connection.database;
}

void Store::read(const Work& work) {
  Database& db = reader();
  Transaction transaction(db, Transaction::Access::read);
  db.execute("BEGIN");
  try {
    work(transaction);
  } catch (...) {
    db.execute("ROLLBACK");
    throw;
  }
  db.execute("COMMIT");
}

void Store::reset() {
  write([](Transaction& transaction) {
    std::vector<std::string> tables;
    {
      auto rows = transaction.db().query(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_version'");
      while (rows.next()) tables.emplace_back(rows.text(0));
    }
    for (const auto& table : tables) transaction.db().script("DELETE FROM \"" + table + "\"");
  });
}

}  // namespace orrery::storage
