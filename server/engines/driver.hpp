#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engines/specification.hpp"

namespace orrery::engines {

/// A program and what it needs. Paths are as the engine sees them (Place::inside).
struct Command {
  std::vector<std::string> argv;  ///< argv[0] is a program's name, found by the backend
  std::map<std::string, std::string> environment = {};
  std::string input = {};  ///< given on standard input
};

struct Outcome {
  int exit_code = 0;
  std::string output;  ///< both streams, at most 64 KiB of their end
};

/// The folder of one engine, seen from here and from the engine (a container mounts it elsewhere). Its parts: data/
/// (the engine's own), conf/ (what a driver writes), log/ (log files), tls/.
struct Place {
  std::filesystem::path outside;
  std::filesystem::path inside;
  std::string listen_host;  ///< what the engine binds to; a container binds to 0.0.0.0
  std::uint16_t listen_port = 0;
  std::string connect_host;  ///< where this server reaches it
  std::uint16_t connect_port = 0;
};

/// Where an engine's processes run: children of this process, or a container. One object an engine. Blocking calls,
/// made on the supervisor's worker threads.
class Runtime {
 public:
  virtual ~Runtime() = default;
  virtual const Place& place() const = 0;
  /// Runs a command to its end where the engine runs, as the engine's user (initdb, pg_basebackup, a version query).
  virtual Outcome run(const Command&, std::chrono::seconds limit) = 0;
  /// Starts the engine itself; its output goes to log/console.log. Throws std::runtime_error.
  virtual void start(const Command&) = 0;
  virtual bool alive() = 0;
  /// Sends the signal (SIGINT is PostgreSQL's fast shutdown) and waits; SIGKILL to the group after `limit`.
  virtual void stop(int signal, std::chrono::seconds limit) = 0;
  virtual void signal(int signal) = 0;
  /// Makes files that this process wrote readable by the engine's user, and by nobody else.
  virtual void hand_over(const std::filesystem::path& outside) = 0;
  /// Copies a folder as quickly as the file system allows (reflink, else copy), owner and modes kept.
  virtual void copy_folder(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
};

/// A certificate authority of the server's own for its engines (PEM). leaf() writes server.crt and server.key.
class Authority {
 public:
  virtual ~Authority() = default;
  virtual std::string bundle() const = 0;
  virtual void leaf(const std::filesystem::path& folder, const std::vector<std::string>& hosts) = 0;
};

/// What a driver works with, one engine at a time. `source` resolves another engine's specification by id (a replica's
/// primary); nullopt while it is not running.
struct Surroundings {
  Authority& authority;
  std::function<std::optional<Specification>(const std::string& id)> source;
  std::function<void(const std::string& line)> log;
  std::uint16_t login_port = 0;  ///< of the LoginGate at 127.0.0.1, where token logins are judged; 0: nowhere
};

/// How one software is configured, started, changed, copied. Stateless and thread-safe: state is in the place's files.
class Driver {
 public:
  virtual ~Driver() = default;
  virtual std::vector<std::string> programs() const = 0;  ///< that a native machine must have: {"postgres", "initdb"}
  /// The image for a version: {"postgres:15"}.
  virtual std::string image(const Specification&) const = 0;

  /// Whether a replica can be created only while its source runs; else it starts beside it.
  virtual bool needs_source() const { return true; }
  /// Makes the data folder when there is none: empty, or `restored` (a copy's folder) was already put in place.
  virtual void create(const Specification&, Runtime&, Surroundings&) = 0;
  /// Writes the configuration and says what to run.
  virtual Command command(const Specification&, Runtime&, Surroundings&) = 0;
  /// True when it accepts connections (one quick attempt).
  virtual bool answers(const Specification&, Runtime&) = 0;
  /// After it answers, each time: roles, passwords, databases that the specification has and the engine lacks.
  virtual void settle(const Specification&, Runtime&, Surroundings&) = 0;
  virtual std::string version(Runtime&) = 0;

  enum class Change { applied, restart };
  /// Brings a running engine from `before` to `after`; `restart`: settle what can be, a restart does the rest.
  virtual Change change(const Specification& before, const Specification& after, Runtime&, Surroundings&) = 0;
  virtual int stop_signal() const = 0;
  /// Now and then while it runs: keeps what would grow for ever, as logs do, from it.
  virtual void tend(const Specification&, Runtime&) {}

  /// Copies the data of a running or stopped engine to `to` so that create() of another can start from it.
  virtual void copy(const Specification&, Runtime&, Surroundings&, const std::filesystem::path& to) = 0;
  /// What makes the next engine's start quicker. Called once for each that runs, when nobody waits for it.
  virtual void prepare(const Specification&, Runtime&, Surroundings&) {}
  /// Removes what is kept beside the data and no restore needs any more. `copies`: the data of all that were made of
  /// this engine and are there.
  virtual void prune(const Specification&, Runtime&, Surroundings&, const std::vector<std::filesystem::path>&) {}
};

std::unique_ptr<Driver> postgres_driver();
std::unique_ptr<Driver> mariadb_driver();
std::unique_ptr<Driver> mysql_driver();  ///< MariaDB, in MySQL's place
std::unique_ptr<Driver> redis_driver();  ///< and Valkey
std::unique_ptr<Driver> memcached_driver();

}  // namespace orrery::engines
