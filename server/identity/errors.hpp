#pragma once
#include <string>
#include <string_view>

#include "registry/error.hpp"

namespace orrery::identity {

/// S3's signature rules and errors differ from every other service's (S3 API reference, "Error responses").
inline bool s3_like(std::string_view signing_name) { return signing_name.starts_with("s3"); }

inline AwsError incomplete_signature(std::string message) { return {"IncompleteSignature", 400, std::move(message)}; }
inline AwsError authorization_header_malformed(const std::string& what) {
  return {"AuthorizationHeaderMalformed", 400, "The authorization header is malformed; " + what};
}
inline AwsError authorization_query_parameters_error(std::string message) {
  return {"AuthorizationQueryParametersError", 400, std::move(message)};
}
inline AwsError unsupported_mechanism() {
  return {"InvalidRequest", 400,
          "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."};
}
inline AwsError signature_does_not_match(std::string message) {
  return {"SignatureDoesNotMatch", 403, std::move(message)};
}
inline AwsError request_time_too_skewed() {
  return {"RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."};
}
inline AwsError presigned_request_expired() { return {"AccessDenied", 403, "Request has expired"}; }
inline AwsError content_sha256_mismatch() {
  return {"XAmzContentSHA256Mismatch", 400,
          "The provided 'x-amz-content-sha256' header does not match what was computed."};
}
/// For an access key that no account has.
inline AwsError invalid_client_token(std::string_view signing_name) {
  if (s3_like(signing_name))
    return {"InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."};
  return {"InvalidClientTokenId", 403, "The security token included in the request is invalid."};
}
/// For temporary credentials after their expiry.
inline AwsError expired_token(std::string_view signing_name) {
  if (s3_like(signing_name)) return {"ExpiredToken", 400, "The provided token has expired."};
  return {"ExpiredToken", 403, "The security token included in the request is expired"};
}

}  // namespace orrery::identity
