#include "services/s3/object_copy.hpp"

#include "aws/ids.hpp"
#include "services/s3/access.hpp"
#include "services/s3/attributes.hpp"
#include "services/s3/body_source.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/conditions.hpp"
#include "services/s3/encryption.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/object.hpp"
#include "services/s3/replication.hpp"
#include "services/s3/restore.hpp"
#include "services/s3/tagging.hpp"

namespace orrery::s3 {

namespace {

constexpr std::uint64_t kMostInOneCopy = 5ull << 30;

struct SourceName {
  std::string bucket, key, version_id;
};

/// "[/]bucket/key[?versionId=id]", percent-encoded.
SourceName parse_source(const std::string& text) {
  std::string_view path = text;
  SourceName out;
  if (const auto query = path.rfind("?versionId="); query != std::string_view::npos) {
    out.version_id = http::percent_decode(path.substr(query + 11));
    path = path.substr(0, query);
  }
  std::string decoded = http::percent_decode(path);
  if (decoded.starts_with('/')) decoded.erase(0, 1);
  const auto slash = decoded.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == decoded.size()) {
    throw errors::invalid_argument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
                                   "x-amz-copy-source", text);
  }
  out.bucket = decoded.substr(0, slash);
  out.key = decoded.substr(slash + 1);
  return out;
}

enum class Directive { copy, replace };

Directive directive(const Input& input, const char* member, const char* header) {
  const std::string value = input.str(member, "COPY");
  if (value == "COPY") return Directive::copy;
  if (value == "REPLACE") return Directive::replace;
  throw errors::invalid_argument("Unknown metadata directive.", header, value);
}

/// What the source hands on: everything but its placement, encryption and lock.
void copy_metadata(const Json& source, Json& document) {
  for (const char* member : {"CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType",
                             "Expires", "Metadata"}) {
    if (const auto found = source.find(member); found != source.end()) document[member] = *found;
  }
}

/// Copying an object onto itself must change something ("CopyObject", InvalidRequest).
void refuse_idle_copy(const Input& input, const CopySource& source, const Bucket& bucket, const std::string& key) {
  if (source.bucket.name != bucket.name || source.version.key != key || !source.version.latest) return;
  if (input.str("MetadataDirective") == "REPLACE" || input.has("StorageClass") || input.has("ServerSideEncryption") ||
      input.has("SSECustomerAlgorithm") || input.has("WebsiteRedirectLocation") || input.has("ChecksumAlgorithm")) {
    return;
  }
  throw errors::invalid_request(
      "This copy request is illegal because it is trying to copy an object to itself without "
      "changing the object's metadata, storage class, website redirect location or encryption "
      "attributes.");
}

/// Keeps the source's checksum where it may, else computes one over the stored bytes.
void set_checksum(const Input& input, const ObjectStore& store, const CopySource& source, Version& version) {
  const std::string asked = input.str("ChecksumAlgorithm");
  Json kept = Json::object();
  add_checksums(source.version.document, kept);
  const auto algorithm = asked.empty() ? std::nullopt : algorithm_named(asked);
  if (!asked.empty() && !algorithm) throw errors::not_implemented("x-amz-checksum-algorithm");
  const bool keep =
      kept.value("ChecksumType", "") == "FULL_OBJECT" && (!algorithm || kept.contains(names(*algorithm).member));
  std::optional<Algorithm> used = algorithm;
  for (const auto& row : algorithms()) {
    if (!used && kept.contains(row.member)) used = row.algorithm;
  }
  const Algorithm computed = used.value_or(Algorithm::crc64nvme);
  const bool plain_etag = source.version.etag.size() == 32 && !opaque_etag(source.version.document);
  if (keep) add_checksums(kept, version.document);
  if (!keep || !plain_etag) {
    const Digests digests = digest_stored(store, version.segments, version.size, computed);
    if (!keep) {
      version.document[std::string(names(computed).member)] = digests.checksum;
      version.document["ChecksumType"] = "FULL_OBJECT";
    }
    version.etag = etag_of(version.document, digests.md5);
  } else {
    version.etag = etag_of(version.document, from_hex(source.version.etag));
  }
}

}  // namespace

