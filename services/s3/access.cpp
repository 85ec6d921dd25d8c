#include "services/s3/access.hpp"

#include "aws/ids.hpp"
#include "services/s3/authorization.hpp"
#include "services/s3/cors.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/upload_sink.hpp"
#include "services/s3/versioning.hpp"

namespace orrery::s3 {

namespace {

bool utf8(const std::string& text) {
  try {
    Json(text).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

}  // namespace

Bucket bucket_of(RequestContext& context, const Input& input) {
  input.acknowledge("RequestPayer", "says that the requester would pay; nobody is charged here");
  return find_bucket(context, input.str("Bucket"), input.str("ExpectedBucketOwner"), action_of(context.operation),
                     input.str("Key"));
}

Bucket find_bucket(RequestContext& context, const std::string& name, const std::string& expected_owner,
                   std::string_view action, const std::string& key) {
  if (!utf8(key)) throw errors::make("InvalidURI", 400, "Couldn't parse the specified URI.");
  const auto bucket = store_of(context).bucket(name);
  if (!bucket) throw errors::no_such_bucket(name);
  add_cors_headers(context, *bucket);
  authorize(context, *bucket, action, key);
  if (expected_owner.empty()) return *bucket;
  if (expected_owner.size() != 12 || expected_owner.find_first_not_of("0123456789") != std::string::npos) {
    throw errors::make(
        "InvalidBucketOwnerAWSAccountID", 400,
        "The value of the expected bucket owner parameter must be an AWS Account ID... [" + expected_owner + "]");
  }
  if (expected_owner != bucket->account) throw errors::access_denied();
  return *bucket;
}

Bucket bucket_to_configure(RequestContext& context, const Input& input) {
  input.acknowledge("ContentMD5", "checked against the header by verify_payload");
  input.acknowledge("ChecksumAlgorithm", "checked against the header by verify_payload");
  Bucket bucket = bucket_of(context, input);
  verify_payload(context);
  return bucket;
}

Version version_of(RequestContext& context, const Input& input, const Bucket& bucket) {
  return find_version(context, bucket, input.str("Key"), input.str("VersionId"));
}

Version find_version(RequestContext& context, const Bucket& bucket, const std::string& key, const std::string& id) {
  ObjectStore store = store_of(context);
  const bool named = !id.empty();
  auto version = named ? store.version(bucket.name, key, id) : store.latest(bucket.name, key);
  if (!version) {
    refuse_to_tell(context, bucket, key);
    throw named ? missing_version(key, id) : errors::no_such_key(key);
  }
  if (version->delete_marker) {
    // "Working with delete markers": a GET of the key answers 404, one of the marker's version 405; both name it.
    context.response_headers.set("x-amz-delete-marker", "true");
    context.response_headers.set("x-amz-version-id", version->id);
    const bool tags = context.operation.ends_with("ObjectTagging") || context.operation == "PutObjectAcl";
    throw named || tags ? errors::method_not_allowed(context.request.method, "DeleteMarker") : errors::no_such_key(key);
  }
  return *version;
}

AwsError missing_version(const std::string& key, const std::string& id) {
  if (issued_version_id(id)) return errors::no_such_version(key, id);
  return errors::invalid_argument("Invalid version id specified", "versionId", id);
}

std::string canonical_id(const std::string& account) { return aws::hex(aws::sha256("canonical-user:" + account)); }

Json owner_of(const std::string& account) { return {{"ID", canonical_id(account)}}; }

std::string unquoted(std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

}  // namespace orrery::s3
