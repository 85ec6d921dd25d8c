#include "services/s3/multipart.hpp"

#include <charconv>

#include "aws/ids.hpp"
#include "aws/text.hpp"
#include "services/s3/access.hpp"
#include "services/s3/attributes.hpp"
#include "services/s3/body_source.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/conditions.hpp"
#include "services/s3/encryption.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/object.hpp"
#include "services/s3/object_copy.hpp"
#include "services/s3/second_layer.hpp"
#include "services/s3/tagging.hpp"
#include "services/s3/upload_sink.hpp"

namespace orrery::s3 {

namespace {

constexpr int kMostParts = 10'000;

/// What an upload's parts are checked with; "" where the client named nothing.
struct UploadChecksum {
  std::string algorithm, type;
};

UploadChecksum read_checksum(const Input& input) {
  UploadChecksum out{input.str("ChecksumAlgorithm"), input.str("ChecksumType")};
  if (out.algorithm.empty()) {
    if (!out.type.empty()) {
      throw errors::invalid_request(
          "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    }
    return out;
  }
  if (!algorithm_named(out.algorithm)) throw errors::not_implemented("x-amz-checksum-algorithm");
  const bool crc64 = out.algorithm == "CRC64NVME", crc = out.algorithm.starts_with("CRC");
  if (out.type.empty()) out.type = crc64 ? "FULL_OBJECT" : "COMPOSITE";
  if ((crc64 && out.type == "COMPOSITE") || (!crc && out.type == "FULL_OBJECT")) {
    std::string lower = out.algorithm;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    throw errors::invalid_request("The " + out.type + " checksum type cannot be used with the " + lower +
                                  " checksum algorithm.");
  }
  return out;
}

int part_number(const Input& input) {
  const auto number = input.integer("PartNumber");
  if (number < 1 || number > kMostParts) {
    throw errors::invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber",
                                   std::to_string(number));
  }
  return static_cast<int>(number);
}

/// Every part's data key is wrapped by the upload's object key, which will be the object's.
void wrap_for(RequestContext& context, const Input& input, const Upload& upload, Part& part) {
  Json hidden = upload.hidden;
  const Sealed of{upload.bucket, upload.key, upload.document, hidden};
  require_layers(context, upload.document, part.segments);
  wrap_keys(context, object_key(context, of, customer_key(input, "")), part.segments);
}

/// "bytes=first-last", both given and within the source; the whole where there is no header.
ByteRange copy_range(const std::string& header, std::uint64_t size) {
  if (header.empty()) return {0, size};
  constexpr std::string_view kUnit = "bytes=";
  std::uint64_t first = 0, last = 0;
  const char* const end = header.data() + header.size();
  const auto from = std::from_chars(header.data() + std::min(header.size(), kUnit.size()), end, first);
  const auto to = std::from_chars(std::min(from.ptr + 1, end), end, last);
  if (!header.starts_with(kUnit) || from.ec != std::errc() || *from.ptr != '-' || to.ec != std::errc() ||
      to.ptr != end || last < first) {
    throw errors::invalid_argument(
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
        "last are the zero-based offsets of the first and last bytes to copy",
        "x-amz-copy-source-range", header);
  }
  if (first >= size) throw errors::invalid_request("The specified copy range is invalid for the source object size");
  if (last >= size) {
    throw errors::invalid_argument("Range specified is not valid for source object of size: " + std::to_string(size),
                                   "x-amz-copy-source-range", header);
  }
  return {first, last - first + 1};
}

void add_part_encryption(const Upload& upload, Json& out) { add_encryption(upload.document, out); }

}  // namespace

Upload find_upload(RequestContext& context, const Input& input, const Bucket& bucket) {
  const std::string id = input.str("UploadId");
  auto upload = store_of(context).upload(bucket.name, input.str("Key"), id);
  if (!upload) throw errors::no_such_upload(id);
  return *upload;
}

Json create_multipart_upload(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const std::string key = input.str("Key");
  check_key(key);
  Attributes attributes;
  read_metadata(input, attributes.document);
  read_placement(context, input, bucket, attributes);
  if (const std::string tags = input.str("Tagging"); !tags.empty()) attributes.hidden["Tags"] = tags_from_header(tags);
  const UploadChecksum checksum = read_checksum(input);
  attributes.hidden["ChecksumAlgorithm"] = checksum.algorithm;
  if (context.account != bucket.account) attributes.hidden["Initiator"] = context.account;
  attributes.hidden["ChecksumType"] = checksum.type;
  attributes.hidden["Existed"] = is_object(store_of(context).latest(bucket.name, key));
  new_object_key(context, {bucket.name, key, attributes.document, attributes.hidden}, customer_key(input, ""));
  const Upload upload{bucket.name,
                      key,
                      aws::random_text(64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"),
                      context.now,
                      attributes.document,
                      attributes.hidden};
  store_of(context).create_upload(upload);
  Json out{{"Bucket", bucket.name}, {"Key", key}, {"UploadId", upload.id}};
  add_encryption(upload.document, out);
  if (!checksum.algorithm.empty()) {
    out["ChecksumAlgorithm"] = checksum.algorithm;
    out["ChecksumType"] = checksum.type;
  }
  return out;
}

Json upload_part(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const Upload upload = find_upload(context, input, bucket);
  check_part_key(input, upload.document);
  for (const auto& row : algorithms()) input.acknowledge(row.member, "verified by the sink");
  input.acknowledge("ContentMD5", "verified by the sink");
  input.acknowledge("ChecksumAlgorithm", "read by the sink");
  input.acknowledge("ContentLength", "the host holds the body to it");
  std::unique_ptr<UploadSink> own;
  UploadSink& sink = upload_of(context, own);
  Part part;
  part.number = part_number(input);
  sink.verify();
  const std::string expected = upload.hidden.value("ChecksumAlgorithm", "");
  const std::string actual(names(sink.algorithm()).name);
  // A part without a checksum is fine where the upload wants CRC64NVME, which S3 computes itself.
  if (!expected.empty() && expected != actual) {
    throw errors::invalid_request("Checksum Type mismatch occurred, expected checksum Type: " + aws::lower(expected) +
                                  ", actual checksum Type: " + (sink.asked() ? aws::lower(actual) : "null"));
  }
  part.size = sink.size();
  part.etag = etag_of(upload.document, sink.md5());
  part.modified = context.now;
  part.checksums = {{std::string(names(sink.algorithm()).member), sink.checksum()}};
  ObjectStore store = store_of(context);
  if (part.size > 0) {
    part.segments = {add_body(context, upload.document, sink.take())};
  }
  wrap_for(context, input, upload, part);
  store.put_part(upload.id, part);
  Json out{{"ETag", quote_etag(part.etag)}};
  if (sink.asked() || !expected.empty()) out.update(part.checksums);
  add_part_encryption(upload, out);
  return out;
}

Json upload_part_copy(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const Upload upload = find_upload(context, input, bucket);
  check_part_key(input, upload.document);
  const CopySource source = find_copy_source(context, input);
  Part part;
  part.number = part_number(input);
  const ByteRange range = copy_range(input.str("CopySourceRange"), source.version.size);
  ObjectStore store = store_of(context);
  part.size = range.length;
  part.modified = context.now;
  part.segments = slice(readable(context, customer_key(input, "CopySource"), source.version), range);
  const auto algorithm = algorithm_named(upload.hidden.value("ChecksumAlgorithm", "")).value_or(Algorithm::crc64nvme);
  const Digests digests = digest_stored(store, part.segments, part.size, algorithm);
  part.checksums = {{std::string(names(algorithm).member), digests.checksum}};
  part.etag = etag_of(upload.document, digests.md5);
  wrap_for(context, input, upload, part);
  store.put_part(upload.id, part);
  Json result{{"ETag", quote_etag(part.etag)}, {"LastModified", aws::seconds(part.modified)}};
  if (upload.hidden.value("ChecksumAlgorithm", "") != "") result.update(part.checksums);
  Json out{{"CopyPartResult", std::move(result)}};
  if (source.bucket.versioning != Versioning::never) out["CopySourceVersionId"] = source.version.id;
  add_part_encryption(upload, out);
  return out;
}

Json abort_multipart_upload(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const Upload upload = find_upload(context, input, bucket);
  if (input.has("IfMatchInitiatedTime") &&
      static_cast<aws::Millis>(input.number("IfMatchInitiatedTime")) != upload.initiated / 1000) {
    throw errors::precondition_failed("x-amz-if-match-initiated-time");
  }
  store_of(context).erase_upload(upload);
  return Json::object();
}

}  // namespace orrery::s3
