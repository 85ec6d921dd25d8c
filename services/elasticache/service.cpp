#include "services/elasticache/service.hpp"

#include "services/elasticache/cluster.hpp"
#include "services/elasticache/engine_versions.hpp"
#include "services/elasticache/live.hpp"
#include "services/elasticache/parameter_group.hpp"
#include "services/elasticache/replication_group.hpp"
#include "services/elasticache/serverless.hpp"
#include "services/elasticache/snapshot.hpp"
#include "services/elasticache/subnet_group.hpp"
#include "services/elasticache/tags.hpp"
#include "services/elasticache/user.hpp"
#include "services/elasticache/wanted.hpp"

namespace orrery::elasticache {

namespace {

constexpr OperationRow kOperations[] = {
    {"AddTagsToResource", &add_tags_to_resource},
    {"CopyServerlessCacheSnapshot", &copy_serverless_snapshot},
    {"CreateCacheCluster", &create_cluster},
    {"CreateCacheParameterGroup", &create_parameter_group},
    {"CreateCacheSubnetGroup", &create_subnet_group},
    {"CreateReplicationGroup", &create_replication_group},
    {"CreateServerlessCache", &create_serverless_cache},
    {"CreateServerlessCacheSnapshot", &create_serverless_snapshot},
    {"CreateSnapshot", &create_snapshot},
    {"CreateUser", &create_user},
    {"CreateUserGroup", &create_user_group},
    {"DecreaseReplicaCount", &decrease_replica_count},
    {"DeleteCacheCluster", &delete_cluster},
    {"DeleteCacheParameterGroup", &delete_parameter_group},
    {"DeleteCacheSubnetGroup", &delete_subnet_group},
    {"DeleteReplicationGroup", &delete_replication_group},
    {"DeleteServerlessCache", &delete_serverless_cache},
    {"DeleteServerlessCacheSnapshot", &delete_serverless_snapshot},
    {"DeleteSnapshot", &delete_snapshot},
    {"DeleteUser", &delete_user},
    {"DeleteUserGroup", &delete_user_group},
    {"DescribeCacheClusters", &describe_clusters},
    {"DescribeCacheEngineVersions", &describe_engine_versions},
    {"DescribeCacheParameterGroups", &describe_parameter_groups},
    {"DescribeCacheParameters", &describe_parameters},
    {"DescribeCacheSubnetGroups", &describe_subnet_groups},
    {"DescribeReplicationGroups", &describe_replication_groups},
    {"DescribeServerlessCacheSnapshots", &describe_serverless_snapshots},
    {"DescribeServerlessCaches", &describe_serverless_caches},
    {"DescribeSnapshots", &describe_snapshots},
    {"DescribeUserGroups", &describe_user_groups},
    {"DescribeUsers", &describe_users},
    {"IncreaseReplicaCount", &increase_replica_count},
    {"ListTagsForResource", &list_tags_for_resource},
    {"ModifyCacheCluster", &modify_cluster},
    {"ModifyCacheParameterGroup", &modify_parameter_group},
    {"ModifyCacheSubnetGroup", &modify_subnet_group},
    {"ModifyReplicationGroup", &modify_replication_group},
    {"ModifyReplicationGroupShardConfiguration", &modify_shard_configuration},
    {"ModifyServerlessCache", &modify_serverless_cache},
    {"ModifyUser", &modify_user},
    {"ModifyUserGroup", &modify_user_group},
    {"RebootCacheCluster", &reboot_cluster},
    {"RemoveTagsFromResource", &remove_tags_from_resource},
    {"ResetCacheParameterGroup", &reset_parameter_group},
    {"TestFailover", &test_failover},
};

}  // namespace

const Service& service() {
  static const Service instance{
      .name = "elasticache", .operations = kOperations, .tick = &watch_engines, .engines = &want};
  return instance;
}

}  // namespace orrery::elasticache
