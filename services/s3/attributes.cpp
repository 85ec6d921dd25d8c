#include "services/s3/attributes.hpp"

#include <array>

#include "aws/ids.hpp"
#include "services/s3/access.hpp"
#include "services/s3/acl.hpp"
#include "services/s3/bucket_config.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/mail_text.hpp"

namespace orrery::s3 {

namespace {

constexpr std::array kContentMembers{"CacheControl",    "ContentDisposition", "ContentEncoding",
                                     "ContentLanguage", "ContentType",        "WebsiteRedirectLocation"};
constexpr std::array kEncryptionMembers{"ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled",
                                        "SSECustomerAlgorithm", "SSECustomerKeyMD5"};
constexpr std::array kStorageClasses{"STANDARD",   "REDUCED_REDUNDANCY",  "STANDARD_IA", "ONEZONE_IA",
                                     "GLACIER_IR", "INTELLIGENT_TIERING", "GLACIER",     "DEEP_ARCHIVE"};
constexpr std::size_t kMostMetadata = 2048;

/// aws-chunked is the transfer's, not the object's; a value without it stays as it was sent.
std::string without_aws_chunked(std::string_view encoding) {
  if (encoding.find("aws-chunked") == std::string_view::npos) return std::string(encoding);
  std::string out;
  while (!encoding.empty()) {
    const auto comma = encoding.find(',');
    std::string_view part = encoding.substr(0, comma);
    encoding.remove_prefix(comma == std::string_view::npos ? encoding.size() : comma + 1);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (part.empty() || part == "aws-chunked") continue;
    if (!out.empty()) out += ',';
    out += part;
  }
  return out;
}

AwsError bad_customer_key(const std::string& message) {
  return errors::invalid_argument(message, "x-amz-server-side-encryption", "null");
}

constexpr const char* kCustomerKeysMust =
    "Requests specifying Server Side Encryption with Customer provided keys must provide ";

/// Reads the members of SSE-C; returns the MD5 of the key, or "" where none was sent.
std::string read_customer_key(const Input& input, const std::string& prefix) {
  const std::string algorithm = input.str(prefix + "SSECustomerAlgorithm");
  const std::string key = input.str(prefix + "SSECustomerKey");
  const std::string md5 = input.str(prefix + "SSECustomerKeyMD5");
  if (algorithm.empty() && key.empty() && md5.empty()) return "";
  if (algorithm.empty()) throw bad_customer_key(std::string(kCustomerKeysMust) + "a valid encryption algorithm.");
  if (algorithm != "AES256") {
    throw errors::make("InvalidEncryptionAlgorithmError", 400,
                       "The Encryption request you specified is not valid. Supported value: AES256.")
        .with("ArgumentName", "x-amz-server-side-encryption")
        .with("ArgumentValue", algorithm);
  }
  if (key.empty()) throw bad_customer_key(std::string(kCustomerKeysMust) + "an appropriate secret key.");
  std::string raw;
  if (!aws::base64_decode(key, raw) || raw.size() != 32 || md5.empty()) {
    throw bad_customer_key("The secret key was invalid for the specified algorithm.");
  }
  if (aws::base64(aws::md5(raw)) != md5) {
    throw bad_customer_key("The calculated MD5 hash of the key did not match the hash that was provided.");
  }
  return md5;
}

std::string why_no_key(const RequestContext& context, const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  if (arn.valid() && arn.region != context.region) return "Invalid arn " + arn.region;
  constexpr std::string_view kUuid = "00000000-0000-0000-0000-000000000000";
  const bool uuid = reference.size() == kUuid.size() && std::count(reference.begin(), reference.end(), '-') == 4;
  if (arn.valid()) return "Key '" + reference + "' does not exist";
  if (uuid) return "Key '" + aws::arn("kms", context.region, context.account, "key/" + reference) + "' does not exist";
  return "Invalid keyId '" + reference + "'";
}

/// The ARN of the key that encrypts; KMS's refusals in S3's form.
std::string key_arn(RequestContext& context, const std::string& reference) {
  const std::string wanted = reference.empty() ? "alias/aws/s3" : reference;
  if (context.peers.kms == nullptr) return wanted;
  const auto key = context.peers.kms->key(context, wanted);
  if (!key) throw errors::make("KMS.NotFoundException", 400, why_no_key(context, wanted));
  if (key->state == "Disabled") throw errors::make("KMS.DisabledException", 400, key->arn + " is disabled.");
  if (key->state != "Enabled") {
    throw errors::make("KMS.KMSInvalidStateException", 400, key->arn + " is pending deletion.");
  }
  return key->arn;
}

void read_encryption(RequestContext& context, const Input& input, const Bucket& bucket, Attributes& attributes) {
  Json& document = attributes.document;
  std::string algorithm = input.str("ServerSideEncryption"), key = input.str("SSEKMSKeyId");
  auto bucket_key = input.find_flag("BucketKeyEnabled");
  const std::string encryption_context = input.str("SSEKMSEncryptionContext");
  const std::string customer_md5 = read_customer_key(input, "");
  if (!customer_md5.empty()) {
    if (!algorithm.empty()) {
      throw errors::invalid_argument(
          "Server Side Encryption with Customer provided key is incompatible with the "
          "encryption method specified",
          "x-amz-server-side-encryption", algorithm);
    }
    document["SSECustomerAlgorithm"] = "AES256";
    document["SSECustomerKeyMD5"] = customer_md5;
    return;
  }
  const bool kms_asked = algorithm == "aws:kms" || algorithm == "aws:kms:dsse";
  if (!key.empty() && !kms_asked) {
    throw errors::invalid_argument(
        "Server Side Encryption with AWS KMS managed key requires HTTP header "
        "x-amz-server-side-encryption : aws:kms",
        "x-amz-server-side-encryption", algorithm);
  }
  if (!algorithm.empty() && algorithm != "AES256" && !kms_asked) {
    throw errors::invalid_argument("The encryption method specified is not supported", "x-amz-server-side-encryption",
                                   algorithm);
  }
  const DefaultEncryption fallback = default_encryption(store_of(context), bucket.name);
  if (algorithm.empty() || (algorithm == fallback.algorithm && key.empty())) {
    algorithm = fallback.algorithm;
    key = fallback.key;
    if (!bucket_key) bucket_key = fallback.bucket_key;
  }
  document["ServerSideEncryption"] = algorithm;
  if (algorithm == "AES256") return;
  document["SSEKMSKeyId"] = key_arn(context, key);
  if (bucket_key.value_or(false)) document["BucketKeyEnabled"] = true;
  if (!encryption_context.empty()) attributes.hidden["SSEKMSEncryptionContext"] = encryption_context;
}

void check_retain_until(const RequestContext& context, double until) {
  if (until <= context.timestamp()) {
    throw errors::invalid_argument("The retain until date must be in the future!",
                                   "x-amz-object-lock-retain-until-date", std::to_string(until));
  }
}

void read_lock(RequestContext& context, const Input& input, const Bucket& bucket, Json& document) {
  const auto lock = store_of(context).config(bucket.name, "object-lock");
  const auto mode = input.find_str("ObjectLockMode"), hold = input.find_str("ObjectLockLegalHoldStatus");
  const bool has_until = input.has("ObjectLockRetainUntilDate");
  const double until = input.number("ObjectLockRetainUntilDate");
  if (!lock && (mode || hold || has_until)) {
    throw errors::invalid_request("Bucket is missing Object Lock Configuration");
  }
  if (mode.has_value() != has_until) {
    throw errors::invalid_argument(
        "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
        "x-amz-object-lock-mode", mode.value_or(""));
  }
  if (hold) document["ObjectLockLegalHoldStatus"] = *hold;
  if (mode) {
    check_retain_until(context, until);
    document["ObjectLockMode"] = *mode;
    document["ObjectLockRetainUntilDate"] = until;
  } else if (lock && lock->contains("Rule")) {
    const Json& retention = lock->at("Rule").at("DefaultRetention");
    const auto days = retention.contains("Days") ? retention.at("Days").get<std::int64_t>()
                                                 : retention.at("Years").get<std::int64_t>() * 365;
    document["ObjectLockMode"] = retention.at("Mode");
    document["ObjectLockRetainUntilDate"] = aws::seconds(context.now + days * 86'400'000);
  }
}

}  // namespace

void read_metadata(const Input& input, Json& document) {
  for (const char* member : kContentMembers) {
    if (auto value = input.find_str(member)) document[member] = *value;
  }
  if (input.has("Expires")) document["Expires"] = input.number("Expires");
  if (document.contains("ContentEncoding")) {
    const std::string encoding = without_aws_chunked(document["ContentEncoding"].get<std::string>());
    if (encoding.empty())
      document.erase("ContentEncoding");
    else
      document["ContentEncoding"] = encoding;
  }
  if (!document.contains("ContentType")) document["ContentType"] = "binary/octet-stream";
  std::size_t size = 0;
  Json metadata = Json::object();
  for (const auto& [name, value] : input.string_map("Metadata")) {
    size += name.size() + value.size();
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    metadata[lower] = from_mail_text(value);
  }
  if (size > kMostMetadata) {
    throw errors::make("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size")
        .with("Size", std::to_string(size))
        .with("MaxSizeAllowed", std::to_string(kMostMetadata));
  }
  if (!metadata.empty()) document["Metadata"] = std::move(metadata);
  const std::string redirect = document.value("WebsiteRedirectLocation", "");
  if (!redirect.empty() && !redirect.starts_with("/") && !redirect.starts_with("http://") &&
      !redirect.starts_with("https://")) {
    throw errors::make("InvalidRedirectLocation", 400,
                       "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.");
  }
}

void read_placement(RequestContext& context, const Input& input, const Bucket& bucket, Attributes& attributes) {
  const std::string storage_class = input.str("StorageClass", "STANDARD");
  if (std::find(kStorageClasses.begin(), kStorageClasses.end(), storage_class) == kStorageClasses.end()) {
    throw errors::make("InvalidStorageClass", 400, "The storage class you specified is not valid")
        .with("StorageClassRequested", storage_class);
  }
  if (storage_class != "STANDARD") attributes.document["StorageClass"] = storage_class;
  read_encryption(context, input, bucket, attributes);
  read_lock(context, input, bucket, attributes.document);
  ObjectStore store = store_of(context);
  const std::string acl = input.str("ACL");
  if (!acl.empty() && acl != "bucket-owner-full-control" && acls_disabled(store, bucket.name))
    throw errors::acl_not_supported();
  const std::string owner = new_owner(context, input, bucket);
  if (owner != bucket.account) attributes.hidden["Owner"] = owner;
  if (auto grants = grants_from_headers(context, input, bucket, owner))
    attributes.hidden["Grants"] = std::move(*grants);
}

void add_encryption(const Json& document, Json& output) {
  for (const char* member : kEncryptionMembers) {
    if (const auto found = document.find(member); found != document.end()) output[member] = *found;
  }
}

void add_checksums(const Json& document, Json& output) {
  for (const auto& [name, value] : document.items()) {
    if (name.starts_with("Checksum")) output[name] = value;
  }
}

void refuse_locked(const RequestContext& context, const Version& version, Bypass bypass) {
  const AwsError denied = errors::make("AccessDenied", 403, "Access Denied because object protected by object lock.");
  if (version.document.value("ObjectLockLegalHoldStatus", "OFF") == "ON") throw denied;
  const std::string mode = version.document.value("ObjectLockMode", "");
  if (mode.empty() || version.document.value("ObjectLockRetainUntilDate", 0.0) <= context.timestamp()) return;
  if (mode == "GOVERNANCE" && bypass == Bypass::yes) return;
  throw denied;
}

void check_customer_key(const Input& input, const Json& document, const std::string& prefix) {
  const std::string sent = read_customer_key(input, prefix);
  const std::string stored = document.value("SSECustomerKeyMD5", "");
  if (stored.empty()) {
    if (!sent.empty()) {
      throw errors::invalid_request("The encryption parameters are not applicable to this object.");
    }
    return;
  }
  if (sent.empty()) {
    throw errors::invalid_request(
        "The object was stored using a form of Server Side Encryption. The correct parameters "
        "must be provided to retrieve the object.");
  }
  if (sent != stored) {
    throw errors::make("AccessDenied", 403, std::string(kCustomerKeysMust) + "the correct secret key.");
  }
}

void check_part_key(const Input& input, const Json& document) {
  const std::string sent = read_customer_key(input, ""), stored = document.value("SSECustomerKeyMD5", "");
  if (sent == stored) return;
  throw errors::invalid_request(sent.empty() || stored.empty()
                                    ? "The multipart upload initiate requested encryption. Subsequent part requests "
                                      "must include the appropriate encryption parameters."
                                    : "The provided encryption parameters did not match the ones used originally.");
}

std::string customer_key(const Input& input, const std::string& prefix) {
  std::string raw;
  aws::base64_decode(input.str(prefix + "SSECustomerKey"), raw);
  return raw;
}

bool opaque_etag(const Json& document) {
  return document.contains("SSECustomerKeyMD5") || document.value("ServerSideEncryption", "AES256") != "AES256";
}

}  // namespace orrery::s3
