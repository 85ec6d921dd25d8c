#include "storage/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <string>
#include <utility>

#include "storage/checkpointer.hpp"
#include "storage/snapshot.hpp"

namespace orrery::storage {

namespace {

constexpr std::size_t kMostInGroup = 64;
/// Of the writer for reads that are under way: as a rule, and when the log has become long.
constexpr std::chrono::milliseconds kShortWait{5}, kLongWait{1000};
constexpr std::chrono::microseconds kPause{50};

constexpr int kSerialShift = 40;
constexpr std::uint64_t kWriters = std::uint64_t{1} << 63;  ///< marks the numbers of unfinished writes

/// Counts committed changes of the configuration, of any store, and the states that writers see.
std::atomic<std::uint64_t> committed_changes{0}, writers_states{0};
thread_local std::uint64_t thread_configuration = 0;

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> serial{0};
  return ++serial;
}

/// Sets the number of the thread's configuration while it reads.
struct Reading {
  explicit Reading(std::uint64_t number) : before(std::exchange(thread_configuration, number)) {}
  ~Reading() { thread_configuration = before; }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  const std::uint64_t before;
};

}  // namespace

std::uint64_t configuration() { return thread_configuration; }

void configuration_changed() {
  if (thread_configuration != 0) thread_configuration = kWriters | ++writers_states;
}

Store::Store(std::filesystem::path directory, std::span<const Migrations> components)
    : directory_(std::move(directory)), serial_(next_serial()), commits_(serial_ << 40) {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) throw StorageError(0, "cannot create the data directory " + directory_.string() + ": " + error.message());
  lock_directory();
  try {
    // Until its tables stand, a new file holds nothing that a power cut could take.
    const auto file = directory_ / "orrery.db";
    const bool fresh = !std::filesystem::exists(file);
    writer_ = std::make_unique<Database>(file, fresh ? Database::Mode::create : Database::Mode::read_write);
    migrate(components);
    writer_->script("PRAGMA synchronous=NORMAL");
  } catch (...) {
    writer_.reset();
    ::close(lock_);
    throw;
  }
  thread_ = std::thread([this] {
    thread_configuration = kWriters | ++writers_states;
    Checkpointer checkpointer(directory_ / "orrery.db", writer_->handle());
    writer_loop(checkpointer);
  });
}

Store::~Store() {
  stop();
  writer_.reset();
  if (lock_ >= 0) ::close(lock_);
}

void Store::lock_directory() {
  const auto file = directory_ / "lock";
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0)
    throw StorageError(errno, "cannot write to the data directory " + directory_.string() + ": " +
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
  db.script(
      "CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
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

void Store::writer_loop(Checkpointer& checkpointer) {
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
    if (checkpointer.few_left()) finish(checkpointer);
    commit_group(jobs);
  }
}

void Store::commit_group(std::deque<Job>& jobs) {
  Database& db = *writer_;
  std::vector<std::exception_ptr> errors(jobs.size());
  std::deque<Transaction> transactions;
  std::exception_ptr failed;
  const std::uint64_t before = thread_configuration;
  try {
    db.execute("BEGIN IMMEDIATE");
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      Transaction& transaction = transactions.emplace_back(db, Transaction::Access::write);
      const std::uint64_t untouched = thread_configuration;
      db.before_write("SAVEPOINT request");
      const auto guarded = [&] { return !db.awaits_write() && !transaction.refuses_no_more(); };
      try {
        jobs[i].work(transaction);
      } catch (...) {
        errors[i] = std::current_exception();
        if (transaction.refuses_no_more()) throw;
        if (guarded()) db.execute("ROLLBACK TO request");
        if (thread_configuration != untouched) configuration_changed();
      }
      if (guarded()) db.execute("RELEASE request");
      db.before_write({});
    }
    db.execute("COMMIT");
  } catch (...) {
    failed = std::current_exception();
    db.before_write({});
    if (thread_configuration != before) configuration_changed();
    try {
      db.script("ROLLBACK");
    } catch (const StorageError&) {  // no transaction is active when BEGIN itself failed
    }
  }
  if (!failed) {
    // In this order: who knows of the commit knows of the change too.
    if (thread_configuration != before) ++committed_changes;
    ++commits_;
    release_stale_readers();
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (failed) errors[i] = failed;
    if (i < transactions.size()) errors[i] ? transactions[i].run_rolled_back() : transactions[i].run_committed();
    jobs[i].done(errors[i]);
  }
}

