#include <algorithm>

#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/cluster_building.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/network.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/security.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/versions.hpp"
#include "services/rds/watching.hpp"
#include "services/rds/windows.hpp"

namespace orrery::rds {

namespace {

void change_cluster_version(RequestContext& context, const Engine& engine, const Input& input,
                            storage::Resource& cluster) {
  const Upgrade upgrade = checked_upgrade(context, engine, cluster.document.at("EngineVersion"), input, cluster.arn);
  const bool major_allowed = input.flag("AllowMajorVersionUpgrade");
  cluster.document["EngineVersion"] = upgrade.to.version->version;
  const std::string group = input.str("DBClusterParameterGroupName");
  if (input.has("DBInstanceParameterGroupName") && upgrade.to.major == upgrade.from.major)
    throw invalid_parameter_combination(
        "The db-instance-parameter-group-name can only be specified for a major engine version upgrade.");
  if (upgrade.to.major != upgrade.from.major) {
    if (!major_allowed)
      throw invalid_parameter_combination(
          "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.");
    cluster.document["DBClusterParameterGroup"] = cluster_group_for(context, group, *upgrade.to.major);
    const std::string of_members = group_for(context, input.str("DBInstanceParameterGroupName"), *upgrade.to.major);
    for (storage::Resource& member : members_of(context, cluster)) {
      member.document["DBParameterGroups"][0]["DBParameterGroupName"] = of_members;
      context.resources().put(member);
      relink(context, member);
    }
  } else if (!group.empty()) {
    cluster.document["DBClusterParameterGroup"] = cluster_group_for(context, group, *upgrade.to.major);
  }
}

void change_cluster_backup(const Input& input, storage::Resource& cluster) {
  Json& document = cluster.document;
  document["BackupRetentionPeriod"] =
      input.integer("BackupRetentionPeriod", document.at("BackupRetentionPeriod").get<std::int64_t>());
  check_range("BackupRetentionPeriod", document.at("BackupRetentionPeriod").get<std::int64_t>(), 1, 35);
  const Windows windows = settle_windows(
      input.str("PreferredBackupWindow", document.at("PreferredBackupWindow").get<std::string>()),
      input.str("PreferredMaintenanceWindow", document.at("PreferredMaintenanceWindow").get<std::string>()),
      cluster.id);
  document["PreferredBackupWindow"] = windows.backup;
  document["PreferredMaintenanceWindow"] = windows.maintenance;
}

/// Members have the cluster's security groups and port.
void change_cluster_network(RequestContext& context, const Input& input, storage::Resource& cluster) {
  const auto ids = input.strings("VpcSecurityGroupIds");
  const std::int64_t old_port = cluster.hidden.at("port").get<std::int64_t>(), port = input.integer("Port", old_port);
  check_range("Port", port, 1150, 65535);
  if (ids.empty() && port == old_port) return;
  const auto group = find_subnet_group(context, cluster.document.at("DBSubnetGroup").get<std::string>());
  if (!ids.empty()) cluster.document["VpcSecurityGroups"] = security_groups(context, ids, group->at("VpcId"));
  for (storage::Resource& member : members_of(context, cluster)) {
    member.document["VpcSecurityGroups"] = cluster.document.at("VpcSecurityGroups");
    if (!ids.empty()) reattach(context, member);
    if (port != old_port) place_endpoint(context, member, port);
    begin_transition(member, Transition::modifying);
    context.resources().put(member);
  }
  if (port == old_port) return;
  place_cluster(context, cluster, port);
  restart_cluster(context, cluster, Transition::modifying);
}

void rename_cluster(RequestContext& context, const std::string& wanted, storage::Resource& cluster) {
  const std::string name = checked_identifier("NewDBClusterIdentifier", wanted, 63);
  if (name == cluster.id) return;
  storage::ResourceTable table = context.resources();
  if (table.exists(kCluster, name)) throw cluster_exists(name);
  auto members = members_of(context, cluster);
  const storage::Tags tags = table.tags(kCluster, cluster.id);
  for (const storage::Resource& member : members) table.unlink(kInstance, member.id, "cluster");
  table.erase(kCluster, cluster.id);
  settle_all(context, cluster.arn);
  cluster.id = name;
  cluster.arn = context.arn("cluster:" + name);
  cluster.document["DBClusterIdentifier"] = name;
  cluster.document["DBClusterArn"] = cluster.arn;
  table.put(cluster);
  table.tag(kCluster, name, tags);
  for (storage::Resource& member : members) {
    member.document["DBClusterIdentifier"] = name;
    table.put(member);
    relink(context, member);
  }
}

/// What the members' engines take over of the cluster.
void stir_members(RequestContext& context, const storage::Resource& cluster) {
  for (storage::Resource& member : members_of(context, cluster)) {
    if (member.hidden.value("transition", "") == "creating") continue;
    begin_transition(member, Transition::modifying);
    context.resources().put(member);
  }
}

}  // namespace

Json modify_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  require_cluster_available(context, cluster);
  input.acknowledge("ApplyImmediately", "changes of a cluster settle at once, as if the maintenance window were now");
  input.acknowledge("AllowEngineModeChange", "there is one engine mode");
  refuse_other_clusters(input);
  Json& document = cluster.document;
  const std::string before = document.at("EngineVersion");
  const Engine& engine = checked_cluster_engine(document.at("Engine"));
  begin_transition(cluster, Transition::modifying);
  stir_members(context, cluster);
  change_cluster_version(context, engine, input, cluster);
  change_log_exports(engine, *choose_version(engine, document.at("EngineVersion").get<std::string>(), context.now),
                     input, document);
  change_cluster_backup(input, cluster);
  change_cluster_network(context, input, cluster);
  settle_storage_type(input, document);
  settle_scaling(input, document);
  settle_monitoring(context, input, document);
  document["AutoMinorVersionUpgrade"] = input.flag("AutoMinorVersionUpgrade", document.at("AutoMinorVersionUpgrade"));
  document["CopyTagsToSnapshot"] = input.flag("CopyTagsToSnapshot", document.at("CopyTagsToSnapshot"));
  document["DeletionProtection"] = input.flag("DeletionProtection", document.at("DeletionProtection"));
  document["IAMDatabaseAuthenticationEnabled"] =
      input.flag("EnableIAMDatabaseAuthentication", document.at("IAMDatabaseAuthenticationEnabled"));
  if (const std::string options = input.str("OptionGroupName"); !options.empty())
    check_option_group(engine, *choose_version(engine, document.at("EngineVersion").get<std::string>(), context.now),
                       options);
  if (input.has("CACertificateIdentifier"))
    document["CertificateDetails"] = {
        {"CAIdentifier", checked_certificate(context, input.str("CACertificateIdentifier"), cluster.arn)}};
  change_credentials(context, engine, input, cluster);
  if (document.at("EngineVersion") != before) restart_cluster(context, cluster, Transition::modifying);
  if (const std::string wanted = input.str("NewDBClusterIdentifier"); !wanted.empty())
    rename_cluster(context, wanted, cluster);
  poke(context);
  context.resources().put(cluster);
  relink_cluster(context, cluster);
  record_event(context, "db-cluster", cluster, "configuration change", "Finished applying modifications");
  return {{"DBCluster", cluster_view(context, cluster)}};
}

}  // namespace orrery::rds
