#pragma once
#include <string>

#include "registry/error.hpp"

// Secrets Manager answers every client error with status 400 (API reference, "Errors" of each operation).
namespace orrery::secretsmanager::errors {

inline AwsError secret_not_found() {
  return {"ResourceNotFoundException", 400, "Secrets Manager can't find the specified secret."};
}
inline AwsError value_not_found(const std::string& what) {
  return {"ResourceNotFoundException", 400, "Secrets Manager can't find the specified secret value for " + what};
}
inline AwsError marked_for_deletion() {
  return {"InvalidRequestException", 400,
          "You can't perform this operation on the secret because it was marked for deletion."};
}
inline AwsError scheduled_for_deletion() {
  return {"InvalidRequestException", 400,
          "You can't create this secret because a secret with this name is already scheduled for deletion."};
}
inline AwsError secret_exists(const std::string& name) {
  return {"ResourceExistsException", 400, "The operation failed because the secret " + name + " already exists."};
}
inline AwsError token_in_use(const std::string& token, const std::string& arn) {
  return {"ResourceExistsException", 400,
          "You can't use ClientRequestToken " + token +
              " because that value is already in use for a version of secret " + arn + "."};
}
inline AwsError invalid_request(std::string message) { return {"InvalidRequestException", 400, std::move(message)}; }
inline AwsError invalid_parameter(std::string message) {
  return {"InvalidParameterException", 400, std::move(message)};
}
inline AwsError validation(std::string message) { return {"ValidationException", 400, std::move(message)}; }
inline AwsError malformed_policy(std::string message) {
  return {"MalformedPolicyDocumentException", 400, std::move(message)};
}
inline AwsError public_policy() {
  return {"PublicPolicyException", 400,
          "The resource policy can't be attached because it grants broad access to the secret."};
}
inline AwsError encryption_failure() {
  return {"EncryptionFailure", 400,
          "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key "
          "is available, enabled, and not in an invalid state."};
}
inline AwsError decryption_failure() {
  return {"DecryptionFailure", 400,
          "Secrets Manager can't decrypt the protected secret text using the provided KMS key."};
}
inline AwsError invalid_next_token() { return {"InvalidNextTokenException", 400, "The NextToken value is invalid."}; }
inline AwsError on_a_replica() {
  return {"InvalidRequestException", 400,
          "Operation not permitted on a replica secret. Call must be made in primary secret's region."};
}

}  // namespace orrery::secretsmanager::errors