Digests digest_stored(const ObjectStore& store, const std::vector<Segment>& segments, std::uint64_t size,
                      Algorithm algorithm) {
  const auto source = open_source(store, segments, {0, size});
  const auto hasher = make_hasher(algorithm), md5 = make_hasher(Algorithm::md5);
  std::vector<char> buffer(256 * 1024);
  while (const std::size_t got = source->read(buffer)) {
    hasher->update(std::span(buffer).first(got));
    md5->update(std::span(buffer).first(got));
  }
  return {aws::base64(hasher->finish()), md5->finish()};
}

CopySource find_copy_source(RequestContext& context, const Input& input) {
  const SourceName name = parse_source(input.str("CopySource"));
  CopySource out{find_bucket(context, name.bucket, input.str("ExpectedSourceBucketOwner"), "s3:GetObject", name.key),
                 {}};
  ObjectStore store = store_of(context);
  auto version = name.version_id.empty() ? store.latest(name.bucket, name.key)
                                         : store.version(name.bucket, name.key, name.version_id);
  if (!version || (version->delete_marker && name.version_id.empty())) {
    throw name.version_id.empty() ? errors::no_such_key(name.key) : missing_version(name.key, name.version_id);
  }
  if (version->delete_marker) {
    throw errors::invalid_request(
        "The source of a copy request may not specifically refer to a delete marker by version "
        "id.");
  }
  out.version = std::move(*version);
  check_customer_key(input, out.version.document, "CopySource");
  refuse_archived(context, out.version);
  check_read_conditions(input, out.version, "CopySource");
  return out;
}

Json copy_object(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  Version version;
  version.bucket = bucket.name;
  version.key = input.str("Key");
  check_key(version.key);
  const CopySource source = find_copy_source(context, input);
  if (source.version.size > kMostInOneCopy) {
    throw errors::invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: "
        "5368709120");
  }
  refuse_idle_copy(input, source, bucket, version.key);
  Attributes attributes;
  Json sent = Json::object();
  read_metadata(input, sent);
  if (directive(input, "MetadataDirective", "x-amz-metadata-directive") == Directive::replace) {
    attributes.document = sent;
  } else {
    copy_metadata(source.version.document, attributes.document);
    if (sent.contains("WebsiteRedirectLocation")) {
      attributes.document["WebsiteRedirectLocation"] = sent["WebsiteRedirectLocation"];
    }
  }
  read_placement(context, input, bucket, attributes);
  const std::string tags = input.str("Tagging");
  if (directive(input, "TaggingDirective", "x-amz-tagging-directive") == Directive::replace) {
    if (!tags.empty()) attributes.hidden["Tags"] = tags_from_header(tags);
  } else if (source.version.hidden.contains("Tags")) {
    attributes.hidden["Tags"] = source.version.hidden["Tags"];
  }
  ObjectStore store = store_of(context);
  check_write_conditions(input, store.latest(bucket.name, version.key), version.key);
  version.document = std::move(attributes.document);
  version.hidden = std::move(attributes.hidden);
  version.size = source.version.size;
  version.modified = context.now;
  version.segments = readable(context, customer_key(input, "CopySource"), source.version);
  set_checksum(input, store, source, version);
  protect(context, customer_key(input, ""), version);
  add_version(context, bucket, version);
  Json result{{"ETag", quote_etag(version.etag)}, {"LastModified", aws::seconds(version.modified)}};
  add_checksums(version.document, result);
  Json out{{"CopyObjectResult", std::move(result)}};
  if (source.bucket.versioning != Versioning::never) out["CopySourceVersionId"] = source.version.id;
  add_written(context, bucket, version, out);
  return out;
}

}  // namespace orrery::s3
