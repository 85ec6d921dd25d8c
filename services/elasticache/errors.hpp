#pragma once
#include <string>

#include "registry/error.hpp"

namespace orrery::elasticache {

inline AwsError invalid_parameter_value(const std::string& message) { return {"InvalidParameterValue", 400, message}; }

inline AwsError invalid_parameter_combination(const std::string& message) {
  return {"InvalidParameterCombination", 400, message};
}

inline AwsError not_built(const std::string& what) {
  return {"NotImplemented", 501, what + " is not implemented by Orrery."};
}

inline AwsError invalid_marker() { return invalid_parameter_value("The marker is invalid."); }

inline AwsError subnet_group_not_found(const std::string& name) {
  return {"CacheSubnetGroupNotFoundFault", 400, "Cache Subnet Group " + name + " does not exist."};
}

inline AwsError subnet_group_exists(const std::string& name) {
  return {"CacheSubnetGroupAlreadyExists", 400, "Cache subnet group " + name + " already exists."};
}

inline AwsError subnet_group_in_use(const std::string& name) {
  return {"CacheSubnetGroupInUse", 400, "Cache subnet group " + name + " is currently in use by a cache cluster."};
}

inline AwsError invalid_subnets(const std::string& ids) {
  return {"InvalidSubnet", 400, "Some input subnets in :[" + ids + "] are invalid."};
}

inline AwsError subnets_of_several_vpcs() {
  return {"InvalidSubnet", 400, "The subnets of a cache subnet group must all be in the same VPC."};
}

inline AwsError subnet_in_use(const std::string& id) {
  return {"SubnetInUse", 400, "The subnet " + id + " is in use by a cache cluster of the cache subnet group."};
}

inline AwsError parameter_group_not_found(const std::string& name) {
  return {"CacheParameterGroupNotFound", 404, "CacheParameterGroup " + name + " not found."};
}

inline AwsError parameter_group_exists(const std::string& name) {
  return {"CacheParameterGroupAlreadyExists", 400, "CacheParameterGroup " + name + " already exists."};
}

inline AwsError invalid_parameter_group_state(const std::string& message) {
  return {"InvalidCacheParameterGroupState", 400, message};
}

inline AwsError cluster_not_found(const std::string& id) {
  return {"CacheClusterNotFound", 404, "CacheCluster not found: " + id};
}

inline AwsError cluster_exists(const std::string& id) {
  return {"CacheClusterAlreadyExists", 400, "Cache cluster " + id + " already exists."};
}

inline AwsError invalid_cluster_state(const std::string& message) { return {"InvalidCacheClusterState", 400, message}; }

inline AwsError replication_group_not_found(const std::string& id) {
  return {"ReplicationGroupNotFoundFault", 404, "ReplicationGroup " + id + " not found."};
}

inline AwsError replication_group_exists(const std::string& id) {
  return {"ReplicationGroupAlreadyExists", 400, "Replication group " + id + " already exists."};
}

inline AwsError snapshot_not_found(const std::string& name) {
  return {"SnapshotNotFoundFault", 404, "Snapshot " + name + " not found."};
}

inline AwsError snapshot_exists(const std::string& name) {
  return {"SnapshotAlreadyExistsFault", 400, "Snapshot " + name + " already exists."};
}

inline AwsError serverless_cache_not_found(const std::string& name) {
  return {"ServerlessCacheNotFoundFault", 404, "Serverless cache " + name + " not found."};
}

inline AwsError serverless_snapshot_not_found(const std::string& name) {
  return {"ServerlessCacheSnapshotNotFoundFault", 404, "Serverless cache snapshot " + name + " not found."};
}

inline AwsError user_not_found(const std::string& id) { return {"UserNotFound", 404, "User " + id + " not found."}; }

inline AwsError user_group_not_found(const std::string& id) {
  return {"UserGroupNotFound", 404, "UserGroup " + id + " not found."};
}

inline AwsError node_group_not_found(const std::string& id) {
  return {"NodeGroupNotFoundFault", 404, "Node group " + id + " not found."};
}

inline AwsError invalid_arn(const std::string& arn) { return {"InvalidARN", 400, "The ARN " + arn + " is invalid."}; }

}  // namespace orrery::elasticache
