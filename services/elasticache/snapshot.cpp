#include "services/elasticache/snapshot.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "services/elasticache/backing.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/layout.hpp"
#include "services/elasticache/live.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/nodes.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/replication_group.hpp"
#include "services/elasticache/subnet_group.hpp"
#include "services/elasticache/tags.hpp"

namespace orrery::elasticache {

namespace {

storage::Resource blank(RequestContext& context, const std::string& given, const Json& node) {
  const std::string name = checked_identifier("SnapshotName", given, 255);
  if (context.resources().exists(kSnapshot, name)) throw snapshot_exists(name);
  if (text(node, "Engine") == "memcached")
    throw AwsError("SnapshotFeatureNotSupportedFault", 400, "Snapshots are not supported for engine memcached.");
  storage::Resource snapshot{.kind = std::string(kSnapshot), .id = name, .arn = context.arn("snapshot:" + name)};
  snapshot.created = context.now;
  snapshot.document = {
      {"SnapshotName", name}, {"SnapshotStatus", "available"}, {"SnapshotSource", "manual"}, {"ARN", snapshot.arn}};
  for (const char* member :
       {"CacheNodeType", "Engine", "EngineVersion", "PreferredMaintenanceWindow", "CacheSubnetGroupName",
        "AutoMinorVersionUpgrade", "SnapshotRetentionLimit", "SnapshotWindow"})
    if (node.contains(member)) snapshot.document[member] = node.at(member);
  snapshot.document["CacheParameterGroupName"] = node.at("CacheParameterGroup").at("CacheParameterGroupName");
  snapshot.document["VpcId"] = subnet_group_for(context, text(node, "CacheSubnetGroupName")).at("VpcId");
  return snapshot;
}

Json snapshot_answer(RequestContext& context, const storage::Resource& snapshot) {
  Json document = snapshot.document;
  show_snapshot(context, snapshot, document);
  return document;
}

Json keep(RequestContext& context, const storage::Resource& snapshot, const storage::Tags& tags) {
  context.resources().put(snapshot);
  context.resources().tag(kSnapshot, snapshot.id, tags);
  poke(context);
  return snapshot_answer(context, snapshot);
}

/// Wants a copy of the data of a node, when an engine has it. The primary's: a replica may lack the last writes.
void want_copy(RequestContext& context, storage::Resource& snapshot, const storage::Resource& cluster,
               const std::string& shard) {
  if (!leased_endpoint(cluster, "0001") || !runner(context, text(cluster.document, "Engine"))) return;
  Json& copies = snapshot.hidden["copies"];
  if (!snapshot.hidden.contains("folder") || snapshot.hidden.at("folder").is_null())
    snapshot.hidden["folder"] =
        "elasticache-snapshot/" + context.account + "/" + context.region + "/" + snapshot.id + "-" + aws::random_hex(8);
  copies.push_back({{"id", text(snapshot.hidden, "folder") + "." + shard},
                    {"source", cluster.hidden.at("engines").at("0001").at("id")},
                    {"shard", shard}});
}

Json node_snapshot(RequestContext& context, const std::string& cluster) {
  return {{"CacheClusterId", cluster},
          {"CacheNodeId", "0001"},
          {"SnapshotCreateTime", context.timestamp()},
          {"CacheNodeCreateTime", context.timestamp()}};
}

}  // namespace

std::optional<storage::Resource> find_seed(RequestContext& context, const std::string& name) {
  if (name.empty()) return std::nullopt;
  auto snapshot = context.resources().find(kSnapshot, lower(name));
  if (!snapshot) throw snapshot_not_found(name);
  Json document = snapshot->document;
  show_snapshot(context, *snapshot, document);
  if (document.at("SnapshotStatus") != "available")
    throw AwsError("InvalidSnapshotState", 400, "Snapshot " + snapshot->id + " is not available.");
  return snapshot;
}

void take_settings(const storage::Resource& seed, Json& node) {
  for (const char* member : {"Engine", "EngineVersion", "CacheNodeType"})
    if (seed.document.contains(member)) node[member] = seed.document.at(member);
}

void seed_shards(const storage::Resource& seed, Json& shards) {
  const Json& nodes = seed.document.at("NodeSnapshots");
  if (nodes.size() != shards.size()) throw not_built("Restoring a snapshot into another number of shards");
  const Json copies = seed.hidden.value("copies", Json::array());
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const Json configuration = nodes.at(i).value("NodeGroupConfiguration", Json::object());
    if (configuration.contains("Slots")) shards[i]["slots"] = configuration.at("Slots");
    if (i < copies.size()) shards[i]["members"][0]["restore_from"] = copies.at(i).at("id");
  }
}

