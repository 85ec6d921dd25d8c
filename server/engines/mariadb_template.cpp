#include <stdexcept>

#include "aws/ids.hpp"
#include "engines/folders.hpp"
#include "engines/mariadb.hpp"

namespace orrery::engines::mariadb {
namespace {

using std::chrono::seconds;

/// A build of the server: data of one is not always read by another.
fs::path template_folder(const Engine& engine) {
  const auto build = engine.run({{"mariadbd", "--version"}}, seconds(60));
  return engine.shared_folder() / ("mariadb-" + aws::hex(aws::sha256(build)).substr(0, 16));
}

/// The tables of time zones, which RDS's servers have; kept out of Aria's log, which every copy would carry else.
std::string time_zones(const Engine& engine) {
  constexpr auto file = "time_zones.sql";
  std::string sql;
  for (const auto* table :
       {"time_zone", "time_zone_name", "time_zone_transition", "time_zone_transition_type", "time_zone_leap_second"})
    sql += std::string("ALTER TABLE ") + table + " TRANSACTIONAL = 0;\n";
  try {
    engine.run({{"sh", "-c", "mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null >\"$0\"", engine.inside(file)}},
               seconds(60));
    sql += read_file(engine.outside(file));
  } catch (const std::runtime_error& error) {
    engine.log(std::string("no names of time zones: ") + error.what());
  }
  fs::remove(engine.outside(file));
  return sql;
}

// Users as RDS has them: rdsadmin is RDS's own, rdsrepladmin its replicas'. mariadb.sys owns the view mysql.user.
// Replicas are followed as rdsrepladmin, so its password stands in the data as well.
constexpr std::string_view users = R"sql(
FLUSH PRIVILEGES;
DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';
DELETE FROM mysql.db;
DELETE FROM mysql.proxies_priv;
FLUSH PRIVILEGES;
CREATE USER rdsadmin@'%' IDENTIFIED BY PASSWORD '@hash@';
GRANT ALL ON *.* TO rdsadmin@'%' WITH GRANT OPTION;
CREATE USER rdsrepladmin@'%' IDENTIFIED BY PASSWORD '@hash@';
GRANT REPLICATION SLAVE ON *.* TO rdsrepladmin@'%';
)sql";

// RDS's procedures for what its master user may not do itself (RDS user guide, "RDS for MySQL stored procedure
// reference"), and the tables behind them. A statement stands on one line, as --bootstrap reads them.
constexpr std::string_view procedures = R"sql(
CREATE TABLE mysql.rds_configuration (name varchar(100) PRIMARY KEY, value varchar(100), description varchar(300)) ENGINE=InnoDB;
INSERT INTO mysql.rds_configuration VALUES ('binlog retention hours', NULL, 'binlog retention hours specifies the duration in hours before binary logs are automatically deleted.');
CREATE TABLE mysql.rds_settled (item varchar(100) PRIMARY KEY, value varchar(300) NOT NULL) ENGINE=InnoDB;
CREATE DEFINER=rdsadmin@'%' PROCEDURE mysql.rds_kill(IN thread BIGINT) KILL CONNECTION thread;
CREATE DEFINER=rdsadmin@'%' PROCEDURE mysql.rds_kill_query(IN thread BIGINT) KILL QUERY thread;
CREATE DEFINER=rdsadmin@'%' PROCEDURE mysql.rds_show_configuration() SELECT name, value, description FROM mysql.rds_configuration;
CREATE DEFINER=rdsadmin@'%' PROCEDURE mysql.rds_set_configuration(IN item VARCHAR(100), IN setting INT) UPDATE mysql.rds_configuration SET value = setting WHERE name = item;
CREATE TABLE mysql.slow_log_backup LIKE mysql.slow_log;
CREATE TABLE mysql.general_log_backup LIKE mysql.general_log;
CREATE DEFINER=rdsadmin@'%' PROCEDURE mysql.rds_rotate_slow_log() BEGIN CREATE TABLE mysql.slow_log_next LIKE mysql.slow_log; DROP TABLE mysql.slow_log_backup; RENAME TABLE mysql.slow_log TO mysql.slow_log_backup, mysql.slow_log_next TO mysql.slow_log; END;
CREATE DEFINER=rdsadmin@'%' PROCEDURE mysql.rds_rotate_general_log() BEGIN CREATE TABLE mysql.general_log_next LIKE mysql.general_log; DROP TABLE mysql.general_log_backup; RENAME TABLE mysql.general_log TO mysql.general_log_backup, mysql.general_log_next TO mysql.general_log; END;
)sql";

void initialize(const Engine& engine, const std::string& part) {
  const auto data = engine.inside(part);
  const auto redo = std::string("--innodb-log-file-size=") + redo_log_size;
  const auto aria = std::string("--aria-log-dir-path=") + aria_folder;
  engine.run({{"mariadb-install-db", "--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal",
               "--skip-test-db", "--skip-name-resolve", redo, aria}},
             seconds(120));
  const auto secret = aws::random_hex(64);
  std::string sql = "USE mysql;\n" + time_zones(engine) + std::string(users) + std::string(procedures);
  constexpr std::string_view mark = "@hash@";
  for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at))
    sql.replace(at, mark.size(), native_hash(secret));
  engine.run({.argv = {"mariadbd", "--no-defaults", "--bootstrap", "--datadir=" + data, redo, aria, "--skip-log-bin"},
              .input = sql},
             seconds(120));
  engine.write(engine.outside(part) / secret_file, secret);
}

}  // namespace

void keep_spare_data(const Engine& engine) { keep_spare(engine, template_folder(engine), secret_file); }

void make_empty_data(const Engine& engine) {
  make_from_template(engine, template_folder(engine), secret_file,
                     [&](const std::string& part) { initialize(engine, part); });
}

}  // namespace orrery::engines::mariadb
