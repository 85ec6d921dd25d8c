#include "engines/mariadb_session.hpp"
#include "verify/database_target.hpp"

namespace orrery::verify {

namespace {

using engines::mariadb::Session;
using engines::mariadb::SqlError;

Session connect_mariadb(const DatabaseTarget& target) {
  return Session({.host = target.host,
                  .port = target.port,
                  .user = target.user,
                  .password = target.password,
                  .database = target.database,
                  .authority = target.authority,
                  .seconds = 10});
}

std::string enter_mariadb(const DatabaseTarget& target) {
  Session session = connect_mariadb(target);
  const std::string version = session.value("SELECT version()").value_or("");
  const auto name = version.find("-MariaDB");
  return (name == std::string::npos ? "MySQL " + version : "MariaDB " + version.substr(0, name)) + ", " +
         session.tls_version();
}

bool wants_mariadb_password(const DatabaseTarget& target) {
  constexpr unsigned access_denied = 1045;
  DatabaseTarget nobody = target;
  nobody.password.clear();
  try {
    connect_mariadb(nobody);
    return false;
  } catch (const SqlError& error) {
    if (error.number != access_denied) throw;
    return true;
  }
}

}  // namespace

const DatabaseClient mariadb_client{&enter_mariadb, &wants_mariadb_password};

}  // namespace orrery::verify
