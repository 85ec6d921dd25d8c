#include "identity/form_signature.hpp"

#include "identity/errors.hpp"
#include "identity/sigv2.hpp"

namespace orrery::identity {

namespace {

std::string needed(const http::Headers& fields, const std::string& name) {
  const std::string_view value = fields.get(name);
  if (value.empty()) {
    throw AwsError("InvalidArgument", 400,
                   "Bucket POST must contain a field named '" + name +
                       "'.  If it is specified, please check the order of the fields.")
        .with("ArgumentName", name)
        .with("ArgumentValue", "");
  }
  return std::string(value);
}

}  // namespace

std::optional<Authorization> form_authorization(const http::Headers& fields) {
  Authorization out;
  out.service = "s3";
  out.session_token = fields.get("x-amz-security-token");
  if (fields.has("x-amz-algorithm") || fields.has("x-amz-credential") || fields.has("x-amz-signature")) {
    if (needed(fields, "x-amz-algorithm") != "AWS4-HMAC-SHA256") throw unsupported_mechanism();
    if (!read_credential(needed(fields, "x-amz-credential"), out)) {
      throw AwsError("InvalidArgument", 400, "The X-Amz-Credential field is not well formed")
          .with("ArgumentName", "X-Amz-Credential")
          .with("ArgumentValue", std::string(fields.get("x-amz-credential")));
    }
    out.timestamp = needed(fields, "x-amz-date");
    out.signature = needed(fields, "x-amz-signature");
  } else if (fields.has("AWSAccessKeyId") || fields.has("signature") || fields.has("policy")) {
    out.version = Authorization::Version::v2;
    out.access_key = needed(fields, "AWSAccessKeyId");
    out.signature = needed(fields, "signature");
  } else {
    return std::nullopt;
  }
  needed(fields, "policy");
  return out;
}

void verify_form(const Authorization& authorization, std::string_view policy, std::string_view secret) {
  const bool v4 = authorization.version == Authorization::Version::v4;
  const std::string expected =
      v4 ? hex(hmac_sha256(view(signing_key(secret, authorization)), policy)) : hmac_sha1_base64(secret, policy);
  if (!equal_constant_time(expected, authorization.signature)) {
    throw signature_does_not_match(
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
        "method.");
  }
}

}  // namespace orrery::identity
