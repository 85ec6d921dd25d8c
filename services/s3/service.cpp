#include "services/s3/service.hpp"

#include <atomic>
#include <chrono>

#include "services/s3/access.hpp"
#include "services/s3/acl.hpp"
#include "services/s3/bucket.hpp"
#include "services/s3/bucket_config.hpp"
#include "services/s3/conditions.hpp"
#include "services/s3/cors.hpp"
#include "services/s3/lifecycle.hpp"
#include "services/s3/listing.hpp"
#include "services/s3/multipart.hpp"
#include "services/s3/object.hpp"
#include "services/s3/object_copy.hpp"
#include "services/s3/object_delete.hpp"
#include "services/s3/object_lock.hpp"
#include "services/s3/peer.hpp"
#include "services/s3/policy.hpp"
#include "services/s3/post_object.hpp"
#include "services/s3/restore.hpp"
#include "services/s3/tagging.hpp"
#include "services/s3/upload_sink.hpp"
#include "services/s3/versioning.hpp"
#include "services/s3/violations.hpp"
#include "services/s3/virtual_host.hpp"

namespace orrery::s3 {

namespace {

constexpr OperationRow kOperations[] = {
    {"CreateBucket", &create_bucket},
    {"DeleteBucket", &delete_bucket},
    {"HeadBucket", &head_bucket},
    {"ListBuckets", &list_buckets},
    {"GetBucketLocation", &get_bucket_location},
    {"GetBucketVersioning", &get_bucket_versioning},
    {"PutBucketVersioning", &put_bucket_versioning},
    {"GetBucketPolicy", &get_bucket_policy},
    {"PutBucketPolicy", &put_bucket_policy},
    {"DeleteBucketPolicy", &delete_bucket_policy},
    {"GetBucketPolicyStatus", &get_bucket_policy_status},
    {"GetBucketAcl", &get_bucket_acl},
    {"PutBucketAcl", &put_bucket_acl},
    {"GetBucketTagging", &get_bucket_tagging},
    {"PutBucketTagging", &put_bucket_tagging},
    {"DeleteBucketTagging", &delete_bucket_tagging},
    {"PutObject", &put_object},
    {"PostObject", &post_object},
    {"OptionsBucket", &options_object, Access::read},
    {"OptionsObject", &options_object, Access::read},
    {"GetObject", &get_object},
    {"HeadObject", &head_object},
    {"GetObjectAttributes", &get_object_attributes},
    {"DeleteObject", &delete_object},
    {"DeleteObjects", &delete_objects},
    {"CopyObject", &copy_object},
    {"ListObjects", &list_objects},
    {"ListObjectsV2", &list_objects_v2},
    {"ListObjectVersions", &list_object_versions},
    {"CreateMultipartUpload", &create_multipart_upload},
    {"UploadPart", &upload_part},
    {"UploadPartCopy", &upload_part_copy},
    {"CompleteMultipartUpload", &complete_multipart_upload},
    {"AbortMultipartUpload", &abort_multipart_upload},
    {"ListParts", &list_parts},
    {"ListMultipartUploads", &list_multipart_uploads},
    {"GetObjectRetention", &get_object_retention},
    {"PutObjectRetention", &put_object_retention},
    {"GetObjectLegalHold", &get_object_legal_hold},
    {"PutObjectLegalHold", &put_object_legal_hold},
    {"GetObjectAcl", &get_object_acl},
    {"PutObjectAcl", &put_object_acl},
    {"RestoreObject", &restore_object},
    {"GetObjectTagging", &get_object_tagging},
    {"PutObjectTagging", &put_object_tagging},
    {"DeleteObjectTagging", &delete_object_tagging},
};

std::vector<OperationRow> all_operations() {
  std::vector<OperationRow> out(std::begin(kOperations), std::end(kOperations));
  const auto config = bucket_config_operations();
  out.insert(out.end(), config.begin(), config.end());
  return out;
}

void tick(RequestContext& context) {
  // Real time: the injected clock must not take files away from readers.
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  ObjectStore store = store_of(context);
  store.collect(now.count());
  // All folders soon after a start, for what a crash left; then one a call.
  static std::atomic<std::uint64_t> turn{0};
  constexpr std::uint64_t kFolders = 256, kAtStart = 16;
  for (std::uint64_t n = turn.load() < kFolders ? kAtStart : 1; n > 0; --n) store.sweep(turn++);
  run_lifecycle(context);
}

void admit(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  if (context.operation == "UploadPart") {
    find_upload(context, input, bucket);
  } else {
    const std::string key = input.str("Key");
    check_write_conditions(input, store_of(context).latest(bucket.name, key), key);
  }
}

void scopes(storage::Transaction& transaction, std::set<storage::Scope>& held) {
  for (const auto& [account, region] : ObjectStore::places(transaction)) held.insert({account, region, "s3"});
}

}  // namespace

const Service& service() {
  static const std::vector<OperationRow> operations = all_operations();
  static const Service instance{.name = "s3",
                                .operations = operations,
                                .offer = &offer,
                                .migrations = &ObjectStore::migrations,
                                .scopes = &scopes,
                                .validation_error = &violation_error,
                                .open_body = &open_body,
                                .admit = &admit,
                                .virtual_host = &virtual_host,
                                .tick = &tick};
  return instance;
}

}  // namespace orrery::s3
