#include "services/elasticache/cluster.hpp"

#include <algorithm>
#include <cstdio>

#include "services/elasticache/backing.hpp"
#include "services/elasticache/endpoints.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/layout.hpp"
#include "services/elasticache/live.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/nodes.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/replication_group.hpp"
#include "services/elasticache/settings.hpp"
#include "services/elasticache/snapshot.hpp"
#include "services/elasticache/subnet_group.hpp"
#include "services/elasticache/tags.hpp"
#include "services/elasticache/wanted.hpp"

namespace orrery::elasticache {

namespace {

storage::Resource cluster_named(RequestContext& context, const std::string& id) {
  auto cluster = context.resources().find(kCluster, lower(id));
  if (!cluster) throw cluster_not_found(id);
  return std::move(*cluster);
}

Tls tls_of(const storage::Resource& cluster) {
  return cluster.document.value("TransitEncryptionEnabled", false) ? Tls::on : Tls::off;
}

Json node(RequestContext& context, storage::Resource& cluster, const std::string& id, const std::string& zone) {
  const Json& port = cluster.hidden.at("port");
  const bool runs = backed(cluster) && runner(context, text(cluster.document, "Engine"));
  const Json endpoint =
      runs ? lease_node(context, cluster, id, port)
           : Json{{"Address", node_address(context, cluster.id, cluster.id, id, tls_of(cluster))}, {"Port", port}};
  if (runs) cluster.hidden["engines"][id]["boot_parameters"] = boot_parameters(context, cluster);
  return {{"CacheNodeId", id},    {"CacheNodeStatus", "available"},    {"CacheNodeCreateTime", context.timestamp()},
          {"Endpoint", endpoint}, {"ParameterGroupStatus", "in-sync"}, {"CustomerAvailabilityZone", zone}};
}

/// Gives the cluster nodes until it has one for each zone in `zones`.
void add_nodes(RequestContext& context, storage::Resource& cluster, const std::vector<std::string>& zones) {
  Json& nodes = cluster.document["CacheNodes"];
  int number = 1;
  for (const std::string& zone : zones) {
    char id[16];
    do std::snprintf(id, sizeof id, "%04d", number++);
    while (std::any_of(nodes.begin(), nodes.end(), [&](const Json& n) { return n.at("CacheNodeId") == id; }));
    nodes.push_back(node(context, cluster, id, zone));
  }
}

/// What follows from the nodes: their number, the cluster's zone and its discovery endpoint.
void sum_up(RequestContext& context, storage::Resource& cluster) {
  Json& document = cluster.document;
  const Json& nodes = document.at("CacheNodes");
  document["NumCacheNodes"] = nodes.size();
  const Json& first = nodes.at(0).at("CustomerAvailabilityZone");
  const bool one_zone =
      std::all_of(nodes.begin(), nodes.end(), [&](const Json& n) { return n.at("CustomerAvailabilityZone") == first; });
  document["PreferredAvailabilityZone"] = one_zone ? first : Json("Multiple");
  if (document.at("Engine") != "memcached") return;
  // AWS's memcached knows `config get cluster`, which names the nodes; the open source one does not.
  if (leased_endpoint(cluster, text(nodes.at(0), "CacheNodeId")))
    document["ConfigurationEndpoint"] = nodes.at(0).at("Endpoint");
  else
    document["ConfigurationEndpoint"] = {{"Address", discovery_address(context, cluster.id)},
                                         {"Port", cluster.hidden.at("port")}};
}

std::vector<std::string> choose_zones(const Input& input, std::int64_t count,
                                      const std::vector<std::string>& available) {
  const std::string mode = input.str("AZMode", "single-az"), one = input.str("PreferredAvailabilityZone");
  std::vector<std::string> zones = input.strings("PreferredAvailabilityZones");
  if (mode == "cross-az" && count < 2)
    throw invalid_parameter_combination("AZMode cross-az requires at least two cache nodes.");
  if (!zones.empty() && static_cast<std::int64_t>(zones.size()) != count)
    throw invalid_parameter_combination(
        "The number of preferred availability zones must equal the number of cache nodes.");
  if (mode == "single-az" && std::any_of(zones.begin(), zones.end(), [&](const auto& z) { return z != zones.front(); }))
    throw invalid_parameter_combination("AZMode single-az can't be used with several preferred availability zones.");
  for (std::int64_t i = static_cast<std::int64_t>(zones.size()); i < count; ++i) {
    const std::size_t at = mode == "cross-az" ? static_cast<std::size_t>(i) % available.size() : 0;
    zones.push_back(!one.empty() ? one : available[at]);
  }
  for (const std::string& zone : zones)
    if (std::find(available.begin(), available.end(), zone) == available.end())
      throw invalid_parameter_value("The availability zone " + zone + " has no subnet in the cache subnet group.");
  return zones;
}

/// Nodes that were removed give up what their engines listened on.
void release_gone(RequestContext& context, storage::Resource& cluster) {
  storage::Resource gone;
  Json kept = Json::object();
  const Json &nodes = cluster.document.at("CacheNodes"), leases = cluster.hidden.value("engines", Json::object());
  for (auto lease = leases.begin(); lease != leases.end(); ++lease) {
    const bool stays = std::any_of(nodes.begin(), nodes.end(),
                                   [&](const Json& node) { return node.at("CacheNodeId") == lease.key(); });
    (stays ? kept : gone.hidden["engines"])[lease.key()] = *lease;
  }
  release(context, gone);
  if (!kept.empty()) cluster.hidden["engines"] = kept;
}

Json answer(RequestContext& context, const storage::Resource& cluster) {
  Json document = cluster.document;
  Lives(context).show_cluster(cluster, document);
  return {{"CacheCluster", std::move(document)}};
}

void refuse_sources(const Input& input) {
  if (!input.strings("SnapshotArns").empty()) throw not_built("Seeding from snapshots in S3");
  if (!input.str("OutpostMode").empty() || !input.str("PreferredOutpostArn").empty() ||
      !input.strings("PreferredOutpostArns").empty())
    throw not_built("Outposts");
}

/// A cluster that joins a replication group is one more replica of it.
Json join_group(RequestContext& context, const Input& input, const std::string& id) {
  storage::Resource group = group_named(context, input.str("ReplicationGroupId"));
  if (group.document.at("ClusterEnabled").get<bool>())
    throw invalid_parameter_combination(
        "Read replicas can't be added to a replication group with cluster mode enabled by CreateCacheCluster.");
  Json& members = group.hidden["shards"][0]["members"];
  if (members.size() >= 6)
    throw AwsError("NodeQuotaForClusterExceeded", 400, "A replication group can have at most 5 read replicas.");
  const Json subnet_group = subnet_group_for(context, text(group.hidden.at("node"), "CacheSubnetGroupName"));
  members.push_back({{"id", id}, {"zone", choose_zones(input, 1, zones_of(subnet_group)).front()}});
  apply_layout(context, group, Interfaces::keep);
  context.resources().tag(kCluster, id, read_tags(input));
  return {{"CacheCluster", cluster_named(context, id).document}};
}

}  // namespace

Json create_cluster(RequestContext& context, const Input& input) {
  const std::string id = checked_identifier("CacheClusterId", input.str("CacheClusterId"), 50);
  if (context.resources().exists(kCluster, id)) throw cluster_exists(id);
  refuse_sources(input);
  if (!input.str("ReplicationGroupId").empty()) return join_group(context, input, id);
  const storage::Tags tags = read_tags(input);
  storage::Resource cluster{.kind = std::string(kCluster), .id = id, .arn = context.arn("cluster:" + id)};
  cluster.created = context.now;
  Json& document = cluster.document;
  document = {{"CacheClusterId", id},
              {"ARN", cluster.arn},
              {"CacheClusterStatus", "available"},
              {"CacheClusterCreateTime", context.timestamp()},
              {"ClientDownloadLandingPage", "https://console.aws.amazon.com/elasticache/home#client-download:"},
              {"PendingModifiedValues", Json::object()},
              {"AtRestEncryptionEnabled", false},
              {"ReplicationGroupLogDeliveryEnabled", false},
              {"CacheNodes", Json::array()}};
  const auto seed = find_seed(context, input.str("SnapshotName"));
  if (seed) take_settings(*seed, document);
  if (input.str("Engine").empty() && !seed)
    throw invalid_parameter_value("The parameter Engine must be provided and must not be blank.");
  const EngineVersion version = settle_engine(context, input, document, cluster.arn);
  const bool memcached = version.engine == "memcached";
  const std::int64_t count = input.integer("NumCacheNodes", 1);
  check_range("NumCacheNodes", count, 1, memcached ? 40 : 1);
  cluster.hidden["port"] = input.integer("Port", memcached ? 11211 : 6379);
  check_range("Port", cluster.hidden.at("port").get<std::int64_t>(), 1024, 65535);
  settle_node_type(input, document);
  settle_parameter_group(context, input, version, ClusterMode::off, document);
  settle_schedule(input, id, document);
  const Json subnet_group = settle_network(context, input, document);
  settle_notifications(input, document);
  settle_logs(input, document);
  if (memcached && input.flag("TransitEncryptionEnabled") && older(version.actual, "1.6.12"))
    throw invalid_parameter_combination("Encryption in transit requires memcached 1.6.12 or later.");
  settle_transit(input, document);
  if (memcached && !input.str("AuthToken").empty())
    throw invalid_parameter_combination("AUTH tokens are not supported for engine memcached.");
  settle_token(context, input, document, cluster.hidden);
  back(context, std::string(version.engine), cluster);
  if (seed) {
    Json shards = Json::array({{{"members", Json::array({Json::object()})}}});
    seed_shards(*seed, shards);
    cluster.hidden["restore_from"] = shards.at(0).at("members").at(0).value("restore_from", "");
  }
  add_nodes(context, cluster, choose_zones(input, count, zones_of(subnet_group)));
  sum_up(context, cluster);
  reattach(context, cluster);
  context.resources().put(cluster);
  context.resources().tag(kCluster, id, tags);
  relink(context, cluster);
  poke(context);
  return answer(context, cluster);
}

Json describe_clusters(RequestContext& context, const Input& input) {
  const bool nodes = input.flag("ShowCacheNodeInfo"), alone = input.flag("ShowCacheClustersNotInReplicationGroups");
  std::vector<Json> clusters;
  Lives lives(context);
  const auto add = [&](const storage::Resource& cluster) {
    clusters.push_back(cluster.document);
    lives.show_cluster(cluster, clusters.back());
  };
  if (const std::string id = input.str("CacheClusterId"); !id.empty())
    add(cluster_named(context, id));
  else
    for (const storage::Resource& cluster : context.resources().list(kCluster)) add(cluster);
  if (alone) std::erase_if(clusters, [](const Json& cluster) { return cluster.contains("ReplicationGroupId"); });
  if (!nodes)
    for (Json& cluster : clusters) cluster.erase("CacheNodes");
  return page(input, "CacheClusters", std::move(clusters), "CacheClusterId");
}

Json modify_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("CacheClusterId"));
  input.acknowledge("ApplyImmediately", "changes settle at once, as if the maintenance window were now");
  Json& document = cluster.document;
  if (document.contains("ReplicationGroupId"))
    throw invalid_parameter_combination("The cache cluster " + cluster.id +
                                        " is part of a replication group: use ModifyReplicationGroup.");
  if (!input.json("ScaleConfig").is_null()) throw not_built("ScaleConfig");
  const EngineVersion version = settle_engine(context, input, document, cluster.arn);
  const bool memcached = version.engine == "memcached";
  const Json groups_before = document.at("SecurityGroups"), nodes_before = document.at("CacheNodes");
  settle_node_type(input, document);
  settle_parameter_group(context, input, version, ClusterMode::off, document);
  settle_schedule(input, cluster.id, document);
  const std::vector<std::string> available = zones_of(settle_network(context, input, document));
  settle_notifications(input, document);
  settle_logs(input, document);
  settle_token(context, input, document, cluster.hidden);
  const auto now = static_cast<std::int64_t>(nodes_before.size());
  const std::int64_t count = input.integer("NumCacheNodes", now);
  check_range("NumCacheNodes", count, 1, memcached ? 40 : 1);
  const std::vector<std::string> remove = input.strings("CacheNodeIdsToRemove"),
                                 added = input.strings("NewAvailabilityZones");
  Json& nodes = document["CacheNodes"];
  std::erase_if(nodes.get_ref<Json::array_t&>(), [&](const Json& n) {
    return count < now && std::find(remove.begin(), remove.end(), text(n, "CacheNodeId")) != remove.end();
  });
  if (count < now && static_cast<std::int64_t>(nodes.size()) != count)
    throw invalid_parameter_combination("CacheNodeIdsToRemove must name as many nodes as are to be removed.");
  if (!added.empty() && static_cast<std::int64_t>(added.size()) != count - now)
    throw invalid_parameter_combination("NewAvailabilityZones must name one zone for each node that is added.");
  const bool cross =
      input.str("AZMode", document.at("PreferredAvailabilityZone") == "Multiple" ? "cross-az" : "single-az") ==
      "cross-az";
  std::vector<std::string> zones = added;
  for (std::int64_t i = now; i < count && added.empty(); ++i)
    zones.push_back(cross ? available[static_cast<std::size_t>(i) % available.size()]
                          : text(nodes.at(0), "CustomerAvailabilityZone"));
  release_gone(context, cluster);
  add_nodes(context, cluster, zones);
  sum_up(context, cluster);
  if (document.at("SecurityGroups") != groups_before || nodes != nodes_before) reattach(context, cluster);
  context.resources().put(cluster);
  relink(context, cluster);
  poke(context);
  return answer(context, cluster);
}

