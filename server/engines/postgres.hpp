#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engines/in_hand.hpp"
#include "engines/postgres_session.hpp"

/// The parts of the PostgreSQL driver. A data folder is one that RDS would have made: `rdsadmin` is its superuser and
/// nobody's login, the master user is an ordinary role with the rights that rds_superuser has.
namespace orrery::engines::postgres {

namespace fs = std::filesystem;

/// A specification's settings, read (README.md has their form).
struct Settings : DatabaseSettings {
  std::vector<std::string> preload;
  std::vector<std::string> listen;  ///< addresses besides its own
  std::string timezone, locale;
  std::string login_resource;     ///< under whose id token logins are judged; "": its own
  std::int64_t archive_days = 0;  ///< for how long the log is kept; 0: not at all
};
Settings read_settings(const Specification&);

/// An engine, and its settings, in hand.
struct Engine : InHand {
  Engine(const Specification& wanted, Runtime& where, Surroundings* around)
      : InHand(wanted, where, around), settings(read_settings(wanted)) {}
  Settings settings;

  /// As rdsadmin.
  Session session(const std::string& database = "rdsadmin") const;
};

/// What rdsadmin and rdsrepladmin log in with. It lies in the data folder, and so goes along with every copy of it.
constexpr auto secret_file = "rdsadmin.secret";
/// The id of the engine that a copy was made from: its archive has the log that follows.
constexpr auto source_file = "orrery.source";
/// The first segment of the log that recovery from this copy reads.
constexpr auto log_start_file = "orrery.log_start";

// postgres_template.cpp
void make_empty_data(const Engine&);
/// Makes the copy of the template that the next new engine begins with.
void keep_spare_data(const Engine&);

// postgres_bootstrap.cpp
/// What a fresh cluster gets in single-user mode before it first starts, in the form that `postgres --single -j` reads.
std::string bootstrap_sql(const std::string& secret);
/// The extensions that RDS supports, as SHOW rds.extensions lists them.
std::string supported_extensions();

// postgres_recovery.cpp
void prepare_restored_data(const Engine&);
void make_replica_data(const Engine&);
void copy_data(const Engine&, const fs::path& to);
/// Removes the log that comes before the oldest of these copies from which a restore may start; all of it where the
/// engine keeps none.
void prune_archive(const Engine&, const std::vector<fs::path>& copies);
void promote(const Engine&, const std::string& former_primary);
/// The log archive of an engine that keeps one, and the part of another's that recovery reads.
constexpr auto archive_folder = "wal";
constexpr auto fetched_folder = "wal.fetched";
/// A replica's slot on its primary.
std::string slot_name(const std::string& id);
/// How a replica reaches its primary; remembered, because it must start without its primary too.
std::string primary_connection(const Engine&);

// postgres_parameters.cpp
/// The parameter group's part of postgresql.conf: what this server's machine can load and the group may decide.
std::map<std::string, std::string> usable_parameters(const Engine&);
std::string setting_line(const std::string& name, const std::string& value);

// postgres_configuration.cpp
void configure(const Engine&);

// postgres_roles.cpp
/// By a session of rdsadmin.
void settle_roles(const Engine&, Session&);

}  // namespace orrery::engines::postgres
