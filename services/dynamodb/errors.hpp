#pragma once
#include "registry/error.hpp"

namespace orrery::dynamodb {

// Codes and texts as the service answers them; the shapes are those of the DynamoDB API reference, "Common errors".

inline AwsError validation(std::string message) { return {"ValidationException", 400, std::move(message)}; }

inline AwsError invalid_parameter(const std::string& message) {
  return validation("One or more parameter values were invalid: " + message);
}

inline AwsError conditional_check_failed() {
  return {"ConditionalCheckFailedException", 400, "The conditional request failed"};
}

inline AwsError resource_not_found() { return {"ResourceNotFoundException", 400, "Requested resource not found"}; }

inline AwsError table_not_found(const std::string& name) {
  return {"ResourceNotFoundException", 400, "Requested resource not found: Table: " + name + " not found"};
}

inline AwsError table_name_not_found(const std::string& name) {
  return {"TableNotFoundException", 400, "Table not found: " + name};
}

inline AwsError global_table_not_found(const std::string& message) {
  return {"GlobalTableNotFoundException", 400, message};
}

inline AwsError tagged_resource_not_found(const std::string& arn) {
  return {"ResourceNotFoundException", 400, "Requested resource not found: ResourceArn: " + arn + " not found"};
}

inline AwsError table_in_use(const std::string& name) {
  return {"ResourceInUseException", 400, "Table already exists: " + name};
}

inline AwsError still_in_use(const std::string& what) {
  return {"ResourceInUseException", 400, "Attempt to change a resource which is still in use: " + what};
}

inline AwsError item_too_large() { return validation("Item size has exceeded the maximum allowed size"); }

inline AwsError key_mismatch() { return validation("The provided key element does not match the schema"); }

inline AwsError access_denied() { return {"AccessDeniedException", 400, "Access is denied"}; }

inline AwsError invalid_request(const std::string& message) { return validation("Invalid Request: " + message); }

inline AwsError recovery_unavailable(const std::string& table) {
  return {"PointInTimeRecoveryUnavailableException", 400,
          "Point in time recovery is not enabled for table '" + table + "'"};
}

inline AwsError invalid_export_time(const std::string& message) { return {"InvalidExportTimeException", 400, message}; }

inline AwsError not_implemented(const std::string& what) {
  return {"NotImplemented", 501, "Orrery does not implement " + what + " yet."};
}

inline AwsError idempotent_parameter_mismatch() {
  return {"IdempotentParameterMismatchException", 400,
          "The request uses the same client token as a previous, but non-identical request. Do not reuse a client "
          "token with different requests, unless the requests are identical"};
}

}  // namespace orrery::dynamodb
