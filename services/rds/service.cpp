#include "services/rds/service.hpp"

#include "services/rds/automated_backups.hpp"
#include "services/rds/certificate.hpp"
#include "services/rds/engine_versions.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/logs.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/restore.hpp"
#include "services/rds/running.hpp"
#include "services/rds/sharing.hpp"
#include "services/rds/snapshot.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/tags.hpp"
#include "services/rds/tick.hpp"

namespace orrery::rds {

namespace {

constexpr OperationRow kOperations[] = {
    {"AddRoleToDBInstance", &add_role_to_instance},
    {"AddTagsToResource", &add_tags_to_resource},
    {"CopyDBSnapshot", &copy_snapshot},
    {"CreateDBInstance", &create_instance},
    {"CreateDBInstanceReadReplica", &create_replica},
    {"CreateDBParameterGroup", &create_parameter_group},
    {"CreateDBSnapshot", &create_snapshot},
    {"CreateDBSubnetGroup", &create_subnet_group},
    {"DeleteDBInstance", &delete_instance},
    {"DeleteDBInstanceAutomatedBackup", &delete_automated_backup},
    {"DeleteDBParameterGroup", &delete_parameter_group},
    {"DeleteDBSnapshot", &delete_snapshot},
    {"DeleteDBSubnetGroup", &delete_subnet_group},
    {"DescribeCertificates", &describe_certificates},
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
    {"DownloadDBLogFilePortion", &download_log_file_portion, Access::read},
    {"ListTagsForResource", &list_tags_for_resource},
    {"ModifyDBInstance", &modify_instance},
    {"ModifyDBParameterGroup", &modify_parameter_group},
    {"ModifyDBSnapshotAttribute", &modify_snapshot_attribute},
    {"ModifyDBSubnetGroup", &modify_subnet_group},
    {"PromoteReadReplica", &promote_replica},
    {"RebootDBInstance", &reboot_instance},
    {"RemoveRoleFromDBInstance", &remove_role_from_instance},
    {"RemoveTagsFromResource", &remove_tags_from_resource},
    {"ResetDBParameterGroup", &reset_parameter_group},
    {"RestoreDBInstanceFromDBSnapshot", &restore_from_snapshot},
    {"RestoreDBInstanceToPointInTime", &restore_to_point_in_time},
    {"StartDBInstance", &start_instance},
    {"StopDBInstance", &stop_instance},
};

}  // namespace

const Service& service() {
  static const Service instance{.name = "rds", .operations = kOperations, .tick = &tick, .engines = &add_wanted};
  return instance;
}

}  // namespace orrery::rds
