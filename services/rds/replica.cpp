#include "services/rds/replica.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "services/rds/building.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/disks.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/network.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/running.hpp"
#include "services/rds/security.hpp"
#include "services/rds/watching.hpp"
#include "services/rds/windows.hpp"

namespace orrery::rds {

namespace {

constexpr const char* kSource = "ReadReplicaSourceDBInstanceIdentifier";
constexpr const char* kReplicas = "ReadReplicaDBInstanceIdentifiers";

/// A name in this region, or an ARN of this account in any.
std::optional<Sibling> find_sibling(RequestContext& context, const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  Sibling sibling{.region = arn.valid() ? arn.region : context.region, .instance = {}};
  std::string name = reference;
  if (arn.valid()) {
    if (arn.account != context.account || !arn.resource.starts_with("db:")) return std::nullopt;
    name = arn.resource.substr(3);
  }
  auto instance = context.resources("rds", sibling.region).find(kInstance, lower(name));
  if (!instance) return std::nullopt;
  sibling.instance = std::move(*instance);
  return sibling;
}

/// How `sibling` is written in a document of an instance in `region`.
std::string reference_from(const std::string& region, const Sibling& sibling) {
  return sibling.region == region ? sibling.instance.id : sibling.instance.arn;
}

void store(RequestContext& context, const Sibling& sibling) {
  context.resources("rds", sibling.region).put(sibling.instance);
}

void forget_replica(Sibling& source, const std::string& replica) {
  Json& list = source.instance.document[kReplicas];
  list.erase(std::remove(list.begin(), list.end(), Json(replica)), list.end());
}

/// Makes a replica an instance of its own, with the password that its data has.
void stand_alone(RequestContext& context, storage::Resource& replica) {
  replica.hidden["password"] = password_of(context, replica);
  replica.document.erase(kSource);
  replica.document.erase("StatusInfos");
}

Sibling replicable(RequestContext& context, const std::string& reference) {
  auto source = find_sibling(context, reference);
  if (!source) throw instance_not_found(reference);
  if (is_member(source->instance)) throw not_built("A read replica of a member of a DB cluster");
  if (source->region == context.region) require_available(context, source->instance);
  if (source->instance.document.at("BackupRetentionPeriod") == 0)
    throw invalid_instance_state(
        "Automated backups are not enabled for this database instance. To enable automated backups, use "
        "ModifyDBInstance to set the backup retention period to a non-zero value.");
  return std::move(*source);
}

void inherit(const Json& source, Json& document) {
  for (const char* member : {"StorageType", "AllocatedStorage", "Iops", "StorageThroughput", "MasterUsername", "DBName",
                             "StorageEncrypted", "KmsKeyId", "PreferredBackupWindow"})
    if (source.contains(member)) document[member] = source.at(member);
  document["BackupRetentionPeriod"] = 0;
}

void settle_key(RequestContext& context, const Input& input, const Sibling& source, Json& document) {
  const std::string key = input.str("KmsKeyId");
  const bool encrypted = document.at("StorageEncrypted");
  if (source.region == context.region) {
    if (!key.empty() && (!encrypted || key_arn(context, key) != document.at("KmsKeyId")))
      throw invalid_parameter_combination(
          "A read replica in the same AWS Region has the KMS key of its source DB instance.");
    return;
  }
  if (encrypted && key.empty())
    throw invalid_parameter_combination(
        "A KmsKeyId of this AWS Region is required to create an encrypted cross-Region read replica.");
  if (!key.empty()) {
    document["StorageEncrypted"] = true;
    document["KmsKeyId"] = key_arn(context, key);
  }
}

/// A replica of MySQL or MariaDB begins with a copy of its source's data, as on RDS; PostgreSQL fetches it itself.
void begin_with_copy(RequestContext& context, const Sibling& source, storage::Resource& replica) {
  if (is_postgres(source.instance.document.at("Engine").get<std::string>()) || !engine_runs(context, replica)) return;
  replica.hidden["origin"] = {
      {"id", "rds-replica/" + context.account + "/" + context.region + "/" + aws::random_hex(16)},
      {"source", engine_id(context.account, source.region, source.instance)},
      {"from_copy", ""}};
}

}  // namespace

std::optional<Sibling> source_of(RequestContext& context, const storage::Resource& instance) {
  const std::string reference = instance.document.value(kSource, "");
  return reference.empty() ? std::nullopt : find_sibling(context, reference);
}

std::string password_of(RequestContext& context, const storage::Resource& instance) {
  std::string password = instance.hidden.value("password", "");
  auto source = source_of(context, instance);
  // A chain is at most a few replicas long (RDS allows three levels).
  for (int level = 0; source && level < 8; ++level) {
    password = source->instance.hidden.value("password", "");
    const std::string further = source->instance.document.value(kSource, "");
    const bool named = further.find(':') == std::string::npos;
    const std::string region = source->region;
    source = further.empty()
                 ? std::nullopt
                 : find_sibling(context, named ? aws::arn("rds", region, context.account, "db:" + further) : further);
  }
  return password;
}

void leave_replication(RequestContext& context, const storage::Resource& instance) {
  const Sibling self{context.region, instance};
  if (auto source = source_of(context, instance)) {
    forget_replica(*source, reference_from(source->region, self));
    store(context, *source);
  }
  for (const Json& reference : instance.document.at(kReplicas)) {
    auto replica = find_sibling(context, reference);
    if (!replica) continue;
    stand_alone(context, replica->instance);
    begin_transition(replica->instance, Transition::modifying);
    store(context, *replica);
    poke(context);
  }
}

void rename_in_replication(RequestContext& context, const storage::Resource& instance, const std::string& old_name) {
  const Sibling self{context.region, instance};
  Sibling before = self;
  before.instance.id = old_name;
  before.instance.arn = context.arn("db:" + old_name);
  if (auto source = source_of(context, instance)) {
    forget_replica(*source, reference_from(source->region, before));
    source->instance.document[kReplicas].push_back(reference_from(source->region, self));
    store(context, *source);
  }
  for (const Json& reference : instance.document.at(kReplicas)) {
    auto replica = find_sibling(context, reference);
    if (!replica) continue;
    replica->instance.document[kSource] = reference_from(replica->region, self);
    store(context, *replica);
  }
}

Json create_replica(RequestContext& context, const Input& input) {
  const std::string identifier = checked_identifier("DBInstanceIdentifier", input.str("DBInstanceIdentifier"), 63);
  if (!input.str("SourceDBClusterIdentifier").empty()) throw not_built("A read replica of a Multi-AZ DB cluster");
  input.acknowledge("PreSignedUrl", "the source is in the same store");
  input.acknowledge("SourceRegion", "clients make the presigned URL of it");
  input.acknowledge("UpgradeStorageConfig", "there is no older storage to upgrade");
  if (context.resources().exists(kInstance, identifier)) throw instance_exists();
  Sibling source = replicable(context, input.str("SourceDBInstanceIdentifier"));
  const Json& from = source.instance.document;
  const bool near = source.region == context.region;
  const Engine& engine = checked_engine(from.at("Engine"));
  refuse_foreign(engine, input);
  const ChosenVersion version = *choose_version(engine, from.at("EngineVersion").get<std::string>(), context.now);

  storage::Resource replica = blank_instance(context, identifier);
  Json& document = replica.document;
  inherit(from, document);
  settle_key(context, input, source, document);
  document["DBInstanceClass"] = input.str("DBInstanceClass", from.at("DBInstanceClass").get<std::string>());
  check_class(document.at("DBInstanceClass"));
  settle_software(context, engine, version, input, document);
  document["AutoMinorVersionUpgrade"] = input.flag("AutoMinorVersionUpgrade", from.at("AutoMinorVersionUpgrade"));
  if (near && !input.has("DBParameterGroupName"))
    document["DBParameterGroups"][0]["DBParameterGroupName"] =
        from.at("DBParameterGroups").at(0).at("DBParameterGroupName");
  settle_storage(engine, input, document);
  settle_backup(input, identifier, document);
  settle_port(context, input, port_of(source.instance), replica);
  place_instance(context, input, document,
                 near ? from.at("DBSubnetGroup").at("DBSubnetGroupName").get<std::string>() : "");
  settle_access(context, input, replica);
  settle_monitoring(context, input, document);
  replica.hidden["password"] = password_of(context, source.instance);
  begin_with_copy(context, source, replica);
  document[kSource] = reference_from(context.region, source);
  document["StatusInfos"] =
      Json::array({Json{{"StatusType", "read replication"}, {"Normal", true}, {"Status", "replicating"}}});
  const storage::Tags tags = all_tags(input);
  source.instance.document[kReplicas].push_back(reference_from(source.region, {context.region, replica}));
  store(context, source);
  launch(context, replica, tags);
  record_event(context, "db-instance", replica, "creation", "DB instance created");
  return {{"DBInstance", instance_view(context, replica)}};
}

Json promote_replica(RequestContext& context, const Input& input) {
  storage::Resource replica = instance_named(context, input.str("DBInstanceIdentifier"));
  require_available(context, replica);
  auto source = source_of(context, replica);
  if (!source) throw invalid_instance_state("DB Instance is not a read replica.");
  Json& document = replica.document;
  document["BackupRetentionPeriod"] = input.integer("BackupRetentionPeriod", 1);
  check_range("BackupRetentionPeriod", document.at("BackupRetentionPeriod").get<std::int64_t>(), 0, 35);
  const Windows windows =
      settle_windows(input.str("PreferredBackupWindow", document.at("PreferredBackupWindow").get<std::string>()),
                     document.at("PreferredMaintenanceWindow").get<std::string>(), replica.id);
  document["PreferredBackupWindow"] = windows.backup;
  context.resources().tag(kInstance, replica.id, all_tags(input));
  forget_replica(*source, reference_from(source->region, {context.region, replica}));
  store(context, *source);
  stand_alone(context, replica);
  begin_transition(replica, Transition::modifying);
  poke(context);
  context.resources().put(replica);
  record_event(context, "db-instance", replica, "read replica", "Promoting read replica to a standalone instance.");
  return {{"DBInstance", instance_view(context, replica)}};
}

}  // namespace orrery::rds
