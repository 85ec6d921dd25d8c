#include "storage/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/log_writes.hpp"

namespace orrery::storage {

namespace {

[[noreturn]] void fail(sqlite3* handle, const std::string& doing) {
  throw StorageError(sqlite3_extended_errcode(handle), doing + ": " + sqlite3_errmsg(handle));
}

}  // namespace

Rows::~Rows() {
  if (!statement_) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_), sqlite3_sql(statement_));
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Rows::number(int column) const { return sqlite3_column_double(statement_, column); }
bool Rows::null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::string_view Rows::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Rows::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Database::Database(const std::filesystem::path& file, Mode mode) {
  // No other user may read the secrets in it; the write-ahead log and its index take their modes from the file. Not
  // opened and closed when it is there: closing ends the locks that this process holds on it.
  constexpr mode_t kOwner = S_IRUSR | S_IWUSR;
  if (mode == Mode::create) {
    if (const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOwner); made >= 0)
      ::close(made);
  } else if (mode == Mode::read_write) {
    ::chmod(file.c_str(), kOwner);  // made by a version that let others read it
  }
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (sqlite3_open_v2(file.c_str(), &handle_, flags, log_writes()) != SQLITE_OK) {
    const StorageError error(sqlite3_extended_errcode(handle_), file.string() + ": " + sqlite3_errmsg(handle_));
    sqlite3_close(handle_);
    throw error;
  }
  sqlite3_busy_timeout(handle_, 10'000);
  if (mode == Mode::create) script("PRAGMA synchronous=OFF");
  if (mode != Mode::read_only) script("PRAGMA journal_mode=WAL");
  if (mode == Mode::read_write) script("PRAGMA synchronous=NORMAL");
  sqlite3_create_function_v2(handle_, "replaced", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, this, &replaced, nullptr, nullptr,
                             nullptr);
  script("PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192;");
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

void Database::replaced(sqlite3_context* context, int, sqlite3_value** values) {
  const auto& own = *static_cast<Database*>(sqlite3_user_data(context));
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[0]));
  try {
    (*own.visit_replaced_)({bytes ? bytes : "", static_cast<std::size_t>(sqlite3_value_bytes(values[0]))});
    sqlite3_result_value(context, values[1]);
  } catch (const std::exception& error) {  // not through SQLite's frames
    sqlite3_result_error(context, error.what(), -1);
  }
}

sqlite3_stmt* Database::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK)
    fail(handle_, std::string(sql));
  // Keyed by SQLite's own copy of the text, so that no caller's buffer has to live on.
  statements_.emplace(sqlite3_sql(statement), statement);
  return statement;
}

void Database::guard(sqlite3_stmt* statement) {
  if (sqlite3_stmt_readonly(statement) == 0) execute(std::exchange(before_write_, {}));
}

void Database::script(const std::string& sql) {
  if (!before_write_.empty()) execute(std::exchange(before_write_, {}));
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle_, sql.substr(0, 200));
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

void Database::bind_text(sqlite3_stmt* statement, int index, std::string_view value) {
  sqlite3_bind_text(statement, index, value.data() ? value.data() : "", static_cast<int>(value.size()),
                    SQLITE_TRANSIENT);
}

void Database::bind_blob(sqlite3_stmt* statement, int index, std::string_view value) {
  sqlite3_bind_blob64(statement, index, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT);
}

void Database::bind_integer(sqlite3_stmt* statement, int index, std::int64_t value) {
  sqlite3_bind_int64(statement, index, value);
}

void Database::bind_number(sqlite3_stmt* statement, int index, double value) {
  sqlite3_bind_double(statement, index, value);
}

void Database::bind_null(sqlite3_stmt* statement, int index) { sqlite3_bind_null(statement, index); }

}  // namespace orrery::storage
