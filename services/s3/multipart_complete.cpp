#include "aws/ids.hpp"
#include "aws/text.hpp"
#include "services/s3/access.hpp"
#include "services/s3/attributes.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/conditions.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/multipart.hpp"
#include "services/s3/object.hpp"
#include "services/s3/replication.hpp"

namespace orrery::s3 {

namespace {

constexpr std::uint64_t kLeastPart = 5ull << 20;

AwsError invalid_part(const Upload& upload, int number, const std::string& etag) {
  return errors::make("InvalidPart", 400,
                      "One or more of the specified parts could not be found.  The part may not have been uploaded, or "
                      "the specified entity tag may not match the part's entity tag.")
      .with("UploadId", upload.id)
      .with("PartNumber", std::to_string(number))
      .with("ETag", etag);
}

/// A composite checksum is made of parts whose checksums the client tells again.
void require_checksums(const Input& request, const Upload& upload) {
  const auto algorithm = algorithm_named(upload.hidden.value("ChecksumAlgorithm", ""));
  if (!algorithm || upload.hidden.value("ChecksumType", "") != "COMPOSITE") return;
  for (const auto& listed : request.objects("Parts")) {
    if (listed.has(names(*algorithm).member)) continue;
    throw errors::invalid_request(
        "The upload was created using a " + aws::lower(names(*algorithm).name) +
        " checksum. The complete request must include the checksum for each part. It was missing "
        "for part " +
        std::to_string(listed.integer("PartNumber")) + " in the request.");
  }
}

/// The stored parts that the request lists, in its order, each checked against what it says of it.
std::vector<Part> choose_parts(const Input& request, const Upload& upload, const std::vector<Part>& stored) {
  std::vector<Part> out;
  const auto listed = request.objects("Parts");
  if (listed.empty()) throw errors::malformed_xml();
  for (const auto& one : listed) {
    const int number = static_cast<int>(one.integer("PartNumber"));
    const std::string etag = unquoted(one.str("ETag"));
    if (!out.empty() && number <= out.back().number) {
      throw errors::make("InvalidPartOrder", 400,
                         "The list of parts was not in ascending order. Parts must be ordered by part number.")
          .with("UploadId", upload.id);
    }
    const auto found =
        std::find_if(stored.begin(), stored.end(), [&](const Part& part) { return part.number == number; });
    if (found == stored.end() || found->etag != etag) throw invalid_part(upload, number, etag);
    for (const auto& row : algorithms()) {
      const auto sent = one.find_str(row.member);
      if (sent && found->checksums.value(std::string(row.member), *sent) != *sent)
        throw invalid_part(upload, number, etag);
    }
    out.push_back(*found);
  }
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    if (out[i].size >= kLeastPart) continue;
    throw errors::make("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")
        .with("ProposedSize", std::to_string(out[i].size))
        .with("MinSizeAllowed", std::to_string(kLeastPart))
        .with("PartNumber", std::to_string(out[i].number))
        .with("ETag", out[i].etag);
  }
  return out;
}

std::string composite_etag(const std::vector<std::string>& etags) {
  std::string digests;
  for (const auto& etag : etags) digests += from_hex(etag);
  return aws::hex(aws::md5(digests)) + "-" + std::to_string(etags.size());
}

/// A completion may be repeated, as by a client that lost the answer: S3 gives it again where the list is the same.
std::optional<Json> repeated(RequestContext& context, const Input& input, const Bucket& bucket) {
  const std::string key = input.str("Key"), id = input.str("UploadId");
  ObjectStore store = store_of(context);
  if (store.upload(bucket.name, key, id)) return std::nullopt;
  auto answer = store.answer_of(bucket.name, key, id);
  if (!answer) return std::nullopt;
  std::vector<std::string> etags;
  for (const auto& part : input.object("MultipartUpload").objects("Parts")) etags.push_back(unquoted(part.str("ETag")));
  if (answer->at("ETag") != quote_etag(composite_etag(etags))) return std::nullopt;
  return answer;
}

std::string decoded(const Part& part, std::string_view member) {
  std::string raw;
  aws::base64_decode(part.checksums.value(std::string(member), ""), raw);
  return raw;
}

/// The object's checksum from its parts': of their concatenation, or the CRC that the whole would have.
std::optional<std::string> whole_checksum(const std::vector<Part>& parts, Algorithm algorithm,
                                          const std::string& type) {
  const auto& row = names(algorithm);
  for (const auto& part : parts) {
    if (!part.checksums.contains(row.member)) return std::nullopt;
  }
  if (type == "FULL_OBJECT") {
    std::string crc = decoded(parts[0], row.member);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      crc = combine_crc(algorithm, crc, decoded(parts[i], row.member), parts[i].size);
    }
    return aws::base64(crc);
  }
  const auto hasher = make_hasher(algorithm);
  for (const auto& part : parts) hasher->update(decoded(part, row.member));
  return aws::base64(hasher->finish()) + "-" + std::to_string(parts.size());
}

