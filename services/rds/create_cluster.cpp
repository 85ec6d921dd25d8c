#include <algorithm>

#include "aws/ids.hpp"
#include "services/rds/building.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/cluster_building.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/force.hpp"
#include "services/rds/names.hpp"
#include "services/rds/network.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/security.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/tags.hpp"
#include "services/rds/watching.hpp"
#include "services/rds/windows.hpp"

namespace orrery::rds {

namespace {

void settle_zones(RequestContext& context, const Input& input, Json& document) {
  const auto all = context.peers.ec2->availability_zones(context);
  std::vector<std::string> zones = input.strings("AvailabilityZones");
  for (const std::string& zone : zones)
    if (std::find(all.begin(), all.end(), zone) == all.end())
      throw invalid_parameter_value("Invalid availability zone: " + zone);
  // Aurora keeps six copies in three zones, whatever was asked for.
  for (const std::string& zone : all)
    if (zones.size() < 3 && std::find(zones.begin(), zones.end(), zone) == zones.end()) zones.push_back(zone);
  std::sort(zones.begin(), zones.end());
  document["AvailabilityZones"] = zones;
}

void settle_cluster_network(RequestContext& context, const Input& input, Json& document) {
  const Json group = chosen_subnet_group(context, input.str("DBSubnetGroupName"));
  if (input.str("NetworkType", "IPV4") != "IPV4")
    throw AwsError("NetworkTypeNotSupported", 400,
                   "The network type " + input.str("NetworkType") + " isn't supported.");
  document["NetworkType"] = "IPV4";
  document["DBSubnetGroup"] = group.at("DBSubnetGroupName");
  document["VpcSecurityGroups"] = security_groups(context, input.strings("VpcSecurityGroupIds"), group.at("VpcId"));
}

void settle_cluster_backup(const Input& input, const std::string& identifier, Json& document) {
  document["BackupRetentionPeriod"] =
      input.integer("BackupRetentionPeriod", document.value("BackupRetentionPeriod", std::int64_t{1}));
  check_range("BackupRetentionPeriod", document.at("BackupRetentionPeriod").get<std::int64_t>(), 1, 35);
  const Windows windows =
      settle_windows(input.str("PreferredBackupWindow", document.value("PreferredBackupWindow", "")),
                     input.str("PreferredMaintenanceWindow"), identifier);
  document["PreferredBackupWindow"] = windows.backup;
  document["PreferredMaintenanceWindow"] = windows.maintenance;
  document["CopyTagsToSnapshot"] = input.flag("CopyTagsToSnapshot");
}

}  // namespace

const Engine& checked_cluster_engine(const std::string& name) {
  const std::string wanted = lower(name);
  if (wanted == kAuroraPostgres) return *find_engine(wanted);
  if (find_engine(wanted) || known_elsewhere(wanted)) throw not_built("A DB cluster of the engine '" + name + "'");
  throw invalid_parameter_value("Invalid DB engine");
}

void refuse_other_clusters(const Input& input) {
  if (input.str("EngineMode", "provisioned") != "provisioned") throw not_built("EngineMode " + input.str("EngineMode"));
  for (const char* member : {"ReplicationSourceIdentifier", "GlobalClusterIdentifier", "DBSystemId"})
    if (!input.str(member).empty()) throw not_built("A DB cluster with " + std::string(member));
  for (const char* member : {"EnableHttpEndpoint", "EnableGlobalWriteForwarding", "EnableLocalWriteForwarding",
                             "EnableLimitlessDatabase", "WithExpressConfiguration", "PubliclyAccessible"})
    if (input.flag(member)) throw not_built("A DB cluster with " + std::string(member));
  for (const char* member : {"ScalingConfiguration", "RdsCustomClusterConfiguration"})
    if (!input.json(member).empty()) throw not_built("A DB cluster with " + std::string(member));
  for (const char* member : {"DBClusterInstanceClass", "CharacterSetName", "Domain", "DomainIAMRoleName"})
    if (!input.str(member).empty())
      throw invalid_parameter_combination("The parameter " + std::string(member) +
                                          " isn't supported for engine aurora-postgresql.");
  for (const char* member : {"BacktrackWindow", "Iops"})
    if (input.integer(member) != 0)
      throw invalid_parameter_combination("The parameter " + std::string(member) +
                                          " isn't supported for engine aurora-postgresql.");
  // Terraform sends back the 1 that DescribeDBClusters answers.
  if (input.integer("AllocatedStorage", 1) > 1)
    throw invalid_parameter_combination("The parameter AllocatedStorage isn't supported for engine aurora-postgresql.");
  if (input.str("ClusterScalabilityType", "standard") != "standard")
    throw not_built("ClusterScalabilityType limitless");
  input.acknowledge("PreSignedUrl", "no source in another region");
  input.acknowledge("SourceRegion", "no source in another region");
}

storage::Resource blank_cluster(RequestContext& context, const std::string& identifier) {
  storage::Resource cluster{
      .kind = std::string(kCluster), .id = identifier, .arn = context.arn("cluster:" + identifier)};
  cluster.created = context.now;
  cluster.document = {
      {"DBClusterIdentifier", identifier},
      {"DBClusterArn", cluster.arn},
      {"DbClusterResourceId", "cluster-" + aws::random_text(26, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")},
      {"Status", "available"},
      {"ClusterCreateTime", context.timestamp()},
      {"AllocatedStorage", 1},
      {"EngineMode", "provisioned"},
      {"ReadReplicaIdentifiers", Json::array()},
      {"DomainMemberships", Json::array()},
      {"AssociatedRoles", Json::array()},
      {"HttpEndpointEnabled", false},
      {"CrossAccountClone", false},
      {"ActivityStreamStatus", "stopped"},
  };
  return cluster;
}

void settle_storage_type(const Input& input, Json& document) {
  const std::string type = input.str("StorageType", document.value("StorageType", "aurora"));
  if (type != "aurora" && type != "aurora-iopt1") throw invalid_parameter_value("Invalid storage type: " + type);
  // "The storage type isn't returned when you set it to aurora" (API reference, CreateDBCluster).
  document.erase("StorageType");
  if (type != "aurora") document["StorageType"] = type;
}

void settle_scaling(const Input& input, Json& document) {
  const Input wanted = input.object("ServerlessV2ScalingConfiguration");
  if (!input.has("ServerlessV2ScalingConfiguration")) return;
  const double least = wanted.number("MinCapacity"), most = wanted.number("MaxCapacity");
  if (least < 0 || most < 1 || most > 256 || least > most)
    throw invalid_parameter_value(
        "Serverless v2 capacity must lie between 0 and 256, and MinCapacity must not be above MaxCapacity.");
  Json scaling{{"MinCapacity", least}, {"MaxCapacity", most}};
  if (const auto pause = wanted.find_integer("SecondsUntilAutoPause")) {
    check_range("SecondsUntilAutoPause", *pause, 300, 86400);
    scaling["SecondsUntilAutoPause"] = *pause;
  }
  document["ServerlessV2ScalingConfiguration"] = scaling;
}

void settle_cluster(RequestContext& context, const Engine& engine, const ChosenVersion& version, const Input& input,
                    storage::Resource& cluster) {
  Json& document = cluster.document;
  document["Engine"] = engine.name;
  document["EngineVersion"] = version.version->version;
  document["AutoMinorVersionUpgrade"] = input.flag("AutoMinorVersionUpgrade", true);
  document["EngineLifecycleSupport"] = input.str("EngineLifecycleSupport", "open-source-rds-extended-support");
  document["DBClusterParameterGroup"] =
      cluster_group_for(context, input.str("DBClusterParameterGroupName"), *version.major);
  const std::string options = input.str("OptionGroupName");
  if (!options.empty()) check_option_group(engine, version, options);
  if (const auto logs = input.strings("EnableCloudwatchLogsExports"); !logs.empty()) {
    check_log_types(engine, version, logs);
    document["EnabledCloudwatchLogsExports"] = logs;
  }
  settle_zones(context, input, document);
  settle_cluster_network(context, input, document);
  settle_cluster_backup(input, cluster.id, document);
  settle_storage_type(input, document);
  settle_scaling(input, document);
  document["IAMDatabaseAuthenticationEnabled"] = input.flag("EnableIAMDatabaseAuthentication");
  document["DeletionProtection"] = input.flag("DeletionProtection");
  const std::int64_t port = input.integer("Port", cluster.hidden.value("port", std::int64_t{engine.port}));
  check_range("Port", port, 1150, 65535);
  place_cluster(context, cluster, port);
  if (const auto zone = hosted_zone(context.region); !zone.empty()) document["HostedZoneId"] = zone;
  settle_monitoring(context, input, document);
}

void launch_cluster(RequestContext& context, storage::Resource& cluster, const storage::Tags& tags) {
  take_force(context, cluster);
  begin_transition(cluster, Transition::creating);
  poke(context);
  context.resources().put(cluster);
  context.resources().tag(kCluster, cluster.id, tags);
  relink_cluster(context, cluster);
  record_event(context, "db-cluster", cluster, "creation", "DB cluster created");
}

AwsError cluster_exists(const std::string& id) {
  return {"DBClusterAlreadyExistsFault", 400, "DB Cluster already exists: " + id};
}

Json create_cluster(RequestContext& context, const Input& input) {
  const std::string identifier = checked_identifier("DBClusterIdentifier", input.str("DBClusterIdentifier"), 63);
  const Engine& engine = checked_cluster_engine(input.str("Engine"));
  if (context.resources().exists(kCluster, identifier)) throw cluster_exists(identifier);
  refuse_other_clusters(input);
  storage::Resource cluster = blank_cluster(context, identifier);
  const ChosenVersion version = checked_version(context, engine, input.str("EngineVersion"), cluster.arn);
  if (const std::string name = input.str("DatabaseName"); !name.empty()) {
    check_database_name(engine, name);
    cluster.document["DatabaseName"] = name;
  }
  settle_encryption(context, input, cluster.document);
  settle_cluster(context, engine, version, input, cluster);
  const std::string authority = checked_certificate(context, input.str("CACertificateIdentifier"), cluster.arn);
  if (input.has("CACertificateIdentifier")) cluster.document["CertificateDetails"] = {{"CAIdentifier", authority}};
  settle_credentials(context, engine, input, cluster);
  launch_cluster(context, cluster, all_tags(input, "cluster"));
  return {{"DBCluster", cluster_view(context, cluster)}};
}

}  // namespace orrery::rds
