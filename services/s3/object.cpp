#include "services/s3/object.hpp"

#include "aws/ids.hpp"
#include "services/s3/access.hpp"
#include "services/s3/acl.hpp"
#include "services/s3/attributes.hpp"
#include "services/s3/body_source.hpp"
#include "services/s3/conditions.hpp"
#include "services/s3/encryption.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/lifecycle.hpp"
#include "services/s3/mail_text.hpp"
#include "services/s3/replication.hpp"
#include "services/s3/restore.hpp"
#include "services/s3/second_layer.hpp"
#include "services/s3/tagging.hpp"
#include "services/s3/upload_sink.hpp"
#include "services/s3/website.hpp"

namespace orrery::s3 {

namespace {

/// What UploadSink has read from the same headers.
void acknowledge_digests(const Input& input) {
  for (const auto& row : algorithms()) input.acknowledge(row.member, "verified by the sink");
  input.acknowledge("ContentMD5", "verified by the sink");
  input.acknowledge("ChecksumAlgorithm", "read by the sink");
  input.acknowledge("ContentLength", "the host holds the body to it");
}

struct Selection {
  ByteRange range;
  bool partial = false;
  Json part;           ///< the part that partNumber names
  bool whole = false;  ///< it is all of an object that was not uploaded in parts
};

Selection select_part(const Version& version, std::int64_t number) {
  const Json parts = version.hidden.value("Parts", Json::array());
  if (parts.empty() && number == 1) return {{0, version.size}, version.size > 0, {}, true};
  std::uint64_t at = 0;
  for (const auto& part : parts) {
    const auto size = part.at("Size").get<std::uint64_t>();
    if (part.at("PartNumber") == number) return {{at, size}, true, part};
    at += size;
  }
  throw errors::make("InvalidPartNumber", 416, "The requested partnumber is not satisfiable")
      .with("PartNumberRequested", std::to_string(number))
      .with("ActualPartCount", std::to_string(std::max<std::size_t>(1, parts.size())));
}

Selection select(const Input& input, const Version& version) {
  const std::string header = input.str("Range");
  const auto number = input.find_integer("PartNumber");
  if (number && !header.empty()) {
    throw errors::invalid_request("Cannot specify both Range header and partNumber query parameter");
  }
  if (number) return select_part(version, *number);
  if (const auto range = parse_range(header, version.size)) return {*range, true, {}};
  return {{0, version.size}, false, {}};
}

void override_headers(const RequestContext& context, const Input& input, Json& out) {
  static constexpr std::pair<const char*, const char*> kOverrides[] = {
      {"ResponseCacheControl", "CacheControl"},
      {"ResponseContentDisposition", "ContentDisposition"},
      {"ResponseContentEncoding", "ContentEncoding"},
      {"ResponseContentLanguage", "ContentLanguage"},
      {"ResponseContentType", "ContentType"}};
  const bool any = input.has("ResponseExpires") || std::any_of(std::begin(kOverrides), std::end(kOverrides),
                                                               [&](auto& row) { return input.has(row.first); });
  if (any && context.principal.type == identity::Principal::Type::anonymous) {
    throw errors::invalid_request("Request specific response headers cannot be used for anonymous GET requests.");
  }
  for (const auto& [member, header] : kOverrides) {
    if (auto value = input.find_str(member)) out[header] = *value;
  }
  if (input.has("ResponseExpires")) {
    out["Expires"] = input.number("ResponseExpires");
  }
}

/// The output that GetObject and HeadObject share.
Json describe(RequestContext& context, const Input& input, const Bucket& bucket, const Version& version,
              const Selection& selection) {
  Json out = version.document;
  if (const auto metadata = out.find("Metadata"); metadata != out.end()) {
    for (auto& value : *metadata) value = to_mail_text(value.get<std::string>());
  }
  const bool checksums = input.str("ChecksumMode") == "ENABLED";
  // A checksum of the whole tells nothing about a range.
  if (!checksums || (selection.partial && !selection.whole)) {
    for (auto it = out.begin(); it != out.end();) it = it.key().starts_with("Checksum") ? out.erase(it) : std::next(it);
  }
  if (checksums && selection.part.is_object()) {
    const auto had = out.size();
    add_checksums(selection.part, out);
    if (out.size() > had && version.document.contains("ChecksumType"))
      out["ChecksumType"] = version.document["ChecksumType"];
  }
  out["ETag"] = quote_etag(version.etag);
  out["LastModified"] = aws::seconds(version.modified / 1000 * 1000);
  out["AcceptRanges"] = "bytes";
  out["ContentLength"] = selection.range.length;
  if (bucket.versioning != Versioning::never) out["VersionId"] = version.id;
  if (const auto expiration = expiration_header(context, bucket, version)) out["Expiration"] = *expiration;
  if (const std::string restore = restore_header(context, version); !restore.empty()) out["Restore"] = restore;
  if (const auto tags = version.hidden.find("Tags"); tags != version.hidden.end() && !tags->empty()) {
    out["TagCount"] = tags->size();
  }
  if (input.has("PartNumber") && version.hidden.contains("Parts")) out["PartsCount"] = version.hidden["Parts"].size();
  if (selection.partial) {
    const auto last = selection.range.first + selection.range.length - 1;
    out["ContentRange"] = "bytes " + std::to_string(selection.range.first) + "-" + std::to_string(last) + "/" +
                          std::to_string(version.size);
    context.response_status = 206;
  }
  override_headers(context, input, out);
  return out;
}

/// RFC 9110, 15.4.5: a 304 has the ETag of the 200.
void check_conditions(RequestContext& context, const Input& input, const Version& version) {
  try {
    check_read_conditions(input, version, "");
  } catch (const AwsError& refused) {
    if (refused.status() == 304) {
      context.response_headers.set("ETag", quote_etag(version.etag));
      context.response_headers.set("Last-Modified", aws::rfc822(version.modified));
    }
    throw;
  }
}

Json read_named(RequestContext& context, const Input& input) {
  if (for_website(context)) return answer_website(context, input);
  const Bucket bucket = bucket_of(context, input);
  return read_object(context, input, bucket, version_of(context, input, bucket));
}

}  // namespace

void check_key(const std::string& key) {
  if (key.size() > 1024) {
    throw errors::make("KeyTooLongError", 400, "Your key is too long")
        .with("Size", std::to_string(key.size()))
        .with("MaxSizeAllowed", "1024");
  }
}

std::string etag_of(const Json& document, const std::string& md5) {
  if (!opaque_etag(document)) return aws::hex(md5);
  const std::string key = document.value("SSECustomerKeyMD5", document.value("SSEKMSKeyId", ""));
  return aws::hex(aws::md5(aws::hmac_sha256(key, md5)));
}

void add_written(RequestContext& context, const Bucket& bucket, const Version& version, Json& output) {
  if (const auto expiration = expiration_header(context, bucket, version)) output["Expiration"] = *expiration;
  if (bucket.versioning != Versioning::never) output["VersionId"] = version.id;
  add_encryption(version.document, output);
  if (version.hidden.contains("SSEKMSEncryptionContext")) {
    output["SSEKMSEncryptionContext"] = version.hidden["SSEKMSEncryptionContext"];
  }
}

Json put_object(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  Version version;
  version.bucket = bucket.name;
  version.key = input.str("Key");
  check_key(version.key);
  if (input.has("WriteOffsetBytes")) throw errors::not_implemented("x-amz-write-offset-bytes");
  acknowledge_digests(input);
  std::unique_ptr<UploadSink> own;
  UploadSink& sink = upload_of(context, own);
  sink.verify();
  Attributes attributes;
  read_metadata(input, attributes.document);
  read_placement(context, input, bucket, attributes);
  if (const std::string tags = input.str("Tagging"); !tags.empty()) attributes.hidden["Tags"] = tags_from_header(tags);
  ObjectStore store = store_of(context);
  check_write_conditions(input, store.latest(bucket.name, version.key), version.key);

  attributes.document[std::string(names(sink.algorithm()).member)] = sink.checksum();
  attributes.document["ChecksumType"] = "FULL_OBJECT";
  version.document = std::move(attributes.document);
  version.hidden = std::move(attributes.hidden);
  version.size = sink.size();
  version.etag = etag_of(version.document, sink.md5());
  version.modified = context.now;
  if (version.size > 0) {
    version.segments = {add_body(context, version.document, sink.take())};
  }
  protect(context, customer_key(input, ""), version);
  add_version(context, bucket, version);
  Json out{{"ETag", quote_etag(version.etag)}};
  add_written(context, bucket, version, out);
  add_checksums(version.document, out);
  return out;
}

Json read_object(RequestContext& context, const Input& input, const Bucket& bucket, const Version& version) {
  refuse_foreign(context, bucket, version, "READ");
  check_customer_key(input, version.document, "");
  // "Encryption request headers … should not be sent for GET requests and HEAD requests" ("GetObject", Encryption).
  if (context.request.headers.has("x-amz-server-side-encryption")) {
    throw errors::invalid_argument("x-amz-server-side-encryption header is not supported for this operation.",
                                   "x-amz-server-side-encryption",
                                   std::string(context.request.headers.get("x-amz-server-side-encryption")));
  }
  check_conditions(context, input, version);
  const Selection selection = select(input, version);
  Json out = describe(context, input, bucket, version, selection);
  if (context.request.method == "HEAD") return out;
  refuse_archived(context, version);
  const auto segments = readable(context, customer_key(input, ""), version);
  context.body_source = open_source(store_of(context), segments, selection.range);
  return out;
}

Json get_object(RequestContext& context, const Input& input) { return read_named(context, input); }

Json head_object(RequestContext& context, const Input& input) { return read_named(context, input); }

Json get_object_attributes(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const Version version = version_of(context, input, bucket);
  check_customer_key(input, version.document, "");
  const auto list = input.strings("ObjectAttributes");
  const auto wants = [&](std::string_view name) { return std::find(list.begin(), list.end(), name) != list.end(); };
  const auto most = input.integer("MaxParts", 1000), after = input.integer("PartNumberMarker", 0);
  if (list.empty()) throw errors::invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes", "");
  Json out{{"LastModified", aws::seconds(version.modified / 1000 * 1000)}};
  if (bucket.versioning != Versioning::never) out["VersionId"] = version.id;
  if (wants("ETag")) out["ETag"] = version.etag;  // here without quotes
  if (wants("StorageClass")) out["StorageClass"] = version.document.value("StorageClass", "STANDARD");
  if (wants("ObjectSize")) out["ObjectSize"] = version.size;
  if (wants("Checksum")) {
    Json checksum = Json::object();
    add_checksums(version.document, checksum);
    // "BASE64-N" on objects, but without the count here.
    for (auto& value : checksum) {
      const std::string text = value;
      if (text != "COMPOSITE" && text != "FULL_OBJECT") value = text.substr(0, text.find('-'));
    }
    if (!checksum.empty()) out["Checksum"] = std::move(checksum);
  }
  if (!wants("ObjectParts") || !version.hidden.contains("Parts")) return out;
  Json parts = Json::array(), all = version.hidden["Parts"];
  // Parts are listed only for uploads with a checksum of each part.
  if (version.document.value("ChecksumType", "") != "COMPOSITE") {
    out["ObjectParts"] = {{"TotalPartsCount", all.size()}};
    return out;
  }
  Json object_parts{
      {"TotalPartsCount", all.size()}, {"PartNumberMarker", after}, {"MaxParts", most}, {"IsTruncated", false}};
  for (const auto& part : all) {
    if (part.at("PartNumber").get<std::int64_t>() <= after) continue;
    if (parts.size() == static_cast<std::size_t>(most)) {
      object_parts["IsTruncated"] = true;
      break;
    }
    parts.push_back(part);
  }
  object_parts["NextPartNumberMarker"] = parts.empty() ? Json(0) : parts.back().at("PartNumber");
  object_parts["Parts"] = std::move(parts);
  out["ObjectParts"] = std::move(object_parts);
  return out;
}

}  // namespace orrery::s3
