#include "services/elasticache/layout.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "services/elasticache/backing.hpp"
#include "services/elasticache/endpoints.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/nodes.hpp"
#include "services/elasticache/wanted.hpp"

namespace orrery::elasticache {

namespace {

constexpr int kSlots = 16384;

std::string padded(int number, int width) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%0*d", width, number);
  return buffer;
}

Tls group_tls(const storage::Resource& group) {
  return group.hidden.at("node").value("TransitEncryptionEnabled", false) ? Tls::on : Tls::off;
}

std::string least_used(const Json& members, const std::vector<std::string>& zones) {
  const auto used = [&](const std::string& zone) {
    return std::count_if(members.begin(), members.end(), [&](const Json& member) { return member.at("zone") == zone; });
  };
  return *std::min_element(zones.begin(), zones.end(),
                           [&](const std::string& a, const std::string& b) { return used(a) < used(b); });
}

Json endpoint(const std::string& address, const Json& port) { return {{"Address", address}, {"Port", port}}; }

using Members = std::map<std::string, storage::Resource>;

/// A group's own endpoint: its lease, else the node that plays the role, else a name alone.
Json group_endpoint(const storage::Resource& group, const char* role, const Json& node, const std::string& name) {
  const Json leases = group.hidden.value("endpoints", Json::object());
  if (const auto lease = leases.find(role); lease != leases.end()) return lease->at("endpoint");
  return backed(group) ? node : endpoint(name, group.hidden.at("port"));
}

Json node_group(RequestContext& context, const storage::Resource& group, const Json& shard, const Members& clusters) {
  const bool sharded = group.document.at("ClusterEnabled");
  const std::string id = text(shard, "id");
  const Tls tls = group_tls(group);
  const Json& members = shard.at("members");
  const auto endpoint_of = [&](const Json& member) {
    return clusters.at(text(member, "id")).document.at("CacheNodes").at(0).at("Endpoint");
  };
  Json out{{"NodeGroupId", id}, {"Status", "available"}, {"NodeGroupMembers", Json::array()}};
  if (sharded) {
    if (shard.contains("slots")) out["Slots"] = shard.at("slots");
  } else {
    out["PrimaryEndpoint"] =
        group_endpoint(group, "primary", endpoint_of(members.front()), primary_address(context, group.id, id, tls));
    out["ReaderEndpoint"] = group_endpoint(group, "reader", endpoint_of(members.at(members.size() > 1 ? 1 : 0)),
                                           reader_address(context, group.id, id, tls));
  }
  for (const Json& member : members) {
    Json node{
        {"CacheClusterId", member.at("id")}, {"CacheNodeId", "0001"}, {"PreferredAvailabilityZone", member.at("zone")}};
    if (!sharded) {
      node["CurrentRole"] = out.at("NodeGroupMembers").empty() ? "primary" : "replica";
      node["ReadEndpoint"] = endpoint_of(member);
    }
    out["NodeGroupMembers"].push_back(std::move(node));
  }
  return out;
}

/// What an engine of the group needs in its cluster: its lease, what it begins with, what is in force until a reboot.
void equip(RequestContext& context, const storage::Resource& group, const Json& member, storage::Resource& cluster) {
  if (!backed(group) || !runner(context, text(cluster.document, "Engine"))) return;
  const bool fresh = !leased_endpoint(cluster, "0001");
  lease_node(context, cluster, "0001", group.hidden.at("port"));
  if (!fresh) return;
  cluster.hidden["boot_parameters"] = boot_parameters(context, cluster);
  if (member.contains("restore_from")) cluster.hidden["restore_from"] = member.at("restore_from");
}

storage::Resource member_cluster(RequestContext& context, const storage::Resource& group, const Json& member) {
  const std::string id = text(member, "id");
  storage::Resource cluster{.kind = std::string(kCluster), .id = id, .arn = context.arn("cluster:" + id)};
  const auto before = context.resources().find(kCluster, id);
  cluster.created = before ? before->created : context.now;
  if (before) cluster.hidden = before->hidden;
  Json& document = cluster.document = group.hidden.at("node");
  document["CacheClusterId"] = id;
  document["ARN"] = cluster.arn;
  document["ReplicationGroupId"] = group.id;
  document["CacheClusterStatus"] = "available";
  document["CacheClusterCreateTime"] = aws::seconds(cluster.created);
  document["NumCacheNodes"] = 1;
  document["PreferredAvailabilityZone"] = member.at("zone");
  document["ReplicationGroupLogDeliveryEnabled"] = !document.at("LogDeliveryConfigurations").empty();
  document["LogDeliveryConfigurations"] = Json::array();
  equip(context, group, member, cluster);
  document["CacheNodes"] = Json::array({Json{
      {"CacheNodeId", "0001"},
      {"CacheNodeStatus", "available"},
      {"CacheNodeCreateTime", aws::seconds(cluster.created)},
      {"Endpoint",
       leased_endpoint(cluster, "0001")
           .value_or(endpoint(node_address(context, group.id, id, "0001", group_tls(group)), group.hidden.at("port")))},
      {"ParameterGroupStatus", "in-sync"},
      {"CustomerAvailabilityZone", member.at("zone")}}});
  return cluster;
}

void lease_group(RequestContext& context, storage::Resource& group, const storage::Resource& primary) {
  if (leased_endpoint(primary, "0001"))
    lease_endpoints(context, group, primary.hidden.at("engines").at("0001").at("listen").at(0));
}

}  // namespace

