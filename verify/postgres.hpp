#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace orrery::verify {

struct PostgresTarget {
  std::string host;
  std::uint16_t port = 0;
  std::string user, password, database;
  std::filesystem::path authority;  ///< empty: TLS without a look at the certificate
};

/// Connects over TLS and asks `select version()`: "PostgreSQL 15.20, TLSv1.3". Throws std::runtime_error in the words
/// of the server or of libpq.
std::string enter_postgres(const PostgresTarget& target);

/// Whether the server, over TLS, wants a password of the user before it lets anyone in. Throws std::runtime_error when
/// nobody answers, or without TLS.
bool wants_password(const PostgresTarget& target);

}  // namespace orrery::verify
