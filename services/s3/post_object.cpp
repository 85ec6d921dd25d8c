#include "services/s3/post_object.hpp"

#include <pugixml.hpp>
#include <sstream>

#include "aws/text.hpp"
#include "identity/caller.hpp"
#include "identity/form_signature.hpp"
#include "services/s3/body_source.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/form_sink.hpp"
#include "services/s3/object.hpp"
#include "services/s3/post_policy.hpp"

namespace orrery::s3 {

namespace {

/// Fields that PutObject has a member for, in the form of a text.
constexpr std::pair<const char*, const char*> kTexts[] = {
    {"acl", "ACL"},
    {"Cache-Control", "CacheControl"},
    {"Content-Disposition", "ContentDisposition"},
    {"Content-Encoding", "ContentEncoding"},
    {"Content-Language", "ContentLanguage"},
    {"Content-Type", "ContentType"},
    {"x-amz-storage-class", "StorageClass"},
    {"x-amz-website-redirect-location", "WebsiteRedirectLocation"},
    {"x-amz-grant-full-control", "GrantFullControl"},
    {"x-amz-grant-read", "GrantRead"},
    {"x-amz-grant-read-acp", "GrantReadACP"},
    {"x-amz-grant-write-acp", "GrantWriteACP"},
    {"x-amz-server-side-encryption", "ServerSideEncryption"},
    {"x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"},
    {"x-amz-server-side-encryption-context", "SSEKMSEncryptionContext"},
    {"x-amz-server-side-encryption-customer-algorithm", "SSECustomerAlgorithm"},
    {"x-amz-server-side-encryption-customer-key", "SSECustomerKey"},
    {"x-amz-server-side-encryption-customer-key-MD5", "SSECustomerKeyMD5"},
    {"x-amz-object-lock-mode", "ObjectLockMode"},
    {"x-amz-object-lock-legal-hold", "ObjectLockLegalHoldStatus"},
};
constexpr std::pair<const char*, const char*> kTimes[] = {
    {"Expires", "Expires"}, {"x-amz-object-lock-retain-until-date", "ObjectLockRetainUntilDate"}};

/// The field `tagging` holds the XML of PutObjectTagging; PutObject takes a query string.
std::string tagging_query(const std::string& xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) throw errors::malformed_xml();
  std::string out;
  for (const auto& tag : document.child("Tagging").child("TagSet").children("Tag")) {
    if (!out.empty()) out += '&';
    out += http::percent_encode(tag.child_value("Key")) + '=' + http::percent_encode(tag.child_value("Value"));
  }
  return out;
}

/// What PutObject would have been sent.
Json put_input(const http::Headers& fields, const std::string& bucket, const std::string& key) {
  Json out{{"Bucket", bucket}, {"Key", key}};
  for (const auto& [field, member] : kTexts) {
    if (const auto* value = fields.find(field)) out[member] = *value;
  }
  for (const auto& [field, member] : kTimes) {
    const auto* value = fields.find(field);
    aws::Millis time = 0;
    if (value == nullptr) continue;
    if (!aws::parse_timestamp(*value, time)) throw errors::invalid_argument("Invalid date", field, *value);
    out[member] = aws::seconds(time);
  }
  if (const auto* value = fields.find("x-amz-server-side-encryption-bucket-key-enabled")) {
    out["BucketKeyEnabled"] = http::iequals(*value, "true");
  }
  if (const auto* value = fields.find("tagging")) out["Tagging"] = tagging_query(*value);
  constexpr std::string_view kMeta = "x-amz-meta-";
  for (const auto& [name, value] : fields) {
    if (http::iequals(std::string_view(name).substr(0, kMeta.size()), kMeta)) {
      out["Metadata"][aws::lower(name.substr(kMeta.size()))] = value;
    }
  }
  return out;
}

/// The request is from now on whoever signed the policy.
void authenticate(RequestContext& context, const http::Headers& fields) {
  const auto authorization = identity::form_authorization(fields);
  if (!authorization) return;
  const auto issued = [&](const std::string& key) {
    return context.peers.iam ? context.peers.iam->credential(context.tx, key) : std::nullopt;
  };
  const auto caller = identity::caller_of(context.settings, *authorization, issued, context.now);
  if (caller.credential) identity::verify_form(*authorization, fields.get("policy"), caller.credential->secret);
  context.account = caller.account;
  context.principal = caller.principal;
}

std::string key_of(const FormSink& form) {
  if (!form.fields().has("key")) {
    throw errors::invalid_argument(
        "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
        "key", "");
  }
  std::string key(form.fields().get("key"));
  constexpr std::string_view kVariable = "${filename}";
  if (const auto at = key.find(kVariable); at != std::string::npos) key.replace(at, kVariable.size(), form.filename());
  if (key.empty()) throw errors::invalid_argument("User key must have a length greater than 0.", "key", "");
  return key;
}

/// The only document of S3's that is in no namespace.
std::string post_response(const std::string& location, const std::string& bucket, const std::string& key,
                          const std::string& etag) {
  pugi::xml_document document;
  auto root = document.append_child("PostResponse");
  root.append_child("Location").text() = location.c_str();
  root.append_child("Bucket").text() = bucket.c_str();
  root.append_child("Key").text() = key.c_str();
  root.append_child("ETag").text() = etag.c_str();
  std::ostringstream out;
  document.save(out, "", pugi::format_raw, pugi::encoding_utf8);
  return out.str();
}

/// Where the browser goes, or what it is shown: success_action_redirect before success_action_status.
void answer(RequestContext& context, const http::Headers& fields, const std::string& bucket, const std::string& key,
            Json& out) {
  const std::string own = (context.request.secure ? "https://" : "http://") +
                          std::string(context.request.headers.get("host")) + "/" + bucket + "/" +
                          http::percent_encode(key, http::Slash::keep);
  out["Location"] = own;
  std::string_view redirect = fields.get("success_action_redirect");
  if (redirect.empty()) redirect = fields.get("redirect");
  if (redirect.starts_with("http://") || redirect.starts_with("https://")) {
    context.response_status = 303;
    out["Location"] = std::string(redirect) + (redirect.find('?') == std::string_view::npos ? '?' : '&') +
                      "bucket=" + http::percent_encode(bucket) + "&key=" + http::percent_encode(key) +
                      "&etag=" + http::percent_encode(out["ETag"].get<std::string>());
    return;
  }
  const std::string_view status = fields.get("success_action_status");
  context.response_status = status == "200" ? 200 : status == "201" ? 201 : 204;
  if (context.response_status == 201) {
    context.response_headers.set("Content-Type", "application/xml");
    context.body_source = text_source(post_response(own, bucket, key, out["ETag"]));
  }
}

}  // namespace

Json post_object(RequestContext& context, const Input& input) {
  const std::string bucket = input.str("Bucket");
  auto& form = dynamic_cast<FormSink&>(*context.body);
  const std::string key = key_of(form);
  if (!form.upload()) throw errors::invalid_argument("POST requires exactly one file upload per request.", "file", "0");
  authenticate(context, form.fields());
  http::Headers fields = form.fields();
  fields.set("key", key);
  if (fields.has("policy")) check_post_policy(fields, bucket, form.upload()->size(), context.now);
  const Json wanted = put_input(fields, bucket, key);
  ReadLog log;
  context.body = form.upload();
  Json out = put_object(context, Input(wanted, log));
  context.body = &form;
  for (auto it = out.begin(); it != out.end();) it = it.key().starts_with("Checksum") ? out.erase(it) : std::next(it);
  answer(context, fields, bucket, key, out);
  return out;
}

}  // namespace orrery::s3
