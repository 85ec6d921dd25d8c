#include "engines/plan.hpp"

namespace orrery::engines {

namespace {

/// What a running process cannot take over: another address, another version, or a reboot.
bool needs_restart(const Specification& from, const Specification& to) {
  return from.generation != to.generation || from.host != to.host || from.port != to.port ||
         from.version != to.version || from.software != to.software;
}

/// Whether a difference matters to the engine at all.
bool same(const Specification& a, const Specification& b) { return !needs_restart(a, b) && a.settings == b.settings; }

}  // namespace

Step next_step(const Situation& now) {
  const bool runs = now.in_force.has_value();
  const bool runs_or_rests = runs || (now.created && (!now.wanted || now.target.desired == Desired::stopped));
  if (now.copy_pending && runs_or_rests) return Step::copy;
  if (!now.wanted && now.copy_failed) return runs ? Step::stop : Step::none;
  if (!now.wanted) return Step::remove;
  const bool failed = now.failed_with == now.target;
  if (now.target.desired == Desired::stopped) return runs ? Step::stop : Step::none;
  if (runs) {
    if (now.source_moved) return Step::restart;
    if (failed || same(*now.in_force, now.target)) return Step::none;
    return needs_restart(*now.in_force, now.target) ? Step::restart : Step::change;
  }
  if (failed) return now.copy_pending && now.created ? Step::copy : Step::none;
  if (now.created) return Step::start;
  switch (now.needed) {
    case Situation::Needed::pending:
      return Step::none;
    case Situation::Needed::hopeless:
      return Step::give_up;
    default:
      return Step::start;
  }
}

}  // namespace orrery::engines
