#pragma once
#include <functional>
#include <memory>
#include <string>

#include "http/message.hpp"
#include "registry/context.hpp"

namespace orrery {

struct ObjectToPut {
  std::string bucket, key;
  std::string expected_owner;  ///< "" for any
  std::string encryption;      ///< "AES256", "aws:kms", or "" for the bucket's default
  std::string kms_key_id;
};

struct PutObjectResult {
  std::string etag;  ///< without quotes
  std::string md5;   ///< 16 raw bytes, of the content
};

/// S3 for DynamoDB's exports and imports. Calls are the caller's own: the bucket's policy decides about its principal,
/// and S3's own errors are thrown (NoSuchBucket, AccessDenied, KMS.NotFoundException, …).
class S3Peer {
 public:
  virtual ~S3Peer() = default;
  /// Where the bytes of a new object go; to be finished, then given to put_object().
  virtual std::unique_ptr<http::BodySink> new_body(RequestContext&) = 0;
  virtual PutObjectResult put_object(RequestContext&, const ObjectToPut&, http::BodySink& body) = 0;
  /// The keys of a bucket that begin with `prefix`, in order.
  virtual std::vector<std::string> list_keys(RequestContext&, const std::string& bucket,
                                             const std::string& expected_owner, const std::string& prefix) = 0;
  virtual std::unique_ptr<http::BodySource> get_object(RequestContext&, const std::string& bucket,
                                                       const std::string& expected_owner, const std::string& key) = 0;
};

}  // namespace orrery
