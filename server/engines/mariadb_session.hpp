#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::engines::mariadb {

/// libmariadb's connection, whose layout is its own affair.
struct Handle;

/// Where and as whom to log in; always over TLS.
struct Login {
  std::string host;
  std::uint16_t port = 0;
  std::string user, password;
  std::string database = {};
  /// The certificates that the server's is verified with; "": it is not, as when this server speaks to its own engines.
  std::filesystem::path authority = {};
  /// SQL for each new session.
  std::string greeting = {};
  unsigned seconds = 3;  ///< to connect, and for each answer's parts
};

/// One connection of libmariadb, MariaDB's client library, which is loaded at the first. Errors are SqlError with the
/// server's own words. Not thread-safe.
class Session {
 public:
  explicit Session(const Login&);
  using Row = std::vector<std::string>;  ///< NULL is ""
  using Record = std::map<std::string, std::string>;
  std::vector<Row> query(const std::string& sql);
  /// The first column of the first row; nullopt without rows.
  std::optional<std::string> value(const std::string& sql);
  /// The first row by its columns' names; empty without rows.
  Record record(const std::string& sql);
  std::string server_version() const;
  std::string tls_version();

 private:
  struct Close {
    void operator()(Handle*) const;
  };
  std::unique_ptr<Handle, Close> connection_;
};

/// What the server, or the library, says; `number` is that of its list of errors.
struct SqlError : std::runtime_error {
  SqlError(unsigned code, const std::string& text) : std::runtime_error(text), number(code) {}
  unsigned number;
};

/// `name` and 'text' as they stand in SQL, where sql_mode is ''.
std::string identifier(std::string_view name);
std::string literal(std::string_view text);

/// A password as mysql.global_priv keeps it for mysql_native_password: the text stands in no statement, and so in no
/// log.
std::string native_hash(std::string_view password);

}  // namespace orrery::engines::mariadb