Json delete_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("CacheClusterId"));
  const std::string snapshot = input.str("FinalSnapshotIdentifier");
  Json out = cluster.document;
  out["CacheClusterStatus"] = "deleting";
  if (!out.contains("ReplicationGroupId")) {
    if (!snapshot.empty()) take_snapshot_of_cluster(context, cluster, snapshot, {});
    remove_cluster(context, cluster);
    return {{"CacheCluster", out}};
  }
  storage::Resource group = group_named(context, text(out, "ReplicationGroupId"));
  for (Json& shard : group.hidden["shards"]) {
    auto& members = shard["members"].get_ref<Json::array_t&>();
    const auto it =
        std::find_if(members.begin(), members.end(), [&](const Json& m) { return m.at("id") == cluster.id; });
    if (it == members.end()) continue;
    if (members.size() == 1)
      throw invalid_cluster_state("Cache cluster " + cluster.id +
                                  " is the only member of a replication group and can't be deleted.");
    if (it == members.begin())
      throw invalid_cluster_state("Cache cluster " + cluster.id + " is serving as primary and can't be deleted.");
    members.erase(it);
  }
  check_failover(group);
  apply_layout(context, group, Interfaces::keep);
  return {{"CacheCluster", out}};
}

Json reboot_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("CacheClusterId"));
  const Json& nodes = cluster.document.at("CacheNodes");
  const std::vector<std::string> named = input.strings("CacheNodeIdsToReboot");
  for (const std::string& id : named)
    if (std::none_of(nodes.begin(), nodes.end(), [&](const Json& n) { return n.at("CacheNodeId") == id; }))
      throw invalid_parameter_value("The cache node " + id + " is not part of cache cluster " + cluster.id + ".");
  for (const std::string& id : named) {
    if (!leased_endpoint(cluster, id)) continue;
    const auto generation = of_node(cluster, id, "generation", 0).get<std::int64_t>();
    Json& engine = cluster.hidden["engines"][id];
    engine["generation"] = generation + 1;
    engine["boot_parameters"] = boot_parameters(context, cluster);
  }
  if (cluster.hidden.contains("engines")) {
    context.resources().put(cluster);
    poke(context);
  }
  return answer(context, cluster);
}

}  // namespace orrery::elasticache
