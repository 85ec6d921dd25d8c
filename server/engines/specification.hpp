#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "aws/json.hpp"

namespace orrery::engines {

enum class Desired { running, stopped };

/// What a service wants to run. It follows from the store alone: a service derives all of its specifications from its
/// resources (Service::engines), and the supervisor makes the processes agree, also after a crash of either.
struct Specification {
  std::string id;        ///< "rds/000000000000/us-east-1/db-ABC": stable over renames; names the data folder
  std::string software;  ///< "postgres", "redis", "valkey", "mariadb", "mysql", "memcached"
  std::string version;   ///< as asked of AWS: "15.4"
  std::string host;      ///< the leased address that it listens on
  std::uint16_t port = 0;
  Desired desired = Desired::running;
  /// Raised by a reboot: a difference restarts the engine whatever else is equal.
  std::int64_t generation = 0;
  /// The copy whose data a new engine starts with ("": empty). Read only while there is no data folder.
  std::string restore_from;
  /// What the software's driver reads; see postgres.hpp, redis.hpp. Compared as a whole: a difference is applied.
  Json settings = Json::object();
  bool operator==(const Specification&) const = default;
};

/// A copy of an engine's data that shall exist (a snapshot). It is made once, from the source's data of that moment.
struct Copy {
  std::string id;      ///< "rds-snapshot/000000000000/us-east-1/name"
  std::string source;  ///< an engine's id, or "" with `from_copy`
  std::string from_copy;
  bool operator==(const Copy&) const = default;
};

/// Everything a service wants of the supervisor. What is not named any more is stopped and its data removed; a copy
/// that is named for the first time is made before its source goes (final snapshots).
struct Wanted {
  std::vector<Specification> engines;
  std::vector<Copy> copies;
};

enum class Phase { unknown, starting, running, stopping, stopped, failed };

struct Status {
  Phase phase = Phase::unknown;
  std::string backend;  ///< "native", "docker"
  std::string version;  ///< the one that really runs: "15.14"; "" until it ran
  std::string detail;   ///< of a failure: the log's last lines
  bool proven = false;  ///< it answered before, or came with data of an earlier server
  /// The specification that is in force, which lags behind the wanted one while a change is being applied.
  Json settings = Json::object();
  std::int64_t generation = 0;
  std::string host;
  std::uint16_t port = 0;
  double started_seconds = 0;  ///< from the start's begin to the first answer
};

enum class CopyPhase { missing, copying, complete, failed };

struct CopyStatus {
  CopyPhase phase = CopyPhase::missing;
  std::string detail;
  std::uint64_t bytes = 0;
};

}  // namespace orrery::engines
