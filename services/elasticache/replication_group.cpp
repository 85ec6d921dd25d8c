#include "services/elasticache/replication_group.hpp"

#include "registry/findings.hpp"
#include "services/elasticache/backing.hpp"
#include "services/elasticache/engines.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/layout.hpp"
#include "services/elasticache/live.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/nodes.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/settings.hpp"
#include "services/elasticache/snapshot.hpp"

namespace orrery::elasticache {

namespace {

constexpr Rule kPreferred{"elasticache-transit-encryption-preferred",
                          "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html"};

}  // namespace

storage::Resource group_named(RequestContext& context, const std::string& id) {
  auto group = context.resources().find(kGroup, lower(id));
  if (!group) throw replication_group_not_found(id);
  return std::move(*group);
}

void mirror_settings(storage::Resource& group) {
  const Json& node = group.hidden.at("node");
  for (const char* member :
       {"Engine", "CacheNodeType", "SnapshotRetentionLimit", "SnapshotWindow", "AuthTokenEnabled",
        "AuthTokenLastModifiedDate", "TransitEncryptionEnabled", "TransitEncryptionMode", "AtRestEncryptionEnabled",
        "LogDeliveryConfigurations", "AutoMinorVersionUpgrade", "NetworkType", "IpDiscovery"}) {
    group.document.erase(member);
    if (node.contains(member)) group.document[member] = node.at(member);
  }
}

void link_user_groups(RequestContext& context, const storage::Resource& group) {
  context.resources().unlink(kGroup, group.id, "user-group");
  for (const Json& id : group.document.value("UserGroupIds", Json::array()))
    context.resources().link(kGroup, group.id, "user-group", {"elasticache", "user-group", id});
}

void check_failover(const storage::Resource& group) {
  const Json& document = group.document;
  const bool failover = document.at("AutomaticFailover") == "enabled", sharded = document.at("ClusterEnabled");
  if (sharded && !failover)
    throw invalid_parameter_value("Redis with cluster mode enabled cannot be created with auto failover turned off.");
  for (const Json& shard : group.hidden.at("shards"))
    if (failover && !sharded && shard.at("members").size() < 2)
      throw invalid_parameter_value(
          "Replication group must have at least one read replica to enable automatic failover.");
  if (document.at("MultiAZ") != "enabled") return;
  if (!failover) throw invalid_parameter_combination("Automatic failover must be enabled to enable Multi-AZ.");
  for (const Json& shard : group.hidden.at("shards"))
    if (shard.at("members").size() < 2)
      throw invalid_parameter_combination("Multi-AZ requires at least one replica in each node group.");
}

void check_user_groups(RequestContext& context, const storage::Resource& group) {
  const Json ids = group.document.value("UserGroupIds", Json::array());
  if (ids.empty()) return;
  if (ids.size() > 1) throw invalid_parameter_combination("A replication group can have only one user group.");
  if (!group.hidden.at("node").at("TransitEncryptionEnabled").get<bool>())
    throw invalid_parameter_combination(
        "User group based access control requires encryption-in-transit to be enabled.");
  if (group.hidden.at("node").at("AuthTokenEnabled").get<bool>())
    throw invalid_parameter_combination("User groups and an AUTH token can't be used together.");
  for (const Json& id : ids)
    if (!context.resources().exists("user-group", id.get<std::string>())) throw user_group_not_found(id);
}

void settle_transit(const Input& input, Json& node) {
  const bool on = input.flag("TransitEncryptionEnabled", node.value("TransitEncryptionEnabled", false));
  const std::string mode = input.str("TransitEncryptionMode", node.value("TransitEncryptionMode", "required"));
  if (on && text(node, "Engine") == "redis" && older(text(node, "EngineVersion"), "3.2.6"))
    throw invalid_parameter_combination("Encryption features are not supported for engine version " +
                                        text(node, "EngineVersion") + ".");
  if (!on && !input.str("TransitEncryptionMode").empty())
    throw invalid_parameter_combination(
        "TransitEncryptionMode can only be specified when encryption-in-transit is enabled.");
  const bool modes = text(node, "Engine") != "memcached" && !older(text(node, "EngineVersion"), "7.0.5");
  if (on && mode == "preferred" && !modes)
    throw invalid_parameter_combination("TransitEncryptionMode preferred requires engine version 7.0.5 or later.");
  node["TransitEncryptionEnabled"] = on;
  node.erase("TransitEncryptionMode");
  if (on && modes) node["TransitEncryptionMode"] = mode;
}

void advise_transit(RequestContext& context, const storage::Resource& group) {
  if (backed(group) && group.document.value("TransitEncryptionMode", "") == "preferred")
    advise(context, kPreferred, group.arn,
           "A Redis port takes connections with TLS or without, not both: the nodes of " + group.id +
               " only take those with TLS.");
  else
    settle(context, kPreferred, group.arn);
}

Json group_answer(RequestContext& context, const storage::Resource& group) {
  Json document = group.document;
  Lives(context).show_group(group, document);
  return {{"ReplicationGroup", std::move(document)}};
}

Json describe_replication_groups(RequestContext& context, const Input& input) {
  std::vector<Json> groups;
  Lives lives(context);
  const auto add = [&](const storage::Resource& group) {
    groups.push_back(group.document);
    lives.show_group(group, groups.back());
  };
  if (const std::string id = input.str("ReplicationGroupId"); !id.empty())
    add(group_named(context, id));
  else
    for (const storage::Resource& group : context.resources().list(kGroup)) add(group);
  return page(input, "ReplicationGroups", std::move(groups), "ReplicationGroupId");
}

Json delete_replication_group(RequestContext& context, const Input& input) {
  storage::Resource group = group_named(context, input.str("ReplicationGroupId"));
  const std::string snapshot = input.str("FinalSnapshotIdentifier");
  const bool retain = input.flag("RetainPrimaryCluster");
  if (!snapshot.empty()) take_snapshot_of_group(context, group, snapshot, {});
  Json out = group.document;
  out["Status"] = "deleting";
  if (retain && (group.document.at("ClusterEnabled").get<bool>() || !snapshot.empty()))
    throw invalid_parameter_combination(
        "RetainPrimaryCluster can't be used with cluster mode enabled or with a final snapshot.");
  bool first = true;
  for (const Json& id : group.document.at("MemberClusters")) {
    auto cluster = context.resources().find(kCluster, id.get<std::string>());
    if (cluster && retain && first) {
      cluster->document.erase("ReplicationGroupId");
      cluster->document.erase("ReplicationGroupLogDeliveryEnabled");
      cluster->hidden["port"] = group.hidden.at("port");
      for (const char* secret : {"secret", "tokens"})
        if (group.hidden.contains(secret)) cluster->hidden[secret] = group.hidden.at(secret);
      context.resources().put(*cluster);
    } else if (cluster) {
      remove_cluster(context, *cluster);
    }
    first = false;
  }
  release(context, group);
  poke(context);
  context.resources().erase(kGroup, group.id);
  settle_all(context, group.arn);
  settle(context, kPreferred, group.arn);
  return {{"ReplicationGroup", out}};
}

Json test_failover(RequestContext& context, const Input& input) {
  storage::Resource group = group_named(context, input.str("ReplicationGroupId"));
  const std::string wanted = input.str("NodeGroupId");
  if (group.document.at("AutomaticFailover") != "enabled")
    throw AwsError("TestFailoverNotAvailableFault", 400,
                   "The TestFailover action is not available: automatic failover is disabled.");
  for (Json& shard : group.hidden["shards"]) {
    if (shard.at("id") != wanted) continue;
    Json& members = shard["members"];
    if (members.size() < 2)
      throw AwsError("TestFailoverNotAvailableFault", 400,
                     "The node group " + wanted + " has no replica to fail over to.");
    std::swap(members[0], members[1]);
    apply_layout(context, group, Interfaces::keep);
    return group_answer(context, group);
  }
  throw node_group_not_found(wanted);
}

}  // namespace orrery::elasticache
