#include "verify/cache_state.hpp"

namespace orrery::verify {

namespace {

CacheCluster cluster(const pugi::xml_node& node) {
  CacheCluster out;
  out.id = text(node, "CacheClusterId");
  out.group = text(node, "ReplicationGroupId");
  out.software = text(node, "Engine");
  out.version = text(node, "EngineVersion");
  out.status = text(node, "CacheClusterStatus");
  out.tls = is_true(node, "TransitEncryptionEnabled");
  for (const pugi::xml_node& one : node.child("CacheNodes").children())
    out.nodes.push_back(endpoint(one.child("Endpoint")));
  if (!out.nodes.empty()) out.endpoint = out.nodes.front();
  out.security_groups = texts(node, "SecurityGroups", "SecurityGroupId");
  return out;
}

ServerlessCache serverless(const pugi::xml_node& node) {
  ServerlessCache out;
  out.node.id = text(node, "ServerlessCacheName");
  out.node.software = text(node, "Engine");
  out.node.version = text(node, "FullEngineVersion");
  out.node.status = text(node, "Status");
  out.node.tls = true;
  out.node.endpoint = endpoint(node.child("Endpoint"));
  out.node.nodes = {out.node.endpoint};
  for (const pugi::xml_node& id : node.child("SecurityGroupIds").children())
    out.node.security_groups.emplace_back(id.text().get());
  out.users = !text(node, "UserGroupId").empty();
  return out;
}

CacheGroup group(const pugi::xml_node& node) {
  CacheGroup out;
  out.id = text(node, "ReplicationGroupId");
  out.status = text(node, "Status");
  out.sharded = is_true(node, "ClusterEnabled");
  out.tls = is_true(node, "TransitEncryptionEnabled");
  out.token = is_true(node, "AuthTokenEnabled");
  out.users = !node.child("UserGroupIds").first_child().empty();
  out.configuration = endpoint(node.child("ConfigurationEndpoint"));
  for (const pugi::xml_node& shard : node.child("NodeGroups").children()) {
    const auto nodes = shard.child("NodeGroupMembers").children();
    out.shards.push_back({endpoint(shard.child("PrimaryEndpoint")), endpoint(shard.child("ReaderEndpoint")),
                          static_cast<std::size_t>(std::distance(nodes.begin(), nodes.end()))});
  }
  for (const pugi::xml_node& member : node.child("MemberClusters").children())
    out.members.emplace_back(member.text().get());
  return out;
}

}  // namespace

std::map<std::string, CacheCluster> cache_clusters(const Api& api) {
  std::map<std::string, CacheCluster> out;
  const auto take = [&](const pugi::xml_node& node) {
    CacheCluster found = cluster(node);
    out.emplace(found.id, std::move(found));
  };
  api.each(kElastiCache, "DescribeCacheClusters", "CacheClusters", take, {{"ShowCacheNodeInfo", "true"}});
  return out;
}

std::vector<CacheGroup> cache_groups(const Api& api) {
  std::vector<CacheGroup> out;
  api.each(kElastiCache, "DescribeReplicationGroups", "ReplicationGroups",
           [&](const pugi::xml_node& node) { out.push_back(group(node)); });
  return out;
}

std::vector<ServerlessCache> serverless_caches(const Api& api) {
  std::vector<ServerlessCache> out;
  api.each(kServerlessElastiCache, "DescribeServerlessCaches", "ServerlessCaches",
           [&](const pugi::xml_node& node) { out.push_back(serverless(node)); });
  return out;
}

}  // namespace orrery::verify
