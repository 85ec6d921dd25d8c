#include <algorithm>

#include "services/rds/building.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/network.hpp"
#include "services/rds/running.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/watching.hpp"

namespace orrery::rds {

namespace {

/// A zone of the subnet group that has the fewest members so far.
std::string quietest_zone(RequestContext& context, const storage::Resource& cluster) {
  std::map<std::string, int> zones;
  const auto group = find_subnet_group(context, cluster.document.at("DBSubnetGroup").get<std::string>());
  for (const Json& subnet : group->at("Subnets")) zones[subnet.at("SubnetAvailabilityZone").at("Name")] = 0;
  for (const storage::Resource& member : members_of(context, cluster)) ++zones[member.document.at("AvailabilityZone")];
  return std::min_element(zones.begin(), zones.end(), [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

void settle_place(RequestContext& context, const Input& input, const storage::Resource& cluster, Json& document) {
  const std::string subnets = cluster.document.at("DBSubnetGroup");
  if (const std::string wanted = lower(input.str("DBSubnetGroupName")); !wanted.empty() && wanted != subnets)
    throw invalid_parameter_combination("The DB subnet group of a member is that of its DB cluster, " + subnets + ".");
  if (input.flag("MultiAZ"))
    throw invalid_parameter_combination("The parameter MultiAZ isn't supported for members of a DB cluster.");
  document["MultiAZ"] = false;
  document["DBSubnetGroup"] = {{"DBSubnetGroupName", subnets}};
  document["AvailabilityZone"] = input.str("AvailabilityZone", quietest_zone(context, cluster));
  const auto all = context.peers.ec2->availability_zones(context);
  if (std::find(all.begin(), all.end(), document.at("AvailabilityZone")) == all.end())
    throw invalid_parameter_value("Invalid availability zone: " + input.str("AvailabilityZone"));
  document["PubliclyAccessible"] = input.flag("PubliclyAccessible");
  document["NetworkType"] = "IPV4";
  document["VpcSecurityGroups"] = cluster.document.at("VpcSecurityGroups");
}

void settle_of_cluster(const storage::Resource& cluster, Json& document) {
  document["DBClusterIdentifier"] = cluster.id;
  // Aurora's storage grows by itself; its instances say 1.
  document["AllocatedStorage"] = 1;
  document["StorageType"] = cluster.document.value("StorageType", "aurora");
  document["DedicatedLogVolume"] = false;
  for (const char* member :
       {"MasterUsername", "StorageEncrypted", "KmsKeyId", "BackupRetentionPeriod", "PreferredBackupWindow"})
    if (cluster.document.contains(member)) document[member] = cluster.document.at(member);
}

}  // namespace

void refuse_of_cluster(const Input& input) {
  for (const char* member : {"AllocatedStorage",
                             "MasterUsername",
                             "MasterUserPassword",
                             "DBName",
                             "Port",
                             "DBPortNumber",
                             "KmsKeyId",
                             "StorageEncrypted",
                             "StorageType",
                             "Iops",
                             "StorageThroughput",
                             "MaxAllocatedStorage",
                             "VpcSecurityGroupIds",
                             "EnableIAMDatabaseAuthentication",
                             "ManageMasterUserPassword",
                             "RotateMasterUserPassword",
                             "MasterUserSecretKmsKeyId",
                             "BackupRetentionPeriod",
                             "EnableCloudwatchLogsExports",
                             "CloudwatchLogsExportConfiguration",
                             "DedicatedLogVolume"})
    if (input.has(member))
      throw invalid_parameter_combination("The requested DB Instance will be a member of a DB Cluster. Set " +
                                          std::string(member) + " for the DB Cluster.");
}

Json create_member(RequestContext& context, const Input& input) {
  const std::string identifier = checked_identifier("DBInstanceIdentifier", input.str("DBInstanceIdentifier"), 63);
  storage::Resource cluster = cluster_named(context, input.str("DBClusterIdentifier"));
  const std::string engine_name = cluster.document.at("Engine");
  if (lower(input.str("Engine")) != engine_name)
    throw invalid_parameter_combination("The engine name requested for your DB instance (" + input.str("Engine") +
                                        ") doesn't match the engine name of your DB cluster (" + engine_name + ").");
  if (context.resources().exists(kInstance, identifier)) throw instance_exists();
  const std::string status = cluster_status(context, cluster);
  if (status == "stopped" || status == "deleting")
    throw invalid_cluster_state("DB cluster " + cluster.id + " is not currently in the available state.");
  refuse_of_cluster(input);
  const Engine& engine = checked_engine(engine_name);
  refuse_foreign(engine, input);
  const std::string number = cluster.document.at("EngineVersion");
  const ChosenVersion version = *choose_version(engine, number, context.now);
  if (const std::string wanted = input.str("EngineVersion");
      !wanted.empty() && wanted != number && wanted != version.major->major)
    throw invalid_parameter_combination("The engine version that you requested for your DB instance (" + wanted +
                                        ") does not match the engine version of your DB cluster (" + number + ").");
  storage::Resource member = blank_instance(context, identifier);
  Json& document = member.document;
  document["DBInstanceClass"] = input.str("DBInstanceClass");
  if (document.at("DBInstanceClass") != "db.serverless") check_class(document.at("DBInstanceClass"));
  settle_software(context, engine, version, input, document);
  settle_of_cluster(cluster, document);
  settle_backup(input, identifier, document);
  place_endpoint(context, member, cluster.hidden.at("port").get<std::int64_t>());
  settle_place(context, input, cluster, document);
  settle_access(context, input, member);
  settle_monitoring(context, input, document);
  document["PromotionTier"] = 1;
  settle_promotion_tier(input, document);
  if (cluster.hidden.value("writer", "").empty()) {
    cluster.hidden["writer"] = document.at("DbiResourceId");
    begin_transition(cluster, Transition::creating);
    context.resources().put(cluster);
  }
  launch(context, member, all_tags(input));
  record_event(context, "db-instance", member, "creation", "DB instance created");
  return {{"DBInstance", instance_view(context, member)}};
}

Json delete_member(RequestContext& context, const Input& input, storage::Resource instance) {
  if (!input.str("FinalDBSnapshotIdentifier").empty())
    throw invalid_parameter_combination(
        "FinalDBSnapshotIdentifier can not be specified when deleting a member of a DB cluster.");
  input.acknowledge("SkipFinalSnapshot", "a member has no data of its own");
  input.acknowledge("DeleteAutomatedBackups", "backups are the cluster's");
  Json out = instance_view(context, instance);
  out["DBInstanceStatus"] = "deleting";
  storage::Resource cluster = cluster_named(context, instance.document.at("DBClusterIdentifier"));
  if (is_writer(cluster, instance)) {
    choose_writer(context, cluster, instance.id);
    if (!cluster.hidden.value("writer", "").empty()) restart_cluster(context, cluster, Transition::modifying);
    context.resources().put(cluster);
  }
  release_endpoint(context, instance);
  poke(context);
  record_event(context, "db-instance", instance, "deletion", "DB instance deleted");
  detach(context, instance);
  context.resources().erase(kInstance, instance.id);
  settle_all(context, instance.arn);
  return {{"DBInstance", out}};
}

}  // namespace orrery::rds
