#pragma once
// Signatures in the fields of an HTML form (S3 API reference, "Authenticating requests in browser-based uploads using
// POST"): over the Base64 text of the field `policy`, nothing else.
//
//   x-amz-algorithm=AWS4-HMAC-SHA256, x-amz-credential, x-amz-date, x-amz-signature[, x-amz-security-token]
//   AWSAccessKeyId, signature (Version 2)
#include <optional>

#include "identity/sigv4.hpp"

namespace orrery::identity {

/// Reads who signed; nullopt when the form names nobody. Throws InvalidArgument where a field is missing.
std::optional<Authorization> form_authorization(const http::Headers& fields);

/// Throws SignatureDoesNotMatch.
void verify_form(const Authorization& authorization, std::string_view policy, std::string_view secret);

}  // namespace orrery::identity
