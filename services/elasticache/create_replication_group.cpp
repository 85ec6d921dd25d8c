#include <algorithm>
#include <cstdio>
#include <set>

#include "services/elasticache/backing.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/layout.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/replication_group.hpp"
#include "services/elasticache/serverless.hpp"
#include "services/elasticache/settings.hpp"
#include "services/elasticache/snapshot.hpp"
#include "services/elasticache/tags.hpp"

namespace orrery::elasticache {

namespace {

std::string shard_id(int number) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%04d", number);
  return buffer;
}

void refuse_group_sources(const Input& input) {
  if (const std::string id = input.str("GlobalReplicationGroupId"); !id.empty())
    throw AwsError("GlobalReplicationGroupNotFoundFault", 404, "Global replication group " + id + " not found.");
  if (!input.strings("SnapshotArns").empty()) throw not_built("Seeding from snapshots in S3");
  if (!input.str("PrimaryClusterId").empty()) throw not_built("A replication group around an existing cluster");
}

std::optional<storage::Resource> seed_of(RequestContext& context, const Input& input) {
  const std::string own = input.str("SnapshotName"), serverless = input.str("ServerlessCacheSnapshotName");
  if (!own.empty() && !serverless.empty())
    throw invalid_parameter_combination("SnapshotName and ServerlessCacheSnapshotName cannot be used together.");
  return serverless.empty() ? find_seed(context, own) : serverless_seed(context, serverless);
}

/// Cluster mode follows from ClusterMode, the parameter group, or the number of shards.
ClusterMode choose_mode(RequestContext& context, const Input& input) {
  const std::string asked = input.str("ClusterMode"), group = input.str("CacheParameterGroupName");
  const bool several = input.integer("NumNodeGroups", 1) > 1 || input.objects("NodeGroupConfiguration").size() > 1;
  ClusterMode mode = asked == "enabled" || several ? ClusterMode::on : ClusterMode::off;
  if (group.empty()) return mode;
  const ClusterMode of_group = mode_of(context, lower(group));
  if (asked == "enabled" && of_group == ClusterMode::off)
    throw invalid_parameter_combination(
        "Cluster mode enabled requires a parameter group with cluster-enabled set to yes.");
  if (asked == "disabled" && of_group == ClusterMode::on)
    throw invalid_parameter_combination(
        "Cluster mode disabled requires a parameter group with cluster-enabled set to no.");
  if (several && of_group == ClusterMode::off)
    throw invalid_parameter_combination(
        "Using more than one node group requires a parameter group with cluster-enabled set to yes.");
  return of_group;
}

Json plain_shards(const Input& input, const storage::Resource& group, const std::vector<std::string>& zones) {
  const auto clusters = input.find_integer("NumCacheClusters"), replicas = input.find_integer("ReplicasPerNodeGroup");
  const bool sharded = group.document.at("ClusterEnabled");
  const std::int64_t shards = input.integer("NumNodeGroups", 1);
  const std::vector<std::string> preferred = input.strings("PreferredCacheClusterAZs");
  if (clusters && (replicas || input.has("NumNodeGroups")))
    throw invalid_parameter_combination(
        "NumCacheClusters can't be specified together with NumNodeGroups or ReplicasPerNodeGroup.");
  check_range("NumNodeGroups", shards, 1, 500);
  if (replicas) check_range("ReplicasPerNodeGroup", *replicas, 0, 5);
  if (clusters) check_range("NumCacheClusters", *clusters, 1, 6);
  const std::int64_t nodes = clusters ? *clusters : replicas.value_or(sharded ? 1 : 0) + 1;
  if (!preferred.empty() && static_cast<std::int64_t>(preferred.size()) != nodes)
    throw invalid_parameter_value(
        "The number of preferred availability zones must equal the number of cache clusters.");
  Json out = Json::array();
  for (int i = 1; i <= shards; ++i) {
    Json shard{{"id", shard_id(i)}};
    if (!sharded || preferred.empty()) {
      shard["members"] = Json::array();
      for (std::size_t at = 0; at < preferred.size(); ++at)
        shard["members"].push_back(
            {{"id", member_name(group, shard_id(i), static_cast<int>(at) + 1)}, {"zone", preferred[at]}});
    }
    // The first nodes of neighbouring shards lie in different zones.
    std::vector<std::string> rotated = zones;
    std::rotate(rotated.begin(), rotated.begin() + (i - 1) % static_cast<int>(zones.size()), rotated.end());
    resize_shard(group, shard, static_cast<std::size_t>(nodes), rotated);
    out.push_back(std::move(shard));
  }
  return out;
}

Json configured_shards(const Input& input, const storage::Resource& group, const std::vector<std::string>& zones) {
  Json out = Json::array();
  std::set<std::string> ids;
  for (const Input& wanted : input.objects("NodeGroupConfiguration")) {
    const std::string id = wanted.str("NodeGroupId", shard_id(static_cast<int>(out.size()) + 1));
    if (!ids.insert(id).second) throw invalid_parameter_value("Duplicate NodeGroupId: " + id);
    const std::string primary = wanted.str("PrimaryAvailabilityZone"), slots = wanted.str("Slots");
    const std::vector<std::string> replicas = wanted.strings("ReplicaAvailabilityZones");
    const std::int64_t count = wanted.integer(
        "ReplicaCount", input.integer("ReplicasPerNodeGroup", static_cast<std::int64_t>(replicas.size())));
    check_range("ReplicaCount", count, 0, 5);
    if (!replicas.empty() && static_cast<std::int64_t>(replicas.size()) != count)
      throw invalid_parameter_combination("ReplicaCount must equal the number of ReplicaAvailabilityZones.");
    if (!wanted.str("PrimaryOutpostArn").empty() || !wanted.strings("ReplicaOutpostArns").empty())
      throw not_built("Outposts");
    Json shard{{"id", id}, {"members", Json::array()}};
    if (!slots.empty()) shard["slots"] = slots;
    std::vector<std::string> chosen{primary};
    chosen.insert(chosen.end(), replicas.begin(), replicas.end());
    for (std::size_t at = 0; at < chosen.size() && !chosen[at].empty(); ++at)
      shard["members"].push_back({{"id", member_name(group, id, static_cast<int>(at) + 1)}, {"zone", chosen[at]}});
    resize_shard(group, shard, static_cast<std::size_t>(count) + 1, zones);
    out.push_back(std::move(shard));
  }
  if (const auto count = input.find_integer("NumNodeGroups"); count && *count != static_cast<std::int64_t>(out.size()))
    throw invalid_parameter_combination("NumNodeGroups must equal the number of node group configurations.");
  if (input.find_integer("NumCacheClusters"))
    throw invalid_parameter_combination("NumCacheClusters can't be specified together with NodeGroupConfiguration.");
  return out;
}

void check_zones(const Json& shards, const std::vector<std::string>& zones) {
  for (const Json& shard : shards)
    for (const Json& member : shard.at("members"))
      if (std::find(zones.begin(), zones.end(), text(member, "zone")) == zones.end())
        throw invalid_parameter_value("The availability zone " + text(member, "zone") +
                                      " has no subnet in the cache subnet group.");
}

void settle_at_rest(RequestContext& context, const Input& input, storage::Resource& group) {
  // Valkey is always encrypted at rest unless told otherwise (API reference, CreateReplicationGroup).
  const bool on = input.flag("AtRestEncryptionEnabled", group.hidden.at("node").at("Engine") == "valkey");
  const std::string key = input.str("KmsKeyId");
  group.hidden["node"]["AtRestEncryptionEnabled"] = on;
  if (key.empty()) return;
  if (!on) throw invalid_parameter_combination("KmsKeyId can only be specified when encryption-at-rest is enabled.");
  const auto found = context.peers.kms->key(context, key);
  if (!found || found->state != "Enabled")
    throw AwsError(
        "InvalidKMSKeyFault", 400,
        "The KMS key " + key + " does not exist, is not enabled or you do not have permissions to access it.");
  group.document["KmsKeyId"] = found->arn;
}

void settle_availability(const Input& input, Json& document) {
  const bool sharded = document.at("ClusterEnabled");
  document["AutomaticFailover"] = input.flag("AutomaticFailoverEnabled", sharded) ? "enabled" : "disabled";
  document["MultiAZ"] = input.flag("MultiAZEnabled") ? "enabled" : "disabled";
}

void settle_tiering(const Input& input, const Json& node, Json& document) {
  const bool on = input.flag("DataTieringEnabled"), tiered = text(node, "CacheNodeType").rfind("cache.r6gd.", 0) == 0;
  if (on != tiered)
    throw invalid_parameter_combination(on ? "Data tiering requires a node type of the r6gd family."
                                           : "Node types of the r6gd family require DataTieringEnabled.");
  document["DataTiering"] = on ? "enabled" : "disabled";
}

}  // namespace

