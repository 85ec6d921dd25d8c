#pragma once
#include <chrono>
#include <optional>

#include "engines/specification.hpp"

namespace orrery::engines {

/// What is known of one engine when the next step is decided.
struct Situation {
  bool wanted = false;          ///< some service names it
  const Specification& target;  ///< as last named
  /// In force in the running engine; nullopt: no process.
  const std::optional<Specification>& in_force;
  bool created = false;  ///< its data is complete on disk
  /// The specification with which it failed for good.
  const std::optional<Specification>& failed_with;
  bool copy_pending = false;  ///< a copy of its data shall be made
  bool source_moved = false;  ///< what it replicates listens elsewhere than when it started
  /// Of `restore_from`, and of the engine that `settings.replica_of` names.
  enum class Needed { nothing, ready, pending, hopeless } needed = Needed::nothing;
  bool copy_failed = false;  ///< a copy that is still named could not be made: these are the only data
};

enum class Step {
  none,  ///< it is as wanted, or failed, or must wait
  start,
  change,  ///< while it runs
  restart,
  stop,
  copy,
  remove,
  give_up,  ///< what it needs will never be there
};

/// The one step to take next. Pure: the whole policy of the supervisor is here.
Step next_step(const Situation& situation);

}  // namespace orrery::engines
