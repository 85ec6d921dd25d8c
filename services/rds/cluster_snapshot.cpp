#include "services/rds/cluster_snapshot.hpp"

#include "aws/ids.hpp"
#include "registry/filters.hpp"
#include "services/rds/building.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/cluster_building.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/security.hpp"
#include "services/rds/sharing.hpp"
#include "services/rds/snapshot.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/tags.hpp"

namespace orrery::rds {

namespace {

AwsError cluster_snapshot_not_found(const std::string& id) {
  return {"DBClusterSnapshotNotFoundFault", 404, "DBClusterSnapshot " + id + " not found."};
}

Json cluster_snapshot_view(RequestContext& context, const storage::Resource& snapshot) {
  Json out = snapshot.document;
  out["Status"] = snapshot_status(context, snapshot);
  out["PercentProgress"] = out.at("Status") == "available" ? 100 : 0;
  out["TagList"] = tag_list(context.resources().tags(kClusterSnapshot, snapshot.id));
  return out;
}

std::vector<std::string> cluster_snapshot_filter_values(const storage::Resource& snapshot, std::string_view name) {
  if (name == "db-cluster-id") return {snapshot.document.at("DBClusterIdentifier")};
  if (name == "db-cluster-snapshot-id") return {snapshot.id, snapshot.arn};
  if (name == "snapshot-type") return {snapshot.document.at("SnapshotType")};
  if (name == "db-cluster-resource-id") return {snapshot.document.at("DbClusterResourceId")};
  return {snapshot.document.at("Engine")};
}

bool known_cluster_snapshot_filter(std::string_view name) {
  return name == "db-cluster-id" || name == "db-cluster-snapshot-id" || name == "snapshot-type" ||
         name == "db-cluster-resource-id" || name == "engine";
}

/// The copy with which a cluster of the same data starts; null where there is no data.
Json copy_of_cluster(const RequestContext& context, const storage::Resource& cluster, const char* kind) {
  if (!cluster.hidden.contains("lease")) return nullptr;
  // One that was restored and has had no instance since: what it will start with itself.
  if (!cluster.hidden.contains("writer")) return cluster.hidden.value("origin", Json());
  return {{"id", std::string(kind) + "/" + context.account + "/" + context.region + "/" + aws::random_hex(16)},
          {"source", cluster_engine_id(context, cluster)},
          {"from_copy", ""}};
}

/// Where a restored cluster comes from.
struct ClusterBase {
  Json document;
  std::int64_t port = 0;
  std::string password;
  storage::Tags tags;
  Json copy;  ///< as `hidden` keeps it; null where no engine ran
};

Json restored(RequestContext& context, const Input& input, const ClusterBase& base) {
  const std::string identifier = checked_identifier("DBClusterIdentifier", input.str("DBClusterIdentifier"), 63);
  if (context.resources().exists(kCluster, identifier)) throw cluster_exists(identifier);
  refuse_other_clusters(input);
  input.acknowledge("DatabaseName", "the database is in the data");
  if (input.flag("EnableVPCNetworking", true) == false || input.flag("EnableInternetAccessGateway"))
    throw not_built("A DB cluster outside of VPCs");
  const Engine& engine = checked_cluster_engine(input.str("Engine", base.document.at("Engine").get<std::string>()));
  storage::Resource cluster = blank_cluster(context, identifier);
  for (const char* member : {"MasterUsername", "DatabaseName", "StorageEncrypted", "KmsKeyId", "BackupRetentionPeriod",
                             "PreferredBackupWindow", "StorageType"})
    if (base.document.contains(member)) cluster.document[member] = base.document.at(member);
  if (const std::string key = input.str("KmsKeyId"); !key.empty()) {
    cluster.document["StorageEncrypted"] = true;
    cluster.document["KmsKeyId"] = key_arn(context, key);
  }
  const std::string of_base = base.document.at("EngineVersion");
  const auto version = choose_version(engine, input.str("EngineVersion", of_base), context.now);
  if (!version)
    throw invalid_parameter_combination("Cannot find version " + input.str("EngineVersion") + " for " +
                                        std::string(engine.name));
  // A major version alone means that of the data.
  const ChosenVersion chosen =
      version->major->major == input.str("EngineVersion") ? *choose_version(engine, of_base, context.now) : *version;
  cluster.hidden["port"] = base.port;
  settle_cluster(context, engine, chosen, input, cluster);
  cluster.hidden["password"] = base.password;
  if (!base.copy.is_null() && has_engine(context, std::string(engine.name))) cluster.hidden["origin"] = base.copy;
  const storage::Tags tags = all_tags(input, "cluster");
  launch_cluster(context, cluster, tags.empty() ? base.tags : tags);
  return {{"DBCluster", cluster_view(context, cluster)}};
}

}  // namespace

storage::Resource cluster_snapshot_named(RequestContext& context, const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  const std::string name =
      lower(arn.valid() && arn.resource.starts_with("cluster-snapshot:") ? arn.resource.substr(17) : reference);
  auto snapshot = context.resources().find(kClusterSnapshot, name);
  if (!snapshot) throw cluster_snapshot_not_found(name);
  return std::move(*snapshot);
}

namespace {

/// Also another account's, by its ARN, when it is shared with the caller.
storage::Resource restorable_cluster_snapshot(RequestContext& context, const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  if (!arn.valid() || arn.account == context.account) return cluster_snapshot_named(context, reference);
  auto shared = shared_snapshot(context, kClusterSnapshot, reference);
  if (!shared) throw cluster_snapshot_not_found(reference);
  return std::move(*shared);
}

}  // namespace

Json take_cluster_snapshot(RequestContext& context, const storage::Resource& cluster, const std::string& identifier,
                           const storage::Tags& tags) {
  const std::string name = checked_identifier("DBClusterSnapshotIdentifier", identifier, 255);
  if (context.resources().exists(kClusterSnapshot, name))
    throw AwsError("DBClusterSnapshotAlreadyExistsFault", 400,
                   "Cannot create the cluster snapshot because one with the identifier " + name + " already exists.");
  storage::Resource snapshot{
      .kind = std::string(kClusterSnapshot), .id = name, .arn = context.arn("cluster-snapshot:" + name)};
  snapshot.created = context.now;
  const Json& from = cluster.document;
  snapshot.document = {{"DBClusterSnapshotIdentifier", name},
                       {"DBClusterSnapshotArn", snapshot.arn},
                       {"SnapshotType", "manual"},
                       {"SnapshotCreateTime", context.timestamp()},
                       {"Port", cluster.hidden.at("port")},
                       {"LicenseModel", "postgresql-license"}};
  for (const char* member :
       {"AvailabilityZones", "DBClusterIdentifier", "Engine", "EngineMode", "AllocatedStorage", "ClusterCreateTime",
        "MasterUsername", "EngineVersion", "StorageEncrypted", "KmsKeyId", "BackupRetentionPeriod",
        "PreferredBackupWindow", "IAMDatabaseAuthenticationEnabled", "StorageType", "DbClusterResourceId"})
    if (from.contains(member)) snapshot.document[member] = from.at(member);
  if (const auto group = find_subnet_group(context, from.at("DBSubnetGroup").get<std::string>()))
    snapshot.document["VpcId"] = group->at("VpcId");
  const storage::Tags of_cluster = context.resources().tags(kCluster, cluster.id);
  snapshot.hidden = {{"instance", from},
                     {"port", cluster.hidden.at("port")},
                     {"password", cluster.hidden.value("password", "")},
                     {"tags", of_cluster}};
  if (Json copy = copy_of_cluster(context, cluster, "rds-snapshot"); !copy.is_null())
    snapshot.hidden["copy"] = std::move(copy);
  poke(context);
  context.resources().put(snapshot);
  if (from.at("CopyTagsToSnapshot").get<bool>()) context.resources().tag(kClusterSnapshot, name, of_cluster);
  context.resources().tag(kClusterSnapshot, name, tags);
  record_event(context, "db-cluster-snapshot", snapshot, "backup", "Manual cluster snapshot created");
  return cluster_snapshot_view(context, snapshot);
}

Json create_cluster_snapshot(RequestContext& context, const Input& input) {
  const storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  require_cluster_available(context, cluster);
  return {{"DBClusterSnapshot",
           take_cluster_snapshot(context, cluster, input.str("DBClusterSnapshotIdentifier"), read_tags(input))}};
}

Json describe_cluster_snapshots(RequestContext& context, const Input& input) {
  const std::string wanted = lower(input.str("DBClusterSnapshotIdentifier")),
                    of = lower(input.str("DBClusterIdentifier"));
  const std::string type = input.str("SnapshotType"), resource = input.str("DbClusterResourceId");
  const Filters filters(input);
  const auto unknown = filters.unknown(known_cluster_snapshot_filter);
  if (!unknown.empty()) throw invalid_parameter_value("Unrecognized filter name: " + unknown.front());
  std::vector<Json> found;
  const auto add = [&](const storage::Resource& snapshot) {
    const Json& document = snapshot.document;
    if (!of.empty() && document.at("DBClusterIdentifier") != of) return;
    if (!type.empty() && type != "shared" && type != "public" && document.at("SnapshotType") != type) return;
    if (!resource.empty() && document.at("DbClusterResourceId") != resource) return;
    if (filters.match([&](std::string_view name) { return cluster_snapshot_filter_values(snapshot, name); }))
      found.push_back(cluster_snapshot_view(context, snapshot));
  };
  bool known = wanted.empty();
  for (const storage::Resource& snapshot : visible_snapshots(context, kClusterSnapshot, input)) {
    if (!wanted.empty() && snapshot.id != wanted && lower(snapshot.arn) != wanted) continue;
    known = true;
    add(snapshot);
  }
  if (!known) throw cluster_snapshot_not_found(wanted);
  return page(input, "DBClusterSnapshots", std::move(found), "DBClusterSnapshotIdentifier");
}

Json delete_cluster_snapshot(RequestContext& context, const Input& input) {
  const storage::Resource snapshot = cluster_snapshot_named(context, input.str("DBClusterSnapshotIdentifier"));
  if (snapshot_status(context, snapshot) == "creating")
    throw AwsError("InvalidDBClusterSnapshotStateFault", 400,
                   "Cannot delete the cluster snapshot because it is not currently in the available state.");
  Json out = cluster_snapshot_view(context, snapshot);
  out["Status"] = "deleted";
  context.resources().erase(kClusterSnapshot, snapshot.id);
  poke(context);
  return {{"DBClusterSnapshot", out}};
}

Json restore_cluster_from_snapshot(RequestContext& context, const Input& input) {
  const storage::Resource snapshot = restorable_cluster_snapshot(context, input.str("SnapshotIdentifier"));
  if (snapshot_status(context, snapshot) != "available")
    throw AwsError("InvalidDBClusterSnapshotStateFault", 400,
                   "Snapshot " + snapshot.id + " is not in available state.");
  return restored(context, input,
                  {.document = snapshot.hidden.at("instance"),
                   .port = snapshot.hidden.at("port"),
                   .password = snapshot.hidden.at("password"),
                   .tags = snapshot.hidden.at("tags").get<storage::Tags>(),
                   .copy = snapshot.hidden.value("copy", Json())});
}

Json restore_cluster_to_point_in_time(RequestContext& context, const Input& input) {
  if (!input.str("SourceDbClusterResourceId").empty())
    throw not_built("RestoreDBClusterToPointInTime by SourceDbClusterResourceId");
  const storage::Resource source = cluster_named(context, input.str("SourceDBClusterIdentifier"));
  if (input.flag("UseLatestRestorableTime") == input.has("RestoreToTime"))
    throw invalid_parameter_combination("Exactly one of RestoreToTime and UseLatestRestorableTime must be specified.");
  input.acknowledge("RestoreType", "a clone is a full copy that is made faster");
  Json copy = copy_of_cluster(context, source, "rds-restore");
  if (!copy.is_null() && input.has("RestoreToTime"))
    throw not_built("RestoreDBClusterToPointInTime to another time than the latest");
  input.json("RestoreToTime");
  return restored(context, input,
                  {.document = source.document,
                   .port = source.hidden.at("port"),
                   .password = source.hidden.value("password", ""),
                   .tags = context.resources().tags(kCluster, source.id),
                   .copy = std::move(copy)});
}

}  // namespace orrery::rds
