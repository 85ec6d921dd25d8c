#pragma once
// Signature Version 4 (IAM user guide, "AWS Signature Version 4 for API requests"; S3 API reference, "Authenticating
// Requests"). The forms that are read:
//
//   Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX
//   ?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…&X-Amz-Date=…&X-Amz-Expires=…&X-Amz-SignedHeaders=…
//    &X-Amz-Signature=HEX[&X-Amz-Security-Token=…]
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/clock.hpp"
#include "http/message.hpp"
#include "identity/sha256.hpp"

namespace orrery::identity {

struct Authorization {
  std::string access_key, date, region, service;
  std::string signature;  ///< 64 lower-case hexadecimal digits; of v2: Base64
  std::string timestamp;  ///< "20150830T123600Z"
  std::string session_token;
  std::vector<std::string> signed_headers;  ///< lower case, as listed
  bool presigned = false;
  enum class Version { v2, v4 };
  Version version = Version::v4;     ///< v2: see sigv2.hpp; scope and timestamp are empty
  std::int64_t expires_seconds = 0;  ///< of a presigned request: after its timestamp; of v2: since 1970

  /// "DATE/REGION/SERVICE/aws4_request"
  std::string scope() const;
};

/// Reads who signed, from the header or the query; nullopt when the request is not signed. Throws AwsError:
/// IncompleteSignature, or for S3 AuthorizationHeaderMalformed, AuthorizationQueryParametersError, InvalidRequest.
std::optional<Authorization> parse_authorization(const http::Request& request);

/// Takes KEY/DATE/REGION/SERVICE/aws4_request apart; an access key may hold slashes of its own. False when it is none.
bool read_credential(std::string_view text, Authorization& out);

/// Holds the signature against the request as it came on the wire: call it before a virtual host is rewritten and
/// before a body is decoded. A body that went to a sink is vouched for by x-amz-content-sha256, which the caller then
/// checks. Throws AwsError: SignatureDoesNotMatch, RequestTimeTooSkewed, AccessDenied (presigned and expired),
/// XAmzContentSHA256Mismatch. Thread-safe.
void verify(const Authorization& authorization, const http::Request& request, std::string_view secret, aws::Millis now);

/// The two intermediate texts, for tests and for the StringToSign that S3 gives back with a mismatch.
std::string canonical_request(const Authorization& authorization, const http::Request& request);
std::string string_to_sign(const Authorization& authorization, std::string_view canonical_request);

/// The derived key for (secret, date, region, service), kept a thread for the scopes last used.
Digest signing_key(std::string_view secret, const Authorization& authorization);

/// The signatures of an aws-chunked body, each over its data and the one before
/// (x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD, with or without -TRAILER). Used in the body's order:
/// data() as it arrives, end_chunk() after each chunk including the last, empty one, then trailers() where there are.
class ChunkVerifier {
 public:
  ChunkVerifier(const Authorization& authorization, std::string_view secret);

  void data(std::string_view bytes) { chunk_.update(bytes); }
  /// `signature` is the chunk-signature extension of the chunk. Throws SignatureDoesNotMatch.
  void end_chunk(std::string_view signature);
  /// `trailers` without x-amz-trailer-signature, whose value is `signature`. Throws SignatureDoesNotMatch.
  void trailers(const http::Headers& trailers, std::string_view signature);

 private:
  void check(std::string_view text, std::string_view signature);

  Digest key_;
  std::string timestamp_, scope_, previous_;
  Sha256 chunk_;
};

}  // namespace orrery::identity
