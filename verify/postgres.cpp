#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "verify/database_target.hpp"

namespace orrery::verify {

namespace {

constexpr const char* kSeconds = "10";

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Finish>;
using Result = std::unique_ptr<PGresult, Finish>;

/// With nothing of the user's own environment or files: passwords, root certificates, options.
Connection connect(const DatabaseTarget& target) {
  const std::string port = std::to_string(target.port), authority = target.authority.string();
  const bool verified = !authority.empty();
  const std::array<const char*, 14> names{"host",
                                          "port",
                                          "user",
                                          "password",
                                          "dbname",
                                          "sslmode",
                                          "passfile",
                                          "sslrootcert",
                                          "connect_timeout",
                                          "gssencmode",
                                          "client_encoding",
                                          "options",
                                          "application_name",
                                          nullptr};
  const std::array<const char*, 14> values{target.host.c_str(),
                                           port.c_str(),
                                           target.user.c_str(),
                                           target.password.c_str(),
                                           target.database.c_str(),
                                           verified ? "verify-full" : "require",
                                           "/dev/null/none",
                                           verified ? authority.c_str() : "/dev/null/none",
                                           kSeconds,
                                           "disable",
                                           "UTF8",
                                           "",
                                           "orrery verify",
                                           nullptr};
  return Connection(PQconnectdbParams(names.data(), values.data(), 0));
}

[[noreturn]] void fail(const Connection& connection) { throw std::runtime_error(PQerrorMessage(connection.get())); }

std::string enter_postgres(const DatabaseTarget& target) {
  const Connection connection = connect(target);
  if (PQstatus(connection.get()) != CONNECTION_OK) fail(connection);
  const Result result(PQexec(connection.get(), "select version()"));
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) fail(connection);
  const std::string version = PQgetvalue(result.get(), 0, 0);
  const char* protocol = PQsslAttribute(connection.get(), "protocol");
  if (protocol == nullptr) throw std::runtime_error("the connection has no TLS");
  return version.substr(0, std::min(version.find(" on "), version.find(" ("))) + ", " +
         protocol;  // not where it was built
}

bool wants_postgres_password(const DatabaseTarget& target) {
  DatabaseTarget nobody = target;
  nobody.password.clear();
  const Connection connection = connect(nobody);
  if (PQstatus(connection.get()) == CONNECTION_OK) return false;
  // sslmode has settled that this was asked inside TLS.
  if (PQconnectionNeedsPassword(connection.get()) == 0) fail(connection);
  return true;
}

}  // namespace

const DatabaseClient postgres_client{&enter_postgres, &wants_postgres_password};

}  // namespace orrery::verify
