#pragma once
#include <string>

#include "registry/error.hpp"

/// EC2's client errors, worded as the service words them (EC2 API reference, "Error codes for the Amazon EC2 API").
namespace orrery::ec2::errors {

inline AwsError client(std::string code, std::string message) { return {std::move(code), 400, std::move(message)}; }

inline AwsError dry_run() { return {"DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set."}; }
/// An argument whose effect Orrery does not have yet: refused by name, never accepted and forgotten.
inline AwsError unbuilt(const std::string& argument) {
  return {"NotImplemented", 501, "Orrery does not support the parameter " + argument + " of this operation yet."};
}
inline AwsError invalid_parameter(std::string message) { return client("InvalidParameterValue", std::move(message)); }
inline AwsError invalid_value(const std::string& value, const std::string& parameter, const std::string& why) {
  return invalid_parameter("Value (" + value + ") for parameter " + parameter + " is invalid. " + why);
}
inline AwsError invalid_filter(const std::string& name) {
  return invalid_parameter("The filter '" + name + "' is invalid");
}
inline AwsError invalid_token() { return client("InvalidNextToken", "The provided token is invalid."); }
inline AwsError missing(const std::string& parameter) {
  return client("MissingParameter", "The request must contain the parameter " + parameter);
}
inline AwsError combination(std::string message) { return client("InvalidParameterCombination", std::move(message)); }
inline AwsError has_dependencies(const std::string& noun, const std::string& id) {
  return client("DependencyViolation", "The " + noun + " '" + id + "' has dependencies and cannot be deleted.");
}
inline AwsError no_default_vpc() { return client("VPCIdNotSpecified", "No default VPC for this user"); }
inline AwsError association_not_found(const std::string& id) {
  return client("InvalidAssociationID.NotFound", "The association ID '" + id + "' does not exist");
}

}  // namespace orrery::ec2::errors