std::string member_name(const storage::Resource& group, const std::string& shard, int index) {
  const bool sharded = group.document.at("ClusterEnabled");
  return group.id + "-" + (sharded ? shard + "-" : "") + padded(index, 3);
}

void resize_shard(const storage::Resource& group, Json& shard, std::size_t count,
                  const std::vector<std::string>& zones) {
  Json& members = shard["members"];
  if (!members.is_array()) members = Json::array();
  while (members.size() > count) members.erase(members.size() - 1);
  for (int index = 1; members.size() < count; ++index) {
    const std::string name = member_name(group, text(shard, "id"), index);
    const bool taken =
        std::any_of(members.begin(), members.end(), [&](const Json& member) { return member.at("id") == name; });
    if (!taken) members.push_back({{"id", name}, {"zone", least_used(members, zones)}});
  }
}

Json all_shards(const storage::Resource& group) {
  Json shards = group.hidden.at("shards");
  for (const Json& shard : group.hidden.value("leaving", Json::array())) shards.push_back(shard);
  return shards;
}

void spread_slots(Json& shards) {
  const int count = static_cast<int>(shards.size());
  for (int i = 0; i < count; ++i) {
    Json& shard = shards[static_cast<std::size_t>(i)];
    if (shard.contains("slots")) continue;
    shard["slots"] = std::to_string(kSlots * i / count) + "-" + std::to_string(kSlots * (i + 1) / count - 1);
  }
}

void apply_layout(RequestContext& context, storage::Resource& group, Interfaces interfaces) {
  storage::ResourceTable table = context.resources();
  Json& document = group.document;
  const Json before = document.value("MemberClusters", Json::array());
  const storage::Tags tags = table.tags(kGroup, group.id);
  document["MemberClusters"] = Json::array();
  document["NodeGroups"] = Json::array();
  Members members;
  const Json shards = all_shards(group);
  for (const Json& shard : shards)
    for (const Json& member : shard.at("members"))
      members.emplace(text(member, "id"), member_cluster(context, group, member));
  const Json& first = group.hidden.at("shards").at(0).at("members").at(0);
  lease_group(context, group, members.at(text(first, "id")));
  for (const Json& shard : shards) {
    document["NodeGroups"].push_back(node_group(context, group, shard, members));
    for (const Json& member : shard.at("members")) {
      storage::Resource& cluster = members.at(text(member, "id"));
      if (interfaces == Interfaces::renew || !cluster.hidden.contains("interfaces")) reattach(context, cluster);
      const bool fresh = !table.exists(kCluster, cluster.id);
      table.put(cluster);
      if (fresh) table.tag(kCluster, cluster.id, tags);
      relink(context, cluster);
      document["MemberClusters"].push_back(cluster.id);
    }
  }
  for (const Json& id : before)
    if (!members.contains(id.get<std::string>()))
      if (const auto gone = table.find(kCluster, id.get<std::string>())) remove_cluster(context, *gone);
  document.erase("ConfigurationEndpoint");
  if (document.at("ClusterEnabled").get<bool>())
    document["ConfigurationEndpoint"] = group_endpoint(
        group, "configuration", members.at(text(first, "id")).document.at("CacheNodes").at(0).at("Endpoint"),
        configuration_address(context, group.id, group_tls(group)));
  table.put(group);
  poke(context);
}

}  // namespace orrery::elasticache
