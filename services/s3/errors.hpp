#pragma once
#include <string>

#include "registry/error.hpp"

namespace orrery::s3::errors {

// Codes, statuses and messages: Amazon S3 API reference, "Error responses", and what S3 answers on the wire.

inline AwsError make(std::string code, int status, std::string message) {
  return AwsError(std::move(code), status, std::move(message));
}
inline AwsError no_such_bucket(const std::string& bucket) {
  return make("NoSuchBucket", 404, "The specified bucket does not exist").with("BucketName", bucket);
}
inline AwsError no_such_key(const std::string& key) {
  return make("NoSuchKey", 404, "The specified key does not exist.").with("Key", key);
}
inline AwsError no_such_version(const std::string& key, const std::string& version) {
  return make("NoSuchVersion", 404, "The specified version does not exist.")
      .with("Key", key)
      .with("VersionId", version);
}
inline AwsError no_such_upload(const std::string& upload) {
  return make("NoSuchUpload", 404,
              "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
              "or completed.")
      .with("UploadId", upload);
}
inline AwsError access_denied() { return make("AccessDenied", 403, "Access Denied"); }
inline AwsError invalid_argument(const std::string& message, const std::string& name, const std::string& value) {
  return make("InvalidArgument", 400, message).with("ArgumentName", name).with("ArgumentValue", value);
}
inline AwsError invalid_request(const std::string& message) { return make("InvalidRequest", 400, message); }
inline AwsError malformed_xml() {
  return make("MalformedXML", 400,
              "The XML you provided was not well-formed or did not validate against our published schema");
}
inline AwsError malformed_acl() {
  const AwsError malformed = malformed_xml();
  return make("MalformedACLError", malformed.status(), malformed.message());
}
inline AwsError precondition_failed(const std::string& condition) {
  return make("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold")
      .with("Condition", condition);
}
inline AwsError not_modified() { return make("NotModified", 304, "Not Modified"); }
inline AwsError bad_digest(const std::string& what) {
  return make("BadDigest", 400, "The " + what + " you specified did not match the calculated checksum.");
}
inline AwsError invalid_digest(const std::string& value) {
  return make("InvalidDigest", 400, "The Content-MD5 you specified was invalid.").with("Content-MD5", value);
}
inline AwsError method_not_allowed(const std::string& method, const std::string& resource) {
  return make("MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
      .with("Method", method)
      .with("ResourceType", resource);
}
inline AwsError not_implemented(const std::string& header) {
  return make("NotImplemented", 501, "A header you provided implies functionality that is not implemented")
      .with("Header", header);
}
inline AwsError invalid_bucket_name(const std::string& bucket) {
  return make("InvalidBucketName", 400, "The specified bucket is not valid.").with("BucketName", bucket);
}
inline AwsError invalid_bucket_state(const std::string& message) { return make("InvalidBucketState", 409, message); }
inline AwsError acl_not_supported() {
  return make("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
}
inline AwsError invalid_tag(const std::string& message) { return make("InvalidTag", 400, message); }

}  // namespace orrery::s3::errors
