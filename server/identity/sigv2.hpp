#pragma once
// Signature Version 2 of S3 (S3 developer guide, "Signing and authenticating REST requests"), in a header or in the
// query: what boto3's generate_presigned_url makes in us-east-1 unless it is told otherwise.
//
//   Authorization: AWS KEY:BASE64(HMAC-SHA1)
//   ?AWSAccessKeyId=KEY&Signature=BASE64(HMAC-SHA1)&Expires=SECONDS[&x-amz-security-token=…]
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "identity/sigv4.hpp"

namespace orrery::identity {

using Query = std::vector<std::pair<std::string, std::string>>;

/// nullopt when the query has no such signature. Throws AwsError (AccessDenied) when it is incomplete.
std::optional<Authorization> parse_query_v2(const Query& query);

/// `text` is what follows "AWS ". Throws InvalidArgument when it has not that form.
Authorization parse_header_v2(std::string_view text, const http::Request& request);

/// As verify() of Version 4. Throws AccessDenied (expired, or no date), RequestTimeTooSkewed, SignatureDoesNotMatch.
void verify_v2(const Authorization& authorization, const http::Request& request, std::string_view secret,
               aws::Millis now);

std::string hmac_sha1_base64(std::string_view key, std::string_view text);

}  // namespace orrery::identity
