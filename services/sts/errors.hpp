#pragma once
#include <string>

#include "registry/error.hpp"

namespace orrery::sts {

inline AwsError not_authorized(const std::string& caller, const std::string& action, const std::string& resource) {
  return {"AccessDenied", 403,
          "User: " + caller + " is not authorized to perform: " + action + " on resource: " + resource};
}
inline AwsError validation_error(std::string message) { return {"ValidationError", 400, std::move(message)}; }
inline AwsError invalid_identity_token(std::string message) {
  return {"InvalidIdentityToken", 400, std::move(message)};
}
inline AwsError expired_identity_token() {
  return {"ExpiredTokenException", 400, "Token expired: current date/time must be before the expiration date/time"};
}

}  // namespace orrery::sts
