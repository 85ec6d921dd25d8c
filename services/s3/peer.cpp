#include "services/s3/peer.hpp"

#include "registry/input.hpp"
#include "registry/s3_peer.hpp"
#include "services/s3/access.hpp"
#include "services/s3/object.hpp"
#include "services/s3/upload_sink.hpp"

namespace orrery::s3 {

namespace {

/// A request that another service makes on behalf of its own caller, in the same transaction.
class PeerCall {
 public:
  PeerCall(RequestContext& caller, std::string_view operation, const char* method, Json input)
      : input_(std::move(input)),
        context_{.account = caller.account,
                 .region = caller.region,
                 .service = "s3",
                 .operation = operation,
                 .request_id = caller.request_id,
                 .principal = caller.principal,
                 .now = caller.now,
                 .settings = caller.settings,
                 .peers = caller.peers,
                 .tx = caller.tx,
                 .request = request_} {
    request_.method = method;
    request_.secure = caller.request.secure;
    request_.remote = caller.request.remote;
  }

  RequestContext& context() { return context_; }
  Input input() { return {input_, log_}; }

 private:
  http::Request request_;
  Json input_;
  ReadLog log_;
  RequestContext context_;
};

Json object_input(const std::string& bucket, const std::string& expected_owner, const std::string& key) {
  Json out = {{"Bucket", bucket}, {"Key", key}};
  if (!expected_owner.empty()) out["ExpectedBucketOwner"] = expected_owner;
  return out;
}

class Peer final : public S3Peer {
 public:
  std::unique_ptr<http::BodySink> new_body(RequestContext& caller) override {
    return std::make_unique<UploadSink>(http::Headers(), caller.settings.data_dir);
  }

  PutObjectResult put_object(RequestContext& caller, const ObjectToPut& object, http::BodySink& body) override {
    Json input = object_input(object.bucket, object.expected_owner, object.key);
    if (!object.encryption.empty()) input["ServerSideEncryption"] = object.encryption;
    if (!object.kms_key_id.empty()) input["SSEKMSKeyId"] = object.kms_key_id;
    PeerCall call(caller, "PutObject", "PUT", std::move(input));
    call.context().body = &body;
    const Json answer = s3::put_object(call.context(), call.input());
    return {unquoted(answer.at("ETag").get<std::string>()), dynamic_cast<UploadSink&>(body).md5()};
  }

  std::vector<std::string> list_keys(RequestContext& caller, const std::string& bucket,
                                     const std::string& expected_owner, const std::string& prefix) override {
    PeerCall call(caller, "ListObjectsV2", "GET", Json::object());
    find_bucket(call.context(), bucket, expected_owner, "s3:ListBucket", "");
    std::vector<std::string> keys;
    store_of(call.context()).walk_current(bucket, prefix, [&](const VersionRow& version) {
      if (!version.key.starts_with(prefix)) return false;
      keys.emplace_back(version.key);
      return true;
    });
    return keys;
  }

  std::unique_ptr<http::BodySource> get_object(RequestContext& caller, const std::string& bucket,
                                               const std::string& expected_owner, const std::string& key) override {
    PeerCall call(caller, "GetObject", "GET", object_input(bucket, expected_owner, key));
    s3::get_object(call.context(), call.input());
    return std::move(call.context().body_source);
  }
};

}  // namespace

void offer(Peers& peers) {
  static Peer peer;
  peers.s3 = &peer;
}

}  // namespace orrery::s3
