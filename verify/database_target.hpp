#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace orrery::verify {

struct DatabaseTarget {
  std::string host;
  std::uint16_t port = 0;
  std::string user, password, database;
  std::filesystem::path authority;  ///< empty: TLS without a look at the certificate
};

/// How one software's databases are entered. Each throws std::runtime_error in the words of the server or of the
/// client's library.
struct DatabaseClient {
  /// Connects over TLS and asks for the version: "PostgreSQL 15.20, TLSv1.3".
  std::string (*enter)(const DatabaseTarget&);
  /// Whether the server, over TLS, wants a password of the user before it lets anyone in.
  bool (*wants_password)(const DatabaseTarget&);
};

extern const DatabaseClient postgres_client;  ///< libpq
extern const DatabaseClient mariadb_client;   ///< libmariadb, of MySQL too

}  // namespace orrery::verify
