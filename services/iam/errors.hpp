#pragma once
#include <string>

#include "registry/error.hpp"

namespace orrery::iam {

inline AwsError no_such_entity(std::string message) { return {"NoSuchEntity", 404, std::move(message)}; }
/// `what` is "role", "user", "group", "role policy", …
inline AwsError not_found(const std::string& what, const std::string& name) {
  return no_such_entity("The " + what + " with name " + name + " cannot be found.");
}
inline AwsError policy_not_found(const std::string& arn) { return no_such_entity("Policy " + arn + " was not found."); }
inline AwsError policy_not_attachable(const std::string& arn) {
  return no_such_entity("Policy " + arn + " does not exist or is not attachable.");
}
inline AwsError already_exists(std::string message) { return {"EntityAlreadyExists", 409, std::move(message)}; }
/// `what` is "Role", "User" or "Group".
inline AwsError name_taken(const std::string& what, const std::string& name) {
  return already_exists(what + " with name " + name + " already exists.");
}
inline AwsError delete_conflict(std::string message) { return {"DeleteConflict", 409, std::move(message)}; }
inline AwsError limit_exceeded(std::string message) { return {"LimitExceeded", 409, std::move(message)}; }
inline AwsError quota_exceeded(const std::string& quota, int limit) {
  return limit_exceeded("Cannot exceed quota for " + quota + ": " + std::to_string(limit));
}
inline AwsError invalid_input(std::string message) { return {"InvalidInput", 400, std::move(message)}; }
inline AwsError validation_error(std::string message) { return {"ValidationError", 400, std::move(message)}; }
inline AwsError unmodifiable_entity(std::string message) { return {"UnmodifiableEntity", 400, std::move(message)}; }
inline AwsError access_denied(std::string message) { return {"AccessDenied", 403, std::move(message)}; }
inline AwsError not_implemented(std::string message) { return {"NotImplemented", 501, std::move(message)}; }

}  // namespace orrery::iam
