#include <algorithm>

#include "services/elasticache/errors.hpp"
#include "services/elasticache/layout.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/replication_group.hpp"
#include "services/elasticache/settings.hpp"

namespace orrery::elasticache {

namespace {

void promote(const std::string& wanted, storage::Resource& group) {
  for (Json& shard : group.hidden["shards"]) {
    auto& members = shard["members"].get_ref<Json::array_t&>();
    const auto it =
        std::find_if(members.begin(), members.end(), [&](const Json& member) { return member.at("id") == wanted; });
    if (it == members.end()) continue;
    std::rotate(members.begin(), it, it + 1);
    return;
  }
  throw cluster_not_found(wanted);
}

void change_user_groups(const Input& input, Json& document) {
  std::vector<std::string> ids = document.value("UserGroupIds", std::vector<std::string>{});
  if (input.flag("RemoveUserGroups")) ids.clear();
  for (const std::string& id : input.strings("UserGroupIdsToRemove")) std::erase(ids, id);
  for (const std::string& id : input.strings("UserGroupIdsToAdd"))
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  document["UserGroupIds"] = ids;
}

void change_cluster_mode(const Input& input, Json& document) {
  const std::string before = text(document, "ClusterMode"), wanted = input.str("ClusterMode", before);
  if (wanted == before) return;
  // disabled → compatible → enabled, and back from compatible (user guide, "Modifying cluster mode").
  const bool allowed = (before == "disabled" && wanted == "compatible") || before == "compatible";
  if (!allowed)
    throw invalid_parameter_combination("Cluster mode can't be changed from " + before + " to " + wanted + ".");
  document["ClusterMode"] = wanted;
  document["ClusterEnabled"] = wanted == "enabled";
}

void change_snapshotting(const Input& input, storage::Resource& group) {
  const std::string wanted = input.str("SnapshottingClusterId");
  const Json& members = group.document.at("MemberClusters");
  if (!wanted.empty() && std::find(members.begin(), members.end(), Json(wanted)) == members.end())
    throw cluster_not_found(wanted);
  if (!wanted.empty()) group.document["SnapshottingClusterId"] = wanted;
  if (group.hidden.at("node").value("SnapshotRetentionLimit", 0) == 0) group.document.erase("SnapshottingClusterId");
}

}  // namespace

Json modify_replication_group(RequestContext& context, const Input& input) {
  storage::Resource group = group_named(context, input.str("ReplicationGroupId"));
  input.acknowledge("ApplyImmediately", "changes settle at once, as if the maintenance window were now");
  input.acknowledge("NodeGroupId", "deprecated: AWS does not use it either");
  Json& document = group.document;
  Json& node = group.hidden["node"];
  const Json groups_before = node.at("SecurityGroups");
  document["Description"] = input.str("ReplicationGroupDescription", text(document, "Description"));
  change_cluster_mode(input, document);
  const EngineVersion version = settle_engine(context, input, node, group.arn);
  settle_node_type(input, node);
  const ClusterMode mode = document.at("ClusterEnabled").get<bool>() ? ClusterMode::on : ClusterMode::off;
  settle_parameter_group(context, input, version, mode, node);
  settle_schedule(input, group.id, node);
  settle_network(context, input, node);
  settle_notifications(input, node);
  settle_logs(input, node);
  settle_transit(input, node);
  settle_token(context, input, node, group.hidden);
  document["AutomaticFailover"] =
      input.flag("AutomaticFailoverEnabled", document.at("AutomaticFailover") == "enabled") ? "enabled" : "disabled";
  document["MultiAZ"] = input.flag("MultiAZEnabled", document.at("MultiAZ") == "enabled") ? "enabled" : "disabled";
  if (const std::string primary = input.str("PrimaryClusterId"); !primary.empty()) promote(primary, group);
  change_user_groups(input, document);
  change_snapshotting(input, group);
  check_failover(group);
  check_user_groups(context, group);
  mirror_settings(group);
  apply_layout(context, group, node.at("SecurityGroups") == groups_before ? Interfaces::keep : Interfaces::renew);
  link_user_groups(context, group);
  advise_transit(context, group);
  return group_answer(context, group);
}

}  // namespace orrery::elasticache
