#pragma once
#include "registry/error.hpp"

namespace orrery::eks::errors {

inline AwsError not_found(const std::string& message) { return {"ResourceNotFoundException", 404, message}; }
inline AwsError in_use(const std::string& message) { return {"ResourceInUseException", 409, message}; }
inline AwsError invalid_parameter(const std::string& message) { return {"InvalidParameterException", 400, message}; }
inline AwsError invalid_request(const std::string& message) { return {"InvalidRequestException", 400, message}; }

inline AwsError no_cluster(const std::string& name) {
  return not_found("No cluster found for name: " + name + ".").with("clusterName", name);
}

inline AwsError no_node_group(const std::string& cluster, const std::string& name) {
  return not_found("No node group found for name: " + name + ".")
      .with("clusterName", cluster)
      .with("nodegroupName", name);
}

}  // namespace orrery::eks::errors
