#pragma once
#include <string>

#include "registry/error.hpp"

namespace orrery::rds {

inline AwsError invalid_parameter_value(const std::string& message) { return {"InvalidParameterValue", 400, message}; }

inline AwsError invalid_parameter_combination(const std::string& message) {
  return {"InvalidParameterCombination", 400, message};
}

inline AwsError not_built(const std::string& what) {
  return {"NotImplemented", 501, what + " is not implemented by Orrery."};
}

inline AwsError invalid_marker() {
  return invalid_parameter_value("The request failed because the marker is invalid.");
}

inline AwsError subnet_group_not_found(const std::string& name) {
  return {"DBSubnetGroupNotFoundFault", 404, "DB subnet group '" + name + "' does not exist."};
}

inline AwsError subnet_group_exists(const std::string& name) {
  return {"DBSubnetGroupAlreadyExists", 400, "The DB subnet group '" + name + "' already exists."};
}

inline AwsError subnet_group_in_use(const std::string& name, const std::string& instance) {
  return {"InvalidDBSubnetGroupStateFault", 400,
          "Cannot delete the subnet group '" + name + "' because at least one database instance: " + instance +
              " is still using it."};
}

inline AwsError too_few_zones(const std::string& zones) {
  return {"DBSubnetGroupDoesNotCoverEnoughAZs", 400,
          "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: " +
              zones + ". Add subnets to cover at least 2 AZs."};
}

inline AwsError invalid_subnets(const std::string& ids) {
  return {"InvalidSubnet", 400, "Some input subnets in :[" + ids + "] are invalid."};
}

inline AwsError subnets_of_several_vpcs() {
  return {"InvalidSubnet", 400,
          "The requested subnet is invalid, or multiple subnets were requested that are not all in a common VPC."};
}

inline AwsError subnet_in_use(const std::string& id) {
  return {"SubnetAlreadyInUse", 400, "The DB subnet is already in use in the Availability Zone: " + id};
}

inline AwsError parameter_group_not_found(const std::string& name) {
  return {"DBParameterGroupNotFound", 404, "DBParameterGroup not found: " + name};
}

inline AwsError cluster_parameter_group_not_found(const std::string& name) {
  return {"DBClusterParameterGroupNotFound", 404, "DBClusterParameterGroup not found: " + name};
}

inline AwsError parameter_group_exists(const std::string& name) {
  return {"DBParameterGroupAlreadyExists", 400, "Parameter group " + name + " already exists"};
}

inline AwsError invalid_parameter_group_state(const std::string& message) {
  return {"InvalidDBParameterGroupState", 400, message};
}

inline AwsError option_group_not_found(const std::string& name) {
  return {"OptionGroupNotFoundFault", 404, "Specified OptionGroupName: " + name + " not found."};
}

inline AwsError instance_not_found(const std::string& id) {
  return {"DBInstanceNotFound", 404, "DBInstance " + id + " not found."};
}

inline AwsError instance_exists() { return {"DBInstanceAlreadyExists", 400, "DB instance already exists"}; }

inline AwsError invalid_instance_state(const std::string& message) { return {"InvalidDBInstanceState", 400, message}; }

inline AwsError snapshot_not_found(const std::string& id) {
  return {"DBSnapshotNotFound", 404, "DBSnapshot " + id + " not found."};
}

inline AwsError snapshot_exists(const std::string& id) {
  return {"DBSnapshotAlreadyExists", 400,
          "Cannot create the snapshot because a snapshot with the identifier " + id + " already exists."};
}

inline AwsError cluster_not_found(const std::string& id) {
  return {"DBClusterNotFoundFault", 404, "DBCluster " + id + " not found."};
}

inline AwsError invalid_cluster_state(const std::string& message) {
  return {"InvalidDBClusterStateFault", 400, message};
}

inline AwsError certificate_not_found(const std::string& id) {
  return {"CertificateNotFound", 404, "Certificate not found: " + id};
}

inline AwsError key_not_accessible(const std::string& id) {
  return {
      "KMSKeyNotAccessibleFault", 400,
      "The specified KMS key [" + id + "] does not exist, is not enabled or you do not have permissions to access it."};
}

}  // namespace orrery::rds
