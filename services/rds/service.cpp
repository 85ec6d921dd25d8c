#include "services/rds/service.hpp"

#include "services/rds/engine_versions.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/running.hpp"
#include "services/rds/snapshot.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/tags.hpp"
#include "services/rds/tick.hpp"

namespace orrery::rds {

namespace {

constexpr OperationRow kOperations[] = {
    {"AddRoleToDBInstance", &add_role_to_instance},
    {"AddTagsToResource", &add_tags_to_resource},
    {"CreateDBInstance", &create_instance},
    {"CreateDBParameterGroup", &create_parameter_group},
    {"CreateDBSnapshot", &create_snapshot},
    {"CreateDBSubnetGroup", &create_subnet_group},
    {"DeleteDBInstance", &delete_instance},
    {"DeleteDBParameterGroup", &delete_parameter_group},
    {"DeleteDBSnapshot", &delete_snapshot},
    {"DeleteDBSubnetGroup", &delete_subnet_group},
    {"DescribeDBEngineVersions", &describe_engine_versions},
    {"DescribeDBInstances", &describe_instances},
    {"DescribeDBParameterGroups", &describe_parameter_groups},
    {"DescribeDBParameters", &describe_parameters},
    {"DescribeDBSnapshots", &describe_snapshots},
    {"DescribeDBSubnetGroups", &describe_subnet_groups},
    {"ListTagsForResource", &list_tags_for_resource},
    {"ModifyDBInstance", &modify_instance},
    {"ModifyDBParameterGroup", &modify_parameter_group},
    {"ModifyDBSubnetGroup", &modify_subnet_group},
    {"RebootDBInstance", &reboot_instance},
    {"RemoveRoleFromDBInstance", &remove_role_from_instance},
    {"RemoveTagsFromResource", &remove_tags_from_resource},
    {"ResetDBParameterGroup", &reset_parameter_group},
    {"StartDBInstance", &start_instance},
    {"StopDBInstance", &stop_instance},
};

}  // namespace

const Service& service() {
  static const Service instance{.name = "rds", .operations = kOperations, .tick = &tick, .engines = &add_wanted};
  return instance;
}

}  // namespace orrery::rds