void set_checksum(const Input& input, const Upload& upload, const std::vector<Part>& parts, Json& document) {
  const std::string named = upload.hidden.value("ChecksumAlgorithm", "");
  const Algorithm algorithm = algorithm_named(named).value_or(Algorithm::crc64nvme);
  const std::string type = named.empty() ? "FULL_OBJECT" : upload.hidden.value("ChecksumType", "");
  const std::string asked_type = input.str("ChecksumType");
  if (!asked_type.empty() && asked_type != type) {
    throw errors::invalid_request("The upload was created using the " + type +
                                  " checksum mode. The complete request must use the same checksum mode.");
  }
  const auto value = whole_checksum(parts, algorithm, type);
  for (const auto& row : algorithms()) {
    const auto sent = input.find_str(row.member);
    if (!sent || !value || row.algorithm != algorithm) continue;
    // The count of parts may be left out of a composite one.
    if (*sent != *value && *sent != value->substr(0, value->find('-'))) throw errors::bad_digest(std::string(row.name));
  }
  if (!value) return;
  document[std::string(names(algorithm).member)] = *value;
  document["ChecksumType"] = type;
}

/// Of an upload whose client named no algorithm S3 tells no checksums of parts.
Json parts_json(const Upload& upload, const std::vector<Part>& parts) {
  const bool named = upload.hidden.value("ChecksumAlgorithm", "") != "";
  Json out = Json::array();
  for (const auto& part : parts) {
    Json row = named ? part.checksums : Json::object();
    row["PartNumber"] = part.number;
    row["Size"] = part.size;
    out.push_back(std::move(row));
  }
  return out;
}

std::string location(const RequestContext& context, const Bucket& bucket, const std::string& key) {
  std::string host(context.request.headers.get("host"));
  return (context.request.secure ? "https://" : "http://") + host + "/" + bucket.name + "/" + http::percent_encode(key);
}

}  // namespace

Json complete_multipart_upload(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  if (auto answer = repeated(context, input, bucket)) return *answer;
  const Upload upload = find_upload(context, input, bucket);
  check_customer_key(input, upload.document, "");
  ObjectStore store = store_of(context);
  const auto current = store.latest(bucket.name, upload.key);
  check_write_conditions(input, current, upload.key);
  check_no_conflict(input, upload, current);
  if (!input.has("MultipartUpload")) throw errors::invalid_request("You must specify at least one part");
  const std::vector<Part> parts = choose_parts(input.object("MultipartUpload"), upload, store.parts(upload.id));
  Version version;
  version.bucket = bucket.name;
  version.key = upload.key;
  version.document = upload.document;
  version.hidden = upload.hidden;
  version.hidden.erase("ChecksumAlgorithm");
  version.hidden.erase("ChecksumType");
  version.hidden.erase("Initiator");
  version.hidden.erase("Existed");
  version.hidden["Parts"] = parts_json(upload, parts);
  version.modified = context.now;
  std::vector<std::string> etags;
  for (const auto& part : parts) {
    etags.push_back(part.etag);
    version.size += part.size;
    version.segments.insert(version.segments.end(), part.segments.begin(), part.segments.end());
  }
  version.etag = composite_etag(etags);
  if (const auto size = input.find_integer("MpuObjectSize");
      size && static_cast<std::uint64_t>(*size) != version.size) {
    throw errors::invalid_request("The provided 'x-amz-mp-object-size' header does not match what was computed.");
  }
  set_checksum(input, upload, parts, version.document);
  require_checksums(input.object("MultipartUpload"), upload);
  add_version(context, bucket, version);
  store.erase_upload(upload);
  Json out{{"Location", location(context, bucket, upload.key)},
           {"Bucket", bucket.name},
           {"Key", upload.key},
           {"ETag", quote_etag(version.etag)}};
  add_checksums(version.document, out);
  add_written(context, bucket, version, out);
  out.erase("SSECustomerAlgorithm");
  out.erase("SSECustomerKeyMD5");
  out.erase("SSEKMSEncryptionContext");
  store.keep_answer(upload, context.now, out);
  return out;
}

}  // namespace orrery::s3
