#pragma once
#include <string>

#include "registry/error.hpp"

// Every client error of KMS has HTTP status 400 (KMS API reference, "Errors" of each operation).
namespace orrery::kms::errors {

inline AwsError key_not_found(const std::string& arn) {
  return {"NotFoundException", 400, "Key '" + arn + "' does not exist"};
}
inline AwsError invalid_key_id(const std::string& reference) {
  return {"NotFoundException", 400, "Invalid keyId " + reference};
}
inline AwsError invalid_arn_region(const std::string& region) {
  return {"NotFoundException", 400, "Invalid arn " + region};
}
inline AwsError alias_not_found(const std::string& arn) {
  return {"NotFoundException", 400, "Alias " + arn + " is not found."};
}
inline AwsError grant_not_found(const std::string& id) {
  return {"NotFoundException", 400, "Grant ID " + id + " not found"};
}
inline AwsError no_such_policy() { return {"NotFoundException", 400, "No such policy exists"}; }
inline AwsError pending_deletion(const std::string& arn) {
  return {"KMSInvalidStateException", 400, arn + " is pending deletion."};
}
inline AwsError not_pending_deletion(const std::string& arn) {
  return {"KMSInvalidStateException", 400, arn + " is not pending deletion."};
}
inline AwsError pending_import(const std::string& arn) {
  return {"KMSInvalidStateException", 400, arn + " is pending import."};
}
inline AwsError disabled(const std::string& arn) { return {"DisabledException", 400, arn + " is disabled."}; }
inline AwsError invalid_ciphertext() { return {"InvalidCiphertextException", 400, ""}; }
inline AwsError incorrect_key() {
  return {"IncorrectKeyException", 400,
          "The key ID in the request does not identify a CMK that can perform this operation."};
}
inline AwsError invalid_usage(const std::string& arn, const std::string& usage, std::string_view operation) {
  return {"InvalidKeyUsageException", 400,
          arn + " key usage is " + usage + " which is not valid for " + std::string(operation) + "."};
}
inline AwsError invalid_algorithm(const std::string& algorithm, const std::string& spec) {
  return {"InvalidKeyUsageException", 400, "Algorithm " + algorithm + " and key spec " + spec + " are incompatible."};
}
inline AwsError invalid_signature() { return {"KMSInvalidSignatureException", 400, ""}; }
inline AwsError invalid_mac() { return {"KMSInvalidMacException", 400, ""}; }
inline AwsError incorrect_material(std::string message) {
  return {"IncorrectKeyMaterialException", 400, std::move(message)};
}
inline AwsError alias_exists(const std::string& arn) {
  return {"AlreadyExistsException", 400, "An alias with the name " + arn + " already exists"};
}
inline AwsError key_exists(const std::string& arn) {
  return {"AlreadyExistsException", 400, "A key with the ARN " + arn + " already exists"};
}
inline AwsError malformed_policy(std::string message) {
  return {"MalformedPolicyDocumentException", 400, std::move(message)};
}
inline AwsError not_authorized() { return {"NotAuthorizedException", 400, ""}; }
inline AwsError invalid_alias_name(std::string message) {
  return {"InvalidAliasNameException", 400, std::move(message)};
}
inline AwsError invalid_marker() { return {"InvalidMarkerException", 400, "The marker is invalid."}; }
inline AwsError tag(std::string message) { return {"TagException", 400, std::move(message)}; }
inline AwsError limit_exceeded(std::string message) { return {"LimitExceededException", 400, std::move(message)}; }
inline AwsError unsupported(std::string message) { return {"UnsupportedOperationException", 400, std::move(message)}; }
inline AwsError validation(std::string message) { return {"ValidationException", 400, std::move(message)}; }
inline AwsError access_denied(std::string message) { return {"AccessDeniedException", 400, std::move(message)}; }
inline AwsError dry_run() {
  return {"DryRunOperationException", 400, "The request would have succeeded, but the DryRun option is set."};
}

}  // namespace orrery::kms::errors
