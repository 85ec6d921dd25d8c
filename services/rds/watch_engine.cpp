#include "services/rds/watch_engine.hpp"

#include "engines/supervisor.hpp"
#include "registry/findings.hpp"
#include "services/rds/running.hpp"

namespace orrery::rds {

namespace {

constexpr Rule kOtherVersion{
    "rds-engine-version-differs",
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html"};
constexpr Rule kFailed{"rds-engine-failed",
                       "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html"};

/// Writes `value` under `member`; false when it was there already.
bool note(Json& hidden, const char* member, const std::string& value) {
  if (hidden.value(member, "") == value) return false;
  hidden[member] = value;
  if (value.empty()) hidden.erase(member);
  return true;
}

bool watch_version(RequestContext& context, const engines::Status& status, storage::Resource& instance) {
  if (status.version.empty()) return false;
  const std::string asked = instance.document.at("EngineVersion");
  if (!note(instance.hidden, "versions", asked + " " + status.version)) return false;
  if (asked == status.version)
    settle(context, kOtherVersion, instance.arn);
  else
    advise(context, kOtherVersion, instance.arn,
           "The database " + instance.id + " asks for version " + asked + " and runs on " + status.version + " (" +
               status.backend + "), which is at hand here.");
  return true;
}

bool watch_failure(RequestContext& context, const engines::Status& status, storage::Resource& instance) {
  const bool failed = status.phase == engines::Phase::failed;
  if (!note(instance.hidden, "failure", failed ? "failed: " + status.detail : "")) return false;
  if (failed)
    advise(context, kFailed, instance.arn, "The engine of " + instance.id + " failed: " + status.detail);
  else
    settle(context, kFailed, instance.arn);
  return true;
}

}  // namespace

bool watch_engine(RequestContext& context, storage::Resource& instance) {
  if (!has_engine(context, instance.document.at("Engine"))) return false;
  const engines::Status status = context.peers.engines->status(engine_id(context, instance));
  bool changed = false;
  if (status.phase != engines::Phase::running) {
    const Json before = instance.hidden.value("lease", Json());
    place_endpoint(context, instance, port_of(instance));
    if (instance.hidden.value("lease", Json()) != before) {
      poke(context);
      changed = true;
    }
  }
  if (instance.hidden.contains("transition") && status_of(context, instance) == "available") {
    instance.hidden.erase("transition");
    if (instance.hidden.contains("origin")) instance.hidden["born"] = true;
    changed = true;
  }
  changed = watch_version(context, status, instance) || changed;
  return watch_failure(context, status, instance) || changed;
}

void forget_engine(RequestContext& context, const std::string& arn) {
  settle(context, kOtherVersion, arn);
  settle(context, kFailed, arn);
}

}  // namespace orrery::rds
