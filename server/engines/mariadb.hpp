#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engines/in_hand.hpp"
#include "engines/mariadb_session.hpp"

/// The parts of the driver of MariaDB, which also stands in for MySQL. `rdsadmin` has all rights there, and the master
/// user those that RDS grants.
namespace orrery::engines::mariadb {

namespace fs = std::filesystem;

using Variables = std::map<std::string, std::string>;

/// A specification's settings, read (README.md has their form).
struct Settings : DatabaseSettings {
  std::int64_t backup_days = 0;
};
Settings read_settings(const Specification&);

/// An engine, and its settings, in hand.
struct Engine : InHand {
  Engine(const Specification& wanted, Runtime& where, Surroundings* around)
      : InHand(wanted, where, around), settings(read_settings(wanted)) {}
  Settings settings;

  /// As rdsadmin.
  Session session() const;
};

/// What rdsadmin and rdsrepladmin log in with. It lies in the data folder, and so goes along with every copy of it.
constexpr auto secret_file = "rdsadmin.secret";
/// The id of the engine that a copy was made from: its binary log has what follows.
constexpr auto source_file = "orrery.source";
/// In this folder of an engine the binary log lies, by RDS's name.
constexpr auto log_folder = "binlog";
constexpr auto log_name = "mysql-bin-changelog";
/// Of the redo log. The template's and everybody's: another size would be laid out anew at the first start.
constexpr auto redo_log_size = "16777216";

/// Aria asks access() whether it has a control file, which heeds no capability: by an absolute path it would find none
/// below a folder that is closed to the engine's user, and take every table for another server's.
constexpr auto aria_folder = "./";

// mariadb_template.cpp
void make_empty_data(const Engine&);
/// Makes the copy of the template that the next new engine begins with.
void keep_spare_data(const Engine&);

// mariadb_configuration.cpp
void configure(const Engine&);
/// What a running engine takes over of the difference between the two; the rest waits for a restart, and is logged.
void take_over(const Engine& before, const Engine& after);
/// After each start: what of the group cannot stand in a file. Logs what this MariaDB does not know.
void complete(const Engine&);

// mariadb_users.cpp
void settle_users(const Engine&);

// mariadb_copies.cpp
void copy_data(const Engine&, const fs::path& to);
void prepare_restored_data(const Engine&);
/// Follows the source's log to the moment that a restored engine shall have; once.
void recover(const Engine&);

// mariadb_replication.cpp
/// Has it follow its source, from where its data ends.
void follow(const Engine&);
/// Makes a replica an engine of its own, with all that it has received.
void promote(const Engine&);

// mariadb_logs.cpp
/// Keeps log files and log tables from growing for ever.
void rotate_logs(const Engine&);

}  // namespace orrery::engines::mariadb
