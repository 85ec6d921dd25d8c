#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "engines/driver.hpp"
#include "engines/supervisor.hpp"

namespace orrery::engines {

/// Where runtimes come from: this machine's own programs, or containers. Thread-safe; calls may block.
class Machine {
 public:
  virtual ~Machine() = default;
  /// Whether this software can run here ("": no), and what it would be run with or why not.
  enum class Readiness { at_hand, after_download };
  struct Verdict {
    bool possible = false;
    std::string reason;  ///< "/usr/lib/postgresql/15/bin/postgres", "no redis-server on PATH"
    Readiness readiness = Readiness::at_hand;
    Listening listening = Listening::anywhere;
  };
  virtual Verdict judge(std::string_view software, const Driver&) = 0;
  /// The runtime of one engine, not started. `folder` is its own (Place::outside); this makes it and its parts.
  virtual std::unique_ptr<Runtime> runtime(const Specification&, const Driver&,
                                           const std::filesystem::path& folder) = 0;
  /// Ends whatever a server that is gone left running on this data directory. Called once, before any runtime is made.
  virtual void end_leftovers() = 0;
  /// Removes an engine's or a copy's folder, whoever owns what is in it.
  virtual void remove_folder(const std::filesystem::path& folder);
};

/// Where something goes to the log: a line of text, and how bad it is.
enum class Severity { info, warning };
using Log = std::function<void(Severity, const std::string& line)>;

/// Children of this process. `run_directory` keeps a note of each (root's own, so that no engine can forge one).
std::unique_ptr<Machine> native_machine(const std::filesystem::path& run_directory, Log log);

}  // namespace orrery::engines
