#include <algorithm>

#include "services/rds/cluster.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/cluster_snapshot.hpp"
#include "services/rds/deletion.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/snapshot.hpp"

namespace orrery::rds {

namespace {

constexpr aws::Millis kSevenDays = aws::Millis{7} * 24 * 3600 * 1000;

/// Stores the status of the cluster and of all its members.
Json set_cluster_status(RequestContext& context, storage::Resource& cluster, const std::string& status,
                        Transition transition) {
  cluster.document["Status"] = status;
  begin_transition(cluster, transition);
  context.resources().put(cluster);
  for (storage::Resource& member : members_of(context, cluster)) {
    member.document["DBInstanceStatus"] = status;
    begin_transition(member, transition);
    context.resources().put(member);
  }
  poke(context);
  return {{"DBCluster", cluster_view(context, cluster)}};
}

}  // namespace

Json delete_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  input.acknowledge("DeleteAutomatedBackups", "a cluster's automated backups are not listed apart from it");
  if (cluster.document.at("DeletionProtection").get<bool>())
    throw invalid_parameter_combination(
        "Cannot delete protected Cluster, please disable deletion protection and try again.");
  const auto final_snapshot = final_snapshot_of(input);
  if (!members_of(context, cluster).empty())
    throw invalid_cluster_state("Cluster cannot be deleted, it still contains DB instances in non-deleting state.");
  if (being_deleted(cluster)) throw invalid_cluster_state("DB cluster " + cluster.id + " is already being deleted.");
  Json out = cluster_view(context, cluster);
  out["Status"] = "deleting";
  if (final_snapshot) {
    const Json snapshot = take_cluster_snapshot(context, cluster, *final_snapshot, {});
    if (snapshot.at("Status") != "available") {
      await_final_snapshot(cluster, snapshot.at("DBClusterSnapshotIdentifier"), Backups::go);
      context.resources().put(cluster);
      return {{"DBCluster", out}};
    }
  }
  end_cluster(context, cluster);
  return {{"DBCluster", out}};
}

Json stop_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  require_cluster_available(context, cluster);
  // RDS starts a stopped cluster again after seven days.
  cluster.document["AutomaticRestartTime"] = aws::seconds(context.now + kSevenDays);
  record_event(context, "db-cluster", cluster, "notification", "DB cluster stopped");
  return set_cluster_status(context, cluster, "stopped", Transition::stopping);
}

Json start_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  if (cluster_status(context, cluster) != "stopped")
    throw invalid_cluster_state("DB cluster " + cluster.id + " is not in stopped state.");
  cluster.document.erase("AutomaticRestartTime");
  restart_cluster(context, cluster, Transition::starting);
  record_event(context, "db-cluster", cluster, "notification", "DB cluster started");
  return set_cluster_status(context, cluster, "available", Transition::starting);
}

Json fail_over_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  require_cluster_available(context, cluster);
  const auto writer = writer_of(context, cluster);
  const std::string target = lower(input.str("TargetDBInstanceIdentifier"));
  if (target.empty()) {
    choose_writer(context, cluster, writer ? writer->id : "");
  } else {
    const storage::Resource wanted = instance_named(context, target);
    if (wanted.document.value("DBClusterIdentifier", "") != cluster.id)
      throw invalid_instance_state("DB instance " + target + " is not a member of DB cluster " + cluster.id + ".");
    cluster.hidden["writer"] = wanted.document.at("DbiResourceId");
  }
  if (cluster.hidden.value("writer", "").empty() || (writer && is_writer(cluster, *writer)))
    throw invalid_cluster_state("DB cluster " + cluster.id + " has no reader to fail over to.");
  restart_cluster(context, cluster, Transition::modifying);
  context.resources().put(cluster);
  for (storage::Resource& member : members_of(context, cluster)) {
    begin_transition(member, Transition::modifying);
    context.resources().put(member);
  }
  record_event(context, "db-cluster", cluster, "failover",
               "Completed failover to DB instance: " + writer_of(context, cluster)->id);
  return {{"DBCluster", cluster_view(context, cluster)}};
}

Json add_role_to_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  const std::string role = input.str("RoleArn"), feature = input.str("FeatureName");
  if (!context.peers.iam->role(context, role)) throw invalid_parameter_value("Role ARN " + role + " does not exist.");
  for (const Json& known : cluster.document.at("AssociatedRoles"))
    if (known.at("RoleArn") == role)
      throw AwsError("DBClusterRoleAlreadyExists", 400,
                     "Role ARN " + role + " is already associated with DB Cluster: " + cluster.id + ".");
  Json entry{{"RoleArn", role}, {"Status", "ACTIVE"}};
  if (!feature.empty()) entry["FeatureName"] = feature;
  cluster.document["AssociatedRoles"].push_back(entry);
  context.resources().put(cluster);
  return Json::object();
}

Json remove_role_from_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  const std::string role = input.str("RoleArn"), feature = input.str("FeatureName");
  if (!take_role(cluster.document["AssociatedRoles"], role, feature))
    throw AwsError("DBClusterRoleNotFound", 404,
                   "Role ARN " + role + " cannot be found for DB Cluster: " + cluster.id + ".");
  context.resources().put(cluster);
  return Json::object();
}

}  // namespace orrery::rds
