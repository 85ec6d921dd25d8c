#include "services/s3/encryption.hpp"

#include "aws/aead.hpp"
#include "aws/ids.hpp"
#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/second_layer.hpp"

namespace orrery::s3 {

namespace {

/// "Encryption context" in "Using server-side encryption with AWS KMS keys": the object's ARN, or the bucket's under a
/// bucket key, and what the client added.
KmsPeer::EncryptionContext kms_context(const Sealed& of) {
  KmsPeer::EncryptionContext out;
  const std::string own = of.hidden.value("SSEKMSEncryptionContext", "");
  std::string text;
  if (!own.empty() && aws::base64_decode(own, text)) {
    const Json pairs = Json::parse(text, nullptr, false);
    if (pairs.is_object()) {
      for (const auto& [name, value] : pairs.items())
        out[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  const bool bucket_key = of.document.value("BucketKeyEnabled", false);
  out["aws:s3:arn"] = "arn:aws:s3:::" + of.bucket + (bucket_key ? "" : "/" + of.key);
  return out;
}

AwsError in_form_of_s3(const AwsError& refused) {
  for (const char* code : {"DisabledException", "KMSInvalidStateException", "NotFoundException"}) {
    if (refused.code() == code) return errors::make("KMS." + refused.code(), 400, refused.message());
  }
  return errors::access_denied();
}

/// KMS's calls work in the context's account and region; a bucket may be asked for from another region.
template <typename Call>
std::string with_kms(RequestContext& context, const std::string& arn, Call call) {
  const aws::Arn key = aws::parse_arn(arn);
  if (context.principal.type == identity::Principal::Type::anonymous) {
    throw errors::invalid_argument(
        "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS "
        "Signature Version 4.",
        "Authorization", "null");
  }
  const std::string region = context.region;
  if (key.valid()) context.region = key.region;
  try {
    std::string out = call();
    context.region = region;
    return out;
  } catch (const AwsError& refused) {
    context.region = region;
    throw in_form_of_s3(refused);
  } catch (...) {
    context.region = region;
    throw;
  }
}

bool by_kms(const Sealed& of) { return of.document.value("ServerSideEncryption", "").starts_with("aws:kms"); }

bool by_customer(const Sealed& of) { return of.document.contains("SSECustomerKeyMD5"); }

}  // namespace

std::string new_object_key(RequestContext& context, const Sealed& of, const std::string& customer_key) {
  const std::string key = aws::random_bytes(32);
  std::string wrapped;
  if (by_customer(of)) {
    wrapped = aws::seal(customer_key, key, "");
  } else if (by_kms(of)) {
    const std::string arn = of.document.value("SSEKMSKeyId", "");
    wrapped = with_kms(context, arn, [&] { return context.peers.kms->encrypt(context, arn, key, kms_context(of)); });
  } else {
    wrapped = aws::seal(store_of(context).master_key(), key, "");
  }
  of.hidden["Key"] = aws::base64(wrapped);
  return key;
}

std::string object_key(RequestContext& context, const Sealed& of, const std::string& customer_key) {
  const auto stored = of.hidden.find("Key");
  if (stored == of.hidden.end()) return "";
  std::string wrapped;
  if (!aws::base64_decode(stored->get<std::string>(), wrapped)) throw std::runtime_error("an object key is no Base64");
  if (by_kms(of) && !by_customer(of)) {
    return with_kms(context, of.document.value("SSEKMSKeyId", ""),
                    [&] { return context.peers.kms->decrypt(context, wrapped, kms_context(of)); });
  }
  const auto key = aws::unseal(by_customer(of) ? customer_key : store_of(context).master_key(), wrapped, "");
  if (!key && by_customer(of)) throw errors::access_denied();
  if (!key) throw std::runtime_error("an object key does not open");
  return *key;
}

void wrap_keys(RequestContext& context, const std::string& object_key, std::vector<Segment>& segments) {
  for (auto& segment : segments) {
    if (segment.key.empty()) continue;
    const std::string inner = segment.key.substr(0, BodyCipher::kKey), outer = segment.key.substr(BodyCipher::kKey);
    segment.key = aws::base64(aws::seal(object_key, inner, ""));
    if (!outer.empty()) segment.key += '.' + aws::base64(aws::seal(store_of(context).master_key(), outer, ""));
  }
}

void unwrap_keys(RequestContext& context, const std::string& object_key, std::vector<Segment>& segments) {
  const auto unwrap = [](const std::string& key, const std::string& text) {
    std::string wrapped;
    if (!aws::base64_decode(text, wrapped)) throw std::runtime_error("a data key is no Base64");
    auto out = aws::unseal(key, wrapped, "");
    if (!out) throw std::runtime_error("a data key does not open");
    return *out;
  };
  for (auto& segment : segments) {
    if (segment.key.empty()) continue;
    const auto dot = segment.key.find('.');
    std::string key = unwrap(object_key, segment.key.substr(0, dot));
    if (dot != std::string::npos) key += unwrap(store_of(context).master_key(), segment.key.substr(dot + 1));
    segment.key = std::move(key);
  }
}

void protect(RequestContext& context, const std::string& customer_key, Version& version) {
  const Sealed of{version.bucket, version.key, version.document, version.hidden};
  require_layers(context, version.document, version.segments);
  wrap_keys(context, new_object_key(context, of, customer_key), version.segments);
}

std::vector<Segment> readable(RequestContext& context, const std::string& customer_key, const Version& version) {
  Json hidden = version.hidden;
  std::vector<Segment> out = version.segments;
  unwrap_keys(context, object_key(context, {version.bucket, version.key, version.document, hidden}, customer_key), out);
  return out;
}

}  // namespace orrery::s3
