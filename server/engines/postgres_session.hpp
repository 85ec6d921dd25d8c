#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;

namespace orrery::engines::postgres {

/// Where and as whom to log in.
struct Login {
  std::string host;
  std::uint16_t port = 0;
  std::string user, password;
  std::string database;
  std::string options = {};  ///< "-c name=value …"
  /// As libpq has it. This server speaks to its own engines over the loopback, or a network of containers.
  std::string sslmode = "disable";
};

/// For a superuser's own errands: no setting of a group or a role decides over them, and they stay out of the engine's
/// statement log, where users would read them as their own. Nothing waits for the disk: what a crash takes back is
/// settled again at the next start.
std::string_view quiet_options();

/// One connection of libpq. Errors are std::runtime_error with the server's own words Not thread-safe.
class Session {
 public:
  explicit Session(const Login&);
  using Row = std::vector<std::string>;
  std::vector<Row> query(const std::string& sql, const std::vector<std::string>& parameters = {});
  /// The first column of the first row; nullopt without rows. NULL is "".
  std::optional<std::string> value(const std::string& sql, const std::vector<std::string>& parameters = {});

 private:
  struct Close {
    void operator()(pg_conn*) const;
  };
  std::unique_ptr<pg_conn, Close> connection_;
};

/// "name" and 'text' as they stand in SQL.
std::string identifier(std::string_view name);
std::string literal(std::string_view text);

/// A password as pg_authid keeps it (RFC 5803): the server never sees the text, so neither does its log.
std::string scram_verifier(std::string_view password);
bool scram_matches(std::string_view verifier, std::string_view password);

}  // namespace orrery::engines::postgres
