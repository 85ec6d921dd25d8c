#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engines/specification.hpp"
#include "storage/store.hpp"

namespace orrery::engines {

enum class Backend { off, native, docker };

/// Where an engine can listen: at any address of this machine, or, a container whose port is published, at its own.
enum class Listening { anywhere, own_address };

/// Where an engine can be reached: what the API advertises.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

/// What `--engines` and its companions settle.
struct Options {
  std::string engines = "auto";           ///< "auto", "native", "docker", "off", or "postgres=native,redis=docker"
  std::string advertise_host;             ///< "": the leased address itself
  std::string listen_host = "127.0.0.1";  ///< of leased ports; 0.0.0.0 when the server itself listens everywhere
  std::string engine_ports;               ///< "4510-4559": lease ports on one address instead of addresses
  std::map<std::string, std::string> images = {};  ///< "postgres:15" → image, from --engine-image
};

/// Runs engines so that they agree with what the services want. Thread-safe; no call waits for an engine.
/// Data lives in <data-dir>/engines/<id>, copies in <data-dir>/copies/<id>.
class Supervisor {
 public:
  static const storage::Migrations migrations;  ///< the leases

  virtual ~Supervisor() = default;

  /// Which backend runs this software ("postgres", "redis", …) and why; Backend::off: no engine, endpoints only.
  virtual Backend backend(std::string_view software) const = 0;
  /// Whether further leased addresses can lead to an engine of this software (settings "listen").
  virtual Listening listening(std::string_view software) const = 0;

  /// Leases an address (or a port) for the engine in the caller's transaction; the same again for the same id and
  /// port. Returns what is advertised. `listen` has where the engine itself listens.
  struct Lease {
    Endpoint advertised, listen;
  };
  virtual Lease lease(storage::Transaction&, const std::string& id, std::uint16_t port) = 0;
  virtual void release(storage::Transaction&, const std::string& id) = 0;

  /// Something may be wanted differently: handlers call it by tx.on_commit. Returns at once.
  virtual void poke() = 0;

  virtual Status status(const std::string& id) const = 0;
  virtual CopyStatus copy_status(const std::string& id) const = 0;

  /// Log files of an engine, newest last, for DescribeDBLogFiles and the like.
  struct LogFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::int64_t modified_millis = 0;
  };
  virtual std::vector<LogFile> log_files(const std::string& id) const = 0;
  /// A part of a log file from `offset`, at most `limit` bytes; throws std::out_of_range for an unknown name.
  virtual std::string log_text(const std::string& id, const std::string& name, std::uint64_t offset,
                               std::size_t limit) const = 0;

  /// Everything, for /_orrery/engines.
  virtual Json describe() const = 0;
  /// Waits (at most `millis`) until everything wanted is running, stopped or failed. For tests, reset and demo.
  virtual bool settled(int millis) = 0;
};

}  // namespace orrery::engines
