#pragma once
#include "api/api.hpp"
#include "registry/error.hpp"

namespace orrery::pipeline {

/// What the protocol itself answers to an operation that its service does not have.
AwsError unknown_operation(const api::ServiceView& service, const std::string& name);

/// Part of AWS, and not of Orrery yet. Names what was asked, so that nobody has to guess.
inline AwsError not_built(std::string_view service, std::string_view operation) {
  return {"NotImplemented", 501,
          "Orrery does not implement " + std::string(service) + ":" + std::string(operation) + " yet."};
}
inline AwsError service_not_built(std::string_view service) {
  return {"NotImplemented", 501, "Orrery does not implement the service " + std::string(service) + " yet."};
}

inline AwsError body_too_large(std::size_t limit) {
  return {"RequestEntityTooLarge", 413,
          "The request body is longer than the " + std::to_string(limit) + " bytes that are accepted."};
}

/// Without a word of what happened inside; the log has it under the request id.
enum class Failure { unknown, disk_full };
AwsError internal_failure(const api::ServiceView& service, Failure failure);

}  // namespace orrery::pipeline
