#include <algorithm>
#include <cstdio>

#include "services/elasticache/backing.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/layout.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/replication_group.hpp"
#include "services/elasticache/settings.hpp"
#include "services/elasticache/subnet_group.hpp"

namespace orrery::elasticache {

namespace {

enum class Direction { up, down };

Json* shard_named(storage::Resource& group, const std::string& id) {
  for (Json& shard : group.hidden["shards"])
    if (shard.at("id") == id) return &shard;
  return nullptr;
}

std::vector<std::string> zones(RequestContext& context, const storage::Resource& group) {
  return zones_of(subnet_group_for(context, text(group.hidden.at("node"), "CacheSubnetGroupName")));
}

void require_now(const Input& input) {
  if (!input.flag("ApplyImmediately"))
    throw invalid_parameter_value("ApplyImmediately must be true: this change can't wait for the maintenance window.");
}

void resize(const storage::Resource& group, Json& shard, std::int64_t replicas, Direction direction,
            const std::vector<std::string>& zones) {
  check_range("NewReplicaCount", replicas, 0, 5);
  const auto now = static_cast<std::int64_t>(shard.at("members").size()) - 1;
  if (direction == Direction::up ? replicas <= now : replicas >= now)
    throw AwsError(replicas == now ? "NoOperationFault" : "InvalidParameterValue", 400,
                   "The new replica count " + std::to_string(replicas) + " must be " +
                       (direction == Direction::up ? "greater" : "less") + " than the present one, " +
                       std::to_string(now) + ".");
  resize_shard(group, shard, static_cast<std::size_t>(replicas) + 1, zones);
}

Json change_count(RequestContext& context, const Input& input, Direction direction, bool named_removals) {
  storage::Resource group = group_named(context, input.str("ReplicationGroupId"));
  require_now(input);
  const std::vector<std::string> available = zones(context, group);
  const auto count = input.find_integer("NewReplicaCount");
  const std::vector<Input> each = input.objects("ReplicaConfiguration");
  if (!count && each.empty() && !named_removals)
    throw invalid_parameter_combination("Either NewReplicaCount or ReplicaConfiguration must be specified.");
  if (count)
    for (Json& shard : group.hidden["shards"]) resize(group, shard, *count, direction, available);
  for (const Input& wanted : each) {
    Json* shard = shard_named(group, wanted.str("NodeGroupId"));
    if (!shard) throw node_group_not_found(wanted.str("NodeGroupId"));
    if (!wanted.strings("PreferredOutpostArns").empty()) throw not_built("Outposts");
    const std::vector<std::string> preferred = wanted.strings("PreferredAvailabilityZones");
    for (const std::string& zone : preferred)
      if (std::find(available.begin(), available.end(), zone) == available.end())
        throw invalid_parameter_value("The availability zone " + zone + " has no subnet in the cache subnet group.");
    resize(group, *shard, wanted.integer("NewReplicaCount"), direction, preferred.empty() ? available : preferred);
  }
  if (named_removals) {
    for (const std::string& id : input.strings("ReplicasToRemove")) {
      bool found = false;
      for (Json& shard : group.hidden["shards"]) {
        auto& members = shard["members"].get_ref<Json::array_t&>();
        const auto it =
            std::find_if(members.begin() + 1, members.end(), [&](const Json& m) { return m.at("id") == id; });
        if (it == members.end()) continue;
        members.erase(it);
        found = true;
      }
      if (!found)
        throw invalid_parameter_value("The replica " + id + " is not a read replica of the replication group.");
    }
  }
  check_failover(group);
  apply_layout(context, group, Interfaces::keep);
  return group_answer(context, group);
}

void drop_shards(const Input& input, std::size_t count, Json& shards) {
  std::vector<std::string> remove = input.strings("NodeGroupsToRemove");
  const std::vector<std::string> retain = input.strings("NodeGroupsToRetain");
  if (remove.empty() == retain.empty())
    throw invalid_parameter_combination(
        "Either NodeGroupsToRemove or NodeGroupsToRetain must be specified when the number of node groups is reduced.");
  const auto listed = [](const std::vector<std::string>& list, const Json& shard) {
    return std::find(list.begin(), list.end(), text(shard, "id")) != list.end();
  };
  std::erase_if(shards.get_ref<Json::array_t&>(),
                [&](const Json& shard) { return remove.empty() ? !listed(retain, shard) : listed(remove, shard); });
  if (shards.size() != count)
    throw invalid_parameter_combination("NodeGroupCount must equal the number of node groups that are left.");
}

/// Keeps the shards that were dropped until their engines have given their slots to the others.
void leave(const Json& before, storage::Resource& group) {
  const Json& kept = group.hidden.at("shards");
  Json leaving = Json::array();
  for (Json shard : before) {
    if (std::any_of(kept.begin(), kept.end(), [&](const Json& other) { return other.at("id") == shard.at("id"); }))
      continue;
    shard.erase("slots");
    leaving.push_back(std::move(shard));
  }
  group.hidden["leaving"] = std::move(leaving);
}

void add_shards(const Input& input, const storage::Resource& group, std::size_t count,
                const std::vector<std::string>& zones, Json& shards) {
  const std::size_t nodes = shards.at(0).at("members").size();
  for (const Input& wanted : input.objects("ReshardingConfiguration")) {
    if (!wanted.strings("PreferredAvailabilityZones").empty())
      throw not_built("ReshardingConfiguration with availability zones");
    if (!wanted.str("NodeGroupId").empty()) throw not_built("ReshardingConfiguration with node group ids");
  }
  for (int number = 1; shards.size() < count; ++number) {
    char id[16];
    std::snprintf(id, sizeof id, "%04d", number);
    if (std::any_of(shards.begin(), shards.end(), [&](const Json& shard) { return shard.at("id") == id; })) continue;
    Json shard{{"id", id}};
    resize_shard(group, shard, nodes, zones);
    shards.push_back(std::move(shard));
  }
}

}  // namespace

Json increase_replica_count(RequestContext& context, const Input& input) {
  return change_count(context, input, Direction::up, false);
}

Json decrease_replica_count(RequestContext& context, const Input& input) {
  return change_count(context, input, Direction::down, !input.strings("ReplicasToRemove").empty());
}

Json modify_shard_configuration(RequestContext& context, const Input& input) {
  storage::Resource group = group_named(context, input.str("ReplicationGroupId"));
  require_now(input);
  const std::int64_t count = input.integer("NodeGroupCount");
  if (!group.document.at("ClusterEnabled").get<bool>())
    throw AwsError("InvalidReplicationGroupState", 400,
                   "The replication group " + group.id + " has cluster mode disabled.");
  check_range("NodeGroupCount", count, 1, 500);
  Json& shards = group.hidden["shards"];
  const auto wanted = static_cast<std::size_t>(count);
  if (group.hidden.contains("leaving"))
    throw AwsError("InvalidReplicationGroupState", 400, "Replication group must be in available state.");
  const Json before = shards;
  if (wanted < shards.size()) {
    drop_shards(input, wanted, shards);
    if (backed(group)) leave(before, group);
  }
  if (wanted > shards.size()) add_shards(input, group, wanted, zones(context, group), shards);
  for (Json& shard : shards) shard.erase("slots");
  spread_slots(shards);
  apply_layout(context, group, Interfaces::keep);
  return group_answer(context, group);
}

}  // namespace orrery::elasticache