Json create_replication_group(RequestContext& context, const Input& input) {
  const std::string id = checked_identifier("ReplicationGroupId", input.str("ReplicationGroupId"), 40);
  const std::string description = input.str("ReplicationGroupDescription");
  if (description.empty())
    throw invalid_parameter_value("The parameter ReplicationGroupDescription must be provided and must not be blank.");
  if (context.resources().exists(kGroup, id)) throw replication_group_exists(id);
  refuse_group_sources(input);
  const storage::Tags tags = read_tags(input);
  storage::Resource group{.kind = std::string(kGroup), .id = id, .arn = context.arn("replicationgroup:" + id)};
  group.created = context.now;
  const ClusterMode mode = choose_mode(context, input);
  group.document = {{"ReplicationGroupId", id},
                    {"Description", description},
                    {"ARN", group.arn},
                    {"Status", "available"},
                    {"PendingModifiedValues", Json::object()},
                    {"GlobalReplicationGroupInfo", Json::object()},
                    {"ReplicationGroupCreateTime", context.timestamp()},
                    {"ClusterEnabled", mode == ClusterMode::on},
                    {"ClusterMode", input.str("ClusterMode", mode == ClusterMode::on ? "enabled" : "disabled")},
                    {"UserGroupIds", input.strings("UserGroupIds")}};
  group.hidden = {{"node",
                   {{"ClientDownloadLandingPage", "https://console.aws.amazon.com/elasticache/home#client-download:"},
                    {"PendingModifiedValues", Json::object()}}},
                  {"port", input.integer("Port", 6379)}};
  check_range("Port", group.hidden.at("port").get<std::int64_t>(), 1024, 65535);
  Json& node = group.hidden["node"];
  const auto seed = seed_of(context, input);
  if (seed) take_settings(*seed, node);
  const EngineVersion version = settle_engine(context, input, node, group.arn);
  if (version.engine == "memcached")
    throw invalid_parameter_value("Replication groups are not supported for engine memcached.");
  settle_node_type(input, node);
  settle_parameter_group(context, input, version, mode, node);
  settle_schedule(input, id, node);
  const std::vector<std::string> zones = zones_of(settle_network(context, input, node));
  settle_notifications(input, node);
  settle_logs(input, node);
  settle_transit(input, node);
  settle_at_rest(context, input, group);
  settle_token(context, input, node, group.hidden);
  settle_tiering(input, node, group.document);
  settle_availability(input, group.document);
  group.hidden["shards"] = input.objects("NodeGroupConfiguration").empty() ? plain_shards(input, group, zones)
                                                                           : configured_shards(input, group, zones);
  if (seed) seed_shards(*seed, group.hidden["shards"]);
  check_zones(group.hidden.at("shards"), zones);
  spread_slots(group.hidden["shards"]);
  check_failover(group);
  check_user_groups(context, group);
  mirror_settings(group);
  if (node.value("SnapshotRetentionLimit", 0) > 0 && mode == ClusterMode::off)
    group.document["SnapshottingClusterId"] = group.hidden.at("shards").at(0).at("members").back().at("id");
  back(context, text(node, "Engine"), group);
  context.resources().put(group);
  context.resources().tag(kGroup, id, tags);
  apply_layout(context, group, Interfaces::renew);
  link_user_groups(context, group);
  advise_transit(context, group);
  return group_answer(context, group);
}

}  // namespace orrery::elasticache
