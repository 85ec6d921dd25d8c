#include "services/s3/access.hpp"
#include "services/s3/attributes.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/listing.hpp"
#include "services/s3/multipart.hpp"

namespace orrery::s3 {

namespace {

void add_checksum_kind(const Upload& upload, Json& out) {
  const std::string algorithm = upload.hidden.value("ChecksumAlgorithm", "");
  if (algorithm.empty()) return;
  out["ChecksumAlgorithm"] = algorithm;
  out["ChecksumType"] = upload.hidden.value("ChecksumType", "");
}

std::int64_t most_of(const Input& input, const char* member) {
  const auto asked = input.integer(member, 1000);
  if (asked < 0) {
    throw errors::invalid_argument("Argument must be an integer between 0 and 2147483647", member,
                                   std::to_string(asked));
  }
  return std::min<std::int64_t>(asked, 1000);
}

}  // namespace

Json list_parts(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const Upload upload = find_upload(context, input, bucket);
  for (const char* member : {"SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5"}) {
    input.acknowledge(member, "only needed for uploads whose checksums are computed with the key");
  }
  const auto most = most_of(input, "MaxParts"), after = input.integer("PartNumberMarker", 0);
  Json parts = Json::array();
  bool truncated = false;
  std::int64_t last = 0;
  for (const auto& part : store_of(context).parts(upload.id)) {
    if (part.number <= after) continue;
    if (static_cast<std::int64_t>(parts.size()) == most) {
      truncated = true;
      break;
    }
    Json row{{"PartNumber", part.number},
             {"LastModified", aws::seconds(part.modified)},
             {"ETag", quote_etag(part.etag)},
             {"Size", part.size}};
    if (upload.hidden.value("ChecksumAlgorithm", "") != "") row.update(part.checksums);
    last = part.number;
    parts.push_back(std::move(row));
  }
  Json out{{"Bucket", bucket.name},
           {"Key", upload.key},
           {"UploadId", upload.id},
           {"PartNumberMarker", after},
           {"NextPartNumberMarker", last},
           {"MaxParts", most},
           {"IsTruncated", truncated},
           {"Initiator", owner_of(upload.hidden.value("Initiator", bucket.account))},
           {"Owner", owner_of(upload.hidden.value("Owner", bucket.account))},
           {"StorageClass", upload.document.value("StorageClass", "STANDARD")}};
  if (!parts.empty()) out["Parts"] = std::move(parts);
  add_checksum_kind(upload, out);
  return out;
}

Json list_multipart_uploads(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const ListScope scope(input);
  const std::string key_marker = input.str("KeyMarker"), id_marker = input.str("UploadIdMarker");
  const auto most = most_of(input, "MaxUploads");
  if (!key_marker.empty() && !id_marker.empty() && !store_of(context).upload(bucket.name, key_marker, id_marker)) {
    throw errors::invalid_argument("Invalid uploadId marker", "upload-id-marker", id_marker);
  }
  Json uploads = Json::array(), prefixes = Json::array();
  bool truncated = false, past_marker = id_marker.empty();
  std::string next_key, next_id, folded_last;
  std::int64_t count = 0;
  for (const auto& upload : store_of(context).uploads(bucket.name, std::max(scope.prefix, key_marker))) {
    if (!upload.key.starts_with(scope.prefix)) break;
    if (!key_marker.empty() && upload.key == key_marker) {
      // With an upload-id marker, the uploads of that key that come after it are still to be listed.
      const bool list = past_marker && !id_marker.empty();
      past_marker = past_marker || upload.id == id_marker;
      if (!list) continue;
    }
    const std::string folded = scope.common_prefix(upload.key);
    if (!folded.empty() && (folded == folded_last || folded == key_marker)) continue;
    if (count == most) {
      truncated = true;
      break;
    }
    ++count;
    next_key = folded.empty() ? upload.key : folded;
    next_id = folded.empty() ? upload.id : "";
    if (!folded.empty()) {
      folded_last = folded;
      prefixes.push_back({{"Prefix", scope.encode(folded)}});
      continue;
    }
    Json row{{"UploadId", upload.id},
             {"Key", scope.encode(upload.key)},
             {"Initiated", aws::seconds(upload.initiated)},
             {"StorageClass", upload.document.value("StorageClass", "STANDARD")},
             {"Owner", owner_of(upload.hidden.value("Owner", bucket.account))},
             {"Initiator", owner_of(upload.hidden.value("Initiator", bucket.account))}};
    add_checksum_kind(upload, row);
    uploads.push_back(std::move(row));
  }
  Json out{{"Bucket", bucket.name},       {"KeyMarker", scope.encode(key_marker)},
           {"UploadIdMarker", id_marker}, {"Prefix", scope.encode(scope.prefix)},
           {"MaxUploads", most},          {"IsTruncated", truncated}};
  if (!scope.delimiter.empty()) out["Delimiter"] = scope.encode(scope.delimiter);
  if (scope.url) out["EncodingType"] = "url";
  if (!uploads.empty()) out["Uploads"] = std::move(uploads);
  if (!prefixes.empty()) out["CommonPrefixes"] = std::move(prefixes);
  if (truncated) {
    out["NextKeyMarker"] = scope.encode(next_key);
    out["NextUploadIdMarker"] = next_id;
  }
  return out;
}

}  // namespace orrery::s3