Json take_snapshot_of_group(RequestContext& context, const storage::Resource& group, const std::string& name,
                            const storage::Tags& tags) {
  storage::Resource snapshot = blank(context, name, group.hidden.at("node"));
  Json& document = snapshot.document;
  document["ReplicationGroupId"] = group.id;
  document["ReplicationGroupDescription"] = group.document.at("Description");
  document["Port"] = group.hidden.at("port");
  document["NumNodeGroups"] = group.hidden.at("shards").size();
  document["AutomaticFailover"] = group.document.at("AutomaticFailover");
  document["DataTiering"] = group.document.at("DataTiering");
  if (group.document.contains("KmsKeyId")) document["KmsKeyId"] = group.document.at("KmsKeyId");
  document["NodeSnapshots"] = Json::array();
  for (const Json& shard : group.hidden.at("shards")) {
    Json node = node_snapshot(context, text(shard.at("members").back(), "id"));
    node["NodeGroupId"] = shard.at("id");
    node["NodeGroupConfiguration"] = {{"NodeGroupId", shard.at("id")},
                                      {"ReplicaCount", shard.at("members").size() - 1},
                                      {"PrimaryAvailabilityZone", shard.at("members").front().at("zone")}};
    if (group.document.at("ClusterEnabled").get<bool>()) node["NodeGroupConfiguration"]["Slots"] = shard.at("slots");
    if (const auto primary = context.resources().find(kCluster, text(shard.at("members").front(), "id")))
      want_copy(context, snapshot, *primary, text(shard, "id"));
    document["NodeSnapshots"].push_back(std::move(node));
  }
  return keep(context, snapshot, tags);
}

Json take_snapshot_of_cluster(RequestContext& context, const storage::Resource& cluster, const std::string& name,
                              const storage::Tags& tags) {
  storage::Resource snapshot = blank(context, name, cluster.document);
  Json& document = snapshot.document;
  document["CacheClusterId"] = cluster.id;
  document["CacheClusterCreateTime"] = cluster.document.at("CacheClusterCreateTime");
  document["NumCacheNodes"] = cluster.document.at("NumCacheNodes");
  document["PreferredAvailabilityZone"] = cluster.document.at("PreferredAvailabilityZone");
  document["Port"] = cluster.document.at("CacheNodes").at(0).at("Endpoint").at("Port");
  document["NodeSnapshots"] = Json::array({node_snapshot(context, cluster.id)});
  want_copy(context, snapshot, cluster, "0001");
  return keep(context, snapshot, tags);
}

Json create_snapshot(RequestContext& context, const Input& input) {
  const std::string name = input.str("SnapshotName"), cluster = lower(input.str("CacheClusterId"));
  const std::string group = input.str("ReplicationGroupId");
  if (!input.str("KmsKeyId").empty()) throw not_built("Encrypting a snapshot with a key of its own");
  if (cluster.empty() == group.empty())
    throw invalid_parameter_combination("Either CacheClusterId or ReplicationGroupId must be specified.");
  const storage::Tags tags = read_tags(input);
  if (!group.empty()) return {{"Snapshot", take_snapshot_of_group(context, group_named(context, group), name, tags)}};
  const auto found = context.resources().find(kCluster, cluster);
  if (!found) throw cluster_not_found(cluster);
  return {{"Snapshot", take_snapshot_of_cluster(context, *found, name, tags)}};
}

Json describe_snapshots(RequestContext& context, const Input& input) {
  const std::string wanted = lower(input.str("SnapshotName")), cluster = lower(input.str("CacheClusterId"));
  const std::string group = lower(input.str("ReplicationGroupId")), source = input.str("SnapshotSource");
  const bool nodes = input.flag("ShowNodeGroupConfig", true);
  std::vector<Json> snapshots;
  for (const storage::Resource& snapshot : context.resources().list(kSnapshot)) {
    Json document = snapshot_answer(context, snapshot);
    if (!wanted.empty() && snapshot.id != wanted) continue;
    if (!cluster.empty() && document.value("CacheClusterId", "") != cluster) continue;
    if (!group.empty() && document.value("ReplicationGroupId", "") != group) continue;
    if (source == "system") continue;  // no automatic ones are taken
    if (!nodes) document.erase("NodeSnapshots");
    snapshots.push_back(std::move(document));
  }
  if (!wanted.empty() && snapshots.empty()) throw snapshot_not_found(wanted);
  const std::int64_t limit = input.integer("MaxRecords", 50);
  if (limit > 50) throw invalid_parameter_value("Invalid value for MaxRecords. Must be between 20 and 50.");
  return page(input, "Snapshots", std::move(snapshots), "SnapshotName");
}

Json delete_snapshot(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("SnapshotName"));
  const auto snapshot = context.resources().find(kSnapshot, name);
  if (!snapshot) throw snapshot_not_found(name);
  Json out = snapshot->document;
  out["SnapshotStatus"] = "deleting";
  context.resources().erase(kSnapshot, name);
  poke(context);
  return {{"Snapshot", out}};
}

}  // namespace orrery::elasticache
