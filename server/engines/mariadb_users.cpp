#include <algorithm>
#include <cstdlib>

#include "engines/mariadb.hpp"

namespace orrery::engines::mariadb {
namespace {

/// RDS user guide, "Master user account privileges". SLAVE MONITOR is what MariaDB split off from REPLICATION CLIENT
/// for SHOW REPLICA STATUS, by which RDS has its users watch their replicas.
constexpr auto privileges =
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, "
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, SLAVE MONITOR, CREATE VIEW, "
    "SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER";
/// On RDS for MySQL the master user can GRANT ALL ON a database, on RDS for MariaDB it can not
/// (github.com/tenancy/multi-tenant/issues/660): there the list lacks one.
constexpr auto also_for_mysql = ", DELETE HISTORY";

/// What was settled: a password that a user changed by ALTER USER stays (RDS does not take it back either), and a
/// database that a user dropped is not made again.
class Memory {
 public:
  explicit Memory(Session& session) : session_(session) {
    // For data of before there was one, and for users who drop it.
    session_.query(
        "CREATE TABLE IF NOT EXISTS mysql.rds_settled (item varchar(100) PRIMARY KEY, "
        "value varchar(300) NOT NULL) ENGINE=InnoDB");
  }
  std::string read(const std::string& item) {
    return session_.value("SELECT value FROM mysql.rds_settled WHERE item = " + literal(item)).value_or("");
  }
  void write(const std::string& item, const std::string& value) {
    session_.query("REPLACE INTO mysql.rds_settled VALUES (" + literal(item) + ", " + literal(value) + ")");
  }

 private:
  Session& session_;
};

void settle_master(const Engine& engine, Session& session, Memory& memory) {
  const auto& settings = engine.settings;
  const auto user = literal(settings.user) + "@'%'", hash = native_hash(settings.password);
  const bool exists =
      session.value("SELECT 1 FROM mysql.global_priv WHERE Host = '%' AND User = " + literal(settings.user))
          .has_value();
  if (exists && memory.read("password") == hash) return;
  session.query((exists ? "ALTER USER " : "CREATE USER ") + user + " IDENTIFIED BY PASSWORD " + literal(hash));
  // "If you accidentally delete the permissions for the master user, you can restore them by … setting a new master
  // user password."
  session.query(std::string("GRANT ") + privileges + (engine.specification.software == "mysql" ? also_for_mysql : "") +
                " ON *.* TO " + user + " WITH GRANT OPTION");
  memory.write("password", hash);
}

void settle_database(const Engine& engine, Session& session, Memory& memory) {
  if (!memory.read("database").empty()) return;
  const auto& name = engine.settings.database;
  if (!name.empty()) session.query("CREATE DATABASE IF NOT EXISTS " + identifier(name));
  memory.write("database", name.empty() ? "none" : name);
}

/// The log is kept for as long as there are backups to roll forward from, or as mysql.rds_set_configuration asked; for
/// a day at least, so that a replica may be away.
void settle_log(const Engine& engine, Session& session) {
  const auto asked = session.value("SELECT value FROM mysql.rds_configuration WHERE name = 'binlog retention hours'");
  const auto hours =
      std::max<std::int64_t>({std::atol(asked.value_or("0").c_str()), engine.settings.backup_days * 24, 24});
  if (!engine.settings.parameters.contains("binlog_expire_logs_seconds"))
    session.query("SET GLOBAL binlog_expire_logs_seconds = " +
                  std::to_string(std::min<std::int64_t>(hours, 27'000) * 3600));
}

}  // namespace

void settle_users(const Engine& engine) {
  auto session = engine.session();
  Memory memory(session);
  if (!engine.settings.user.empty() && !engine.settings.password.empty()) settle_master(engine, session, memory);
  settle_database(engine, session, memory);
  settle_log(engine, session);
}

}  // namespace orrery::engines::mariadb
