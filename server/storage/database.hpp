#pragma once
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

struct sqlite3;
struct sqlite3_context;
struct sqlite3_stmt;
struct sqlite3_value;

namespace orrery::storage {

/// A failure of SQLite or of the file below it. Answered as the service's internal failure.
class StorageError : public std::runtime_error {
 public:
  StorageError(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

/// Bytes bound as a BLOB; plain string_view binds as TEXT.
struct Blob {
  std::string_view bytes;
};

/// The rows of one query: step with next(), then read columns of the current row. Resets its statement when it goes.
/// text() and blob() stay valid until the next step.
class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  bool next();
  std::int64_t integer(int column) const;
  double number(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool null(int column) const;

 private:
  sqlite3_stmt* statement_;
};

/// One SQLite connection with its prepared statements, kept by their SQL text. Used by one thread at a time.
class Database {
 public:
  /// `create`: not synced to disk until the caller sets PRAGMA synchronous.
  enum class Mode { read_write, read_only, create };

  /// Opens (and, unless read_only, creates) the file in WAL mode. Throws StorageError.
  Database(const std::filesystem::path& file, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// `sql` must be a literal or otherwise outlive the connection. A statement can't be nested in itself.
  template <typename... A>
  Rows query(std::string_view sql, const A&... arguments) {
    sqlite3_stmt* statement = prepare(sql);
    if (!before_write_.empty()) guard(statement);
    int index = 0;
    (bind(statement, ++index, arguments), ...);
    return Rows(statement);
  }

  /// Runs a statement that returns no rows; returns the number of rows changed.
  template <typename... A>
  std::int64_t execute(std::string_view sql, const A&... arguments) {
    query(sql, arguments...).next();
    return changes();
  }

  /// The same for an upsert that has `replaced(old, new)` as a new value: that is `new`, and `visit` sees the blob
  /// `old`. To select it before would seek the row once more.
  template <typename... A>
  std::int64_t replace(const std::function<void(std::string_view)>& visit, std::string_view sql,
                       const A&... arguments) {
    visit_replaced_ = &visit;
    return execute(sql, arguments...);
  }

  /// Runs several statements, unprepared (schema, pragmas).
  void script(const std::string& sql);

  /// Runs `sql` (a literal) before the next statement that writes; "" for none.
  void before_write(std::string_view sql) { before_write_ = sql; }
  /// Whether that is still to come.
  bool awaits_write() const { return !before_write_.empty(); }
  std::int64_t changes() const;
  sqlite3* handle() { return handle_; }

 private:
  sqlite3_stmt* prepare(std::string_view sql);
  void guard(sqlite3_stmt* statement);
  static void bind_text(sqlite3_stmt*, int, std::string_view);
  static void bind_blob(sqlite3_stmt*, int, std::string_view);
  static void bind_integer(sqlite3_stmt*, int, std::int64_t);
  static void bind_number(sqlite3_stmt*, int, double);
  static void bind_null(sqlite3_stmt*, int);

  template <typename T>
  static void bind(sqlite3_stmt* statement, int index, const T& value) {
    if constexpr (std::is_same_v<T, Blob>) {
      bind_blob(statement, index, value.bytes);
    } else if constexpr (std::is_same_v<T, std::nullopt_t> || std::is_same_v<T, std::nullptr_t>) {
      bind_null(statement, index);
    } else if constexpr (std::is_integral_v<T>) {
      bind_integer(statement, index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
      bind_number(statement, index, value);
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
      bind_text(statement, index, value);
    } else {  // std::optional
      value ? bind(statement, index, *value) : bind_null(statement, index);
    }
  }

  static void replaced(sqlite3_context*, int, sqlite3_value**);

  sqlite3* handle_ = nullptr;
  const std::function<void(std::string_view)>* visit_replaced_ = nullptr;  ///< of the last replace()
  std::string_view before_write_;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

}  // namespace orrery::storage