/// A thread's connection. The mutex is for the writer, which ends the transactions of idle threads.
struct Store::Reader {
  explicit Reader(const std::filesystem::path& file) : database(file, Database::Mode::read_only) {}
  void end() {
    if (std::exchange(open, false)) database.execute("COMMIT");
  }

  std::mutex mutex;
  Database database;
  bool open = false;
  std::uint64_t seen = 0;           ///< commits() before the transaction began
  std::uint64_t configuration = 0;  ///< the number of what it sees
};

Store::Reader& Store::reader() {
  struct Own {
    std::uint64_t serial = 0;
    std::shared_ptr<Reader> reader;
  };
  thread_local Own own;
  if (own.serial != serial_) {
    own.reader = std::make_shared<Reader>(directory_ / "orrery.db");
    own.serial = serial_;
    const std::lock_guard guard(readers_mutex_);
    std::erase_if(readers_, [](const auto& known) { return known.expired(); });
    readers_.push_back(own.reader);
  }
  return *own.reader;
}

void Store::read(const Work& work) {
  Reader& own = reader();
  gate_.pass();
  const std::lock_guard guard(own.mutex);
  const std::uint64_t now = commits();
  if (own.seen != now) own.end();
  if (!own.open) {
    own.database.execute("BEGIN");
    own.open = true;
    own.seen = now;
    own.configuration = serial_ << kSerialShift | committed_changes.load(std::memory_order_acquire);
  }
  const Reading reading(own.configuration);
  Transaction transaction(own.database, Transaction::Access::read);
  work(transaction);
}

/// An old snapshot keeps the checkpoint from starting the log anew, so that it would grow.
void Store::release_stale_readers() {
  const std::lock_guard guard(readers_mutex_);
  for (const auto& known : readers_) {
    const auto idle = known.lock();
    if (!idle) continue;
    const std::unique_lock held(idle->mutex, std::try_to_lock);
    if (held && idle->seen != commits()) idle->end();
  }
}

/// Readers that come after it see a log that is copied, so they read the file, and the log can be started anew.
void Store::finish(Checkpointer& checkpointer) {
  const std::lock_guard guard(readers_mutex_);
  const Gate::Closed closed(gate_);
  const auto until = std::chrono::steady_clock::now() + (checkpointer.long_log() ? kLongWait : kShortWait);
  std::vector<std::shared_ptr<Reader>> readers;
  std::vector<std::unique_lock<std::mutex>> held;
  for (const auto& known : readers_) {
    auto reader = known.lock();
    if (!reader) continue;
    while (!held.emplace_back(reader->mutex, std::try_to_lock)) {
      if (std::chrono::steady_clock::now() > until) {
        checkpointer.postpone();
        return;
      }
      held.pop_back();
      std::this_thread::sleep_for(kPause);
    }
    readers.push_back(std::move(reader));
  }
  for (const auto& reader : readers) reader->end();
  checkpointer.finish();
}

void Store::reset() {
  write([](Transaction& transaction) {
    configuration_changed();
    std::vector<std::string> tables;
    {
      auto rows = transaction.db().query(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> "
          "'schema_version'");
      while (rows.next()) tables.emplace_back(rows.text(0));
    }
    for (const auto& table : tables) transaction.db().script("DELETE FROM \"" + table + "\"");
  });
}

}  // namespace orrery::storage
