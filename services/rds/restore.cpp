#include "services/rds/restore.hpp"

#include <chrono>

#include "aws/ids.hpp"
#include "engines/supervisor.hpp"
#include "services/rds/automated_backups.hpp"
#include "services/rds/building.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/disks.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/network.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/running.hpp"
#include "services/rds/security.hpp"
#include "services/rds/snapshot.hpp"
#include "services/rds/watching.hpp"

namespace orrery::rds {

namespace {

/// What a restored instance begins with.
struct Base {
  Json instance;  ///< the document of the one it comes from
  std::int64_t port = 0;
  std::string password;
  storage::Tags tags;
  engines::Copy copy = {};
  std::optional<aws::Millis> recover_to = {};
};

Base base_of(const Json& hidden) {
  // Snapshots from before their instance's document was kept.
  if (!hidden.contains("instance")) throw not_built("A restore from a snapshot that an older version took");
  return {.instance = hidden.at("instance"),
          .port = hidden.at("port"),
          .password = hidden.at("password"),
          .tags = hidden.at("tags").get<storage::Tags>()};
}

void inherit_restored(const Json& from, Json& document) {
  for (const char* member : {"StorageType", "AllocatedStorage", "Iops", "StorageThroughput", "MasterUsername", "DBName",
                             "StorageEncrypted", "KmsKeyId", "BackupRetentionPeriod", "PreferredBackupWindow"})
    if (from.contains(member)) document[member] = from.at(member);
}

void keep_origin(RequestContext& context, const Base& base, storage::Resource& instance) {
  instance.hidden["password"] = base.password;
  if (base.copy.id.empty() || !has_engine(context, instance.document.at("Engine"))) return;
  instance.hidden["origin"] = {{"id", base.copy.id}, {"source", base.copy.source}, {"from_copy", base.copy.from_copy}};
  if (base.recover_to) instance.hidden["recover_to"] = *base.recover_to;
}

storage::Resource restore(RequestContext& context, const Input& input, const std::string& identifier,
                          const Base& base) {
  if (context.resources().exists(kInstance, identifier)) throw instance_exists();
  const Engine& engine = checked_engine(base.instance.at("Engine"));
  if (input.has("Engine") && lower(input.str("Engine")) != engine.name)
    throw invalid_parameter_combination("The engine " + input.str("Engine") + " is not compatible with the source, " +
                                        std::string(engine.name) + ".");
  refuse_foreign(engine, input);
  input.acknowledge("DBName", "RDS documents that it doesn't apply to these engines");
  const std::string version_name = base.instance.at("EngineVersion");
  const ChosenVersion version = *choose_version(engine, version_name, context.now);
  storage::Resource instance = blank_instance(context, identifier);
  Json& document = instance.document;
  inherit_restored(base.instance, document);
  document["DBInstanceClass"] = input.str("DBInstanceClass", base.instance.at("DBInstanceClass").get<std::string>());
  check_class(document.at("DBInstanceClass"));
  settle_software(context, engine, version, input, document);
  settle_storage(engine, input, document);
  settle_backup(input, identifier, document);
  settle_port(context, input, base.port, instance);
  place_instance(context, input, document);
  settle_access(context, input, instance);
  settle_monitoring(context, input, document);
  keep_origin(context, base, instance);
  manage_password(context, input, instance);
  // "If there are no new tags, RDS adds the tags from the source DB instance at the time of snapshot creation" (user
  // guide, "Copying tags to DB snapshots").
  const storage::Tags tags = all_tags(input);
  launch(context, instance, tags.empty() ? base.tags : tags);
  return instance;
}

/// The newest complete copy of the instance's data from before `time`, to roll forward from.
engines::Copy copy_before(RequestContext& context, const Json& instance, aws::Millis time) {
  engines::Copy best;
  aws::Millis taken = -1;
  for (const storage::Resource& snapshot : context.resources().list(kSnapshot)) {
    if (snapshot.document.at("DbiResourceId") != instance.at("DbiResourceId")) continue;
    if (snapshot.created > time || snapshot.created <= taken || copy_of(snapshot).id.empty()) continue;
    if (snapshot_status(context, snapshot) != "available") continue;
    best = copy_of(snapshot);
    taken = snapshot.created;
  }
  return best;
}

/// A moment of the server's clock, which tests move, as the machine's clock has it: the engine's log knows that one.
aws::Millis machine_time(RequestContext& context, aws::Millis time) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return time - context.now + std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::optional<storage::Resource> live_source(RequestContext& context, const Input& input) {
  if (const std::string name = input.str("SourceDBInstanceIdentifier"); !name.empty())
    return instance_named(context, name);
  if (const std::string id = input.str("SourceDbiResourceId"); !id.empty()) {
    for (storage::Resource& instance : context.resources().list(kInstance))
      if (instance.document.at("DbiResourceId") == id) return std::move(instance);
    throw instance_not_found(id);
  }
  const std::string arn = input.str("SourceDBInstanceAutomatedBackupsArn");
  if (arn.empty())
    throw invalid_parameter_combination(
        "One of SourceDBInstanceIdentifier, SourceDbiResourceId and SourceDBInstanceAutomatedBackupsArn is required.");
  const storage::Resource backup = backup_named(context, arn);
  if (!backup.hidden.empty()) return std::nullopt;
  return instance_named(context, backup.document.at("DBInstanceIdentifier"));
}

/// The time to restore to; nothing for the latest.
std::optional<aws::Millis> restore_time(RequestContext& context, const Input& input) {
  const bool latest = input.flag("UseLatestRestorableTime");
  if (latest == input.has("RestoreTime"))
    throw invalid_parameter_combination("Exactly one of RestoreTime and UseLatestRestorableTime must be specified.");
  if (latest) return std::nullopt;
  const auto time = static_cast<aws::Millis>(input.number("RestoreTime") * 1000);
  if (time > context.now)
    throw invalid_parameter_value("RestoreTime must be before the latest restorable time for the DB instance.");
  return time;
}

Base base_of_live(RequestContext& context, const storage::Resource& source, std::optional<aws::Millis> time) {
  if (is_member(source))
    throw invalid_parameter_combination("Use RestoreDBClusterToPointInTime for members of a DB cluster.");
  if (source.document.at("BackupRetentionPeriod") == 0)
    throw AwsError("PointInTimeRestoreNotEnabled", 400,
                   "Point in time restore is not enabled for " + source.id + ": its BackupRetentionPeriod is 0.");
  Base base{.instance = source.document,
            .port = port_of(source),
            .password = password_of(context, source),
            .tags = context.resources().tags(kInstance, source.id)};
  const AwsError too_early =
      invalid_parameter_value("RestoreTime must not be before the earliest restorable time for the DB instance.");
  if (time && *time < static_cast<aws::Millis>(source.document.at("InstanceCreateTime").get<double>() * 1000))
    throw too_early;
  if (!engine_runs(context, source)) return base;
  if (!time) {
    base.copy = {"rds-restore/" + context.account + "/" + context.region + "/" + aws::random_hex(16),
                 engine_id(context, source), ""};
    return base;
  }
  // Older logs are gone, also where a snapshot is older.
  const Json window = restore_window(context, source);
  if (window.is_null() || *time < static_cast<aws::Millis>(window.at("EarliestTime").get<double>() * 1000))
    throw too_early;
  base.copy = copy_before(context, source.document, *time);
  if (base.copy.id.empty()) throw too_early;
  base.recover_to = machine_time(context, *time);
  return base;
}

/// Of an instance that is gone only its automated snapshots are left, without the log between them.
Base base_of_retained(RequestContext& context, const storage::Resource& backup, std::optional<aws::Millis> time) {
  Base base = base_of(backup.hidden);
  base.copy = copy_before(context, base.instance, time.value_or(context.now));
  return base;
}

}  // namespace

engines::Copy origin_of(const storage::Resource& instance) {
  const auto origin = instance.hidden.find("origin");
  if (origin == instance.hidden.end()) return {};
  return {origin->at("id"), origin->at("source"), origin->at("from_copy")};
}

Json restore_from_snapshot(RequestContext& context, const Input& input) {
  const std::string identifier = checked_identifier("DBInstanceIdentifier", input.str("DBInstanceIdentifier"), 63);
  if (!input.str("DBClusterSnapshotIdentifier").empty()) throw not_built("A restore from a DB cluster snapshot");
  const storage::Resource snapshot = restorable_snapshot(context, input.str("DBSnapshotIdentifier"));
  if (snapshot_status(context, snapshot) != "available")
    throw AwsError("InvalidDBSnapshotState", 400, "Snapshot " + snapshot.id + " is not in available state.");
  Base base = base_of(snapshot.hidden);
  base.copy = copy_of(snapshot);
  // A copied snapshot may have another key than the instance that it is of.
  for (const char* member : {"StorageEncrypted", "KmsKeyId"}) base.instance.erase(member);
  base.instance["StorageEncrypted"] = snapshot.document.at("Encrypted");
  if (snapshot.document.contains("KmsKeyId")) base.instance["KmsKeyId"] = snapshot.document.at("KmsKeyId");
  const storage::Resource instance = restore(context, input, identifier, base);
  record_event(context, "db-instance", instance, "restoration", "Restored from snapshot " + snapshot.id);
  return {{"DBInstance", instance_view(context, instance)}};
}

Json restore_to_point_in_time(RequestContext& context, const Input& input) {
  const std::string identifier =
      checked_identifier("TargetDBInstanceIdentifier", input.str("TargetDBInstanceIdentifier"), 63);
  const auto time = restore_time(context, input);
  const auto source = live_source(context, input);
  const Base base =
      source ? base_of_live(context, *source, time)
             : base_of_retained(context, backup_named(context, input.str("SourceDBInstanceAutomatedBackupsArn")), time);
  const storage::Resource instance = restore(context, input, identifier, base);
  record_event(context, "db-instance", instance, "restoration",
               "Restored from DB instance " + base.instance.at("DBInstanceIdentifier").get<std::string>() + " to " +
                   instance.id);
  return {{"DBInstance", instance_view(context, instance)}};
}

}  // namespace orrery::rds
