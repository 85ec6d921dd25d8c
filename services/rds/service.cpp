#include "services/rds/service.hpp"

#include "services/rds/automated_backups.hpp"
#include "services/rds/certificate.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/cluster_snapshot.hpp"
#include "services/rds/engine_versions.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/logs.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/restore.hpp"
#include "services/rds/sharing.hpp"
#include "services/rds/snapshot.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/tags.hpp"
#include "services/rds/tick.hpp"
#include "services/rds/wanted.hpp"

namespace orrery::rds {

namespace {

constexpr OperationRow kOperations[] = {
    {"AddRoleToDBCluster", &add_role_to_cluster},
    {"AddRoleToDBInstance", &add_role_to_instance},
    {"AddTagsToResource", &add_tags_to_resource},
    {"CopyDBSnapshot", &copy_snapshot},
    {"CreateDBCluster", &create_cluster},
    {"CreateDBClusterParameterGroup", &create_cluster_parameter_group},
    {"CreateDBClusterSnapshot", &create_cluster_snapshot},
    {"CreateDBInstance", &create_instance},
    {"CreateDBInstanceReadReplica", &create_replica},
    {"CreateDBParameterGroup", &create_parameter_group},
    {"CreateDBSnapshot", &create_snapshot},
    {"CreateDBSubnetGroup", &create_subnet_group},
    {"DeleteDBCluster", &delete_cluster},
    {"DeleteDBClusterParameterGroup", &delete_cluster_parameter_group},
    {"DeleteDBClusterSnapshot", &delete_cluster_snapshot},
    {"DeleteDBInstance", &delete_instance},
    {"DeleteDBInstanceAutomatedBackup", &delete_automated_backup},
    {"DeleteDBParameterGroup", &delete_parameter_group},
    {"DeleteDBSnapshot", &delete_snapshot},
    {"DeleteDBSubnetGroup", &delete_subnet_group},
    {"DescribeCertificates", &describe_certificates},
    {"DescribeDBClusterEndpoints", &describe_cluster_endpoints},
    {"DescribeDBClusterParameterGroups", &describe_cluster_parameter_groups},
    {"DescribeDBClusterParameters", &describe_cluster_parameters},
    {"DescribeDBClusterSnapshotAttributes", &describe_cluster_snapshot_attributes},
    {"DescribeDBClusterSnapshots", &describe_cluster_snapshots},
    {"DescribeDBClusters", &describe_clusters},
    {"DescribeDBEngineVersions", &describe_engine_versions},
    {"DescribeDBInstanceAutomatedBackups", &describe_automated_backups},
    {"DescribeDBInstances", &describe_instances},
    {"DescribeDBLogFiles", &describe_log_files},
    {"DescribeDBParameterGroups", &describe_parameter_groups},
    {"DescribeDBParameters", &describe_parameters},
    {"DescribeDBSnapshotAttributes", &describe_snapshot_attributes},
    {"DescribeDBSnapshots", &describe_snapshots},
    {"DescribeDBSubnetGroups", &describe_subnet_groups},
    {"DescribeEvents", &describe_events},
    {"DescribeGlobalClusters", &describe_global_clusters},
    {"DownloadDBLogFilePortion", &download_log_file_portion, Access::read},
    {"FailoverDBCluster", &fail_over_cluster},
    {"ListTagsForResource", &list_tags_for_resource},
    {"ModifyDBCluster", &modify_cluster},
    {"ModifyDBClusterParameterGroup", &modify_cluster_parameter_group},
    {"ModifyDBClusterSnapshotAttribute", &modify_cluster_snapshot_attribute},
    {"ModifyDBInstance", &modify_instance},
    {"ModifyDBParameterGroup", &modify_parameter_group},
    {"ModifyDBSnapshotAttribute", &modify_snapshot_attribute},
    {"ModifyDBSubnetGroup", &modify_subnet_group},
    {"PromoteReadReplica", &promote_replica},
    {"RebootDBInstance", &reboot_instance},
    {"RemoveRoleFromDBCluster", &remove_role_from_cluster},
    {"RemoveRoleFromDBInstance", &remove_role_from_instance},
    {"RemoveTagsFromResource", &remove_tags_from_resource},
    {"ResetDBClusterParameterGroup", &reset_cluster_parameter_group},
    {"ResetDBParameterGroup", &reset_parameter_group},
    {"RestoreDBClusterFromSnapshot", &restore_cluster_from_snapshot},
    {"RestoreDBClusterToPointInTime", &restore_cluster_to_point_in_time},
    {"RestoreDBInstanceFromDBSnapshot", &restore_from_snapshot},
    {"RestoreDBInstanceToPointInTime", &restore_to_point_in_time},
    {"StartDBCluster", &start_cluster},
    {"StartDBInstance", &start_instance},
    {"StopDBCluster", &stop_cluster},
    {"StopDBInstance", &stop_instance},
};

}  // namespace

const Service& service() {
  static const Service instance{.name = "rds", .operations = kOperations, .tick = &tick, .engines = &add_wanted};
  return instance;
}

}  // namespace orrery::rds
