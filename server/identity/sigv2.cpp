#include "identity/sigv2.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "aws/ids.hpp"
#include "aws/text.hpp"
#include "identity/errors.hpp"

namespace orrery::identity {

namespace {

/// The parameters that are part of the signed resource (the guide's list, and those of botocore's HmacV1Auth).
constexpr std::string_view kSigned[] = {"accelerate",
                                        "acl",
                                        "analytics",
                                        "cors",
                                        "defaultObjectAcl",
                                        "delete",
                                        "inventory",
                                        "lifecycle",
                                        "location",
                                        "logging",
                                        "metrics",
                                        "notification",
                                        "object-lock",
                                        "partNumber",
                                        "policy",
                                        "replication",
                                        "requestPayment",
                                        "response-cache-control",
                                        "response-content-disposition",
                                        "response-content-encoding",
                                        "response-content-language",
                                        "response-content-type",
                                        "response-expires",
                                        "restore",
                                        "select",
                                        "select-type",
                                        "storageClass",
                                        "tagging",
                                        "torrent",
                                        "uploadId",
                                        "uploads",
                                        "versionId",
                                        "versioning",
                                        "versions",
                                        "website"};

std::string value_of(const Query& query, std::string_view name) {
  const auto found = std::find_if(query.begin(), query.end(), [&](const auto& field) { return field.first == name; });
  return found == query.end() ? "" : found->second;
}

std::string header_or_parameter(const http::Request& request, const Query& query, std::string_view name) {
  const auto* header = request.headers.find(name);
  return header ? *header : value_of(query, name);
}

/// "name:value\n" of each x-amz- header, sorted; those that a presigned URL carries in its query count as well.
std::string amz_headers(const http::Request& request, const Query& query) {
  std::map<std::string, std::string> found;
  const auto add = [&](std::string_view name, std::string_view value) {
    const std::string key = aws::lower(name);
    if (!key.starts_with("x-amz-")) return;
    const auto [at, fresh] = found.emplace(key, value);
    if (!fresh) at->second.append(",").append(value);
  };
  for (const auto& [name, value] : request.headers) add(name, value);
  for (const auto& [name, value] : query) {
    if (!found.contains(aws::lower(name))) add(name, value);
  }
  std::string out;
  for (const auto& [name, value] : found) out.append(name).append(":").append(value).append("\n");
  return out;
}

/// "?acl&versionId=1": the signed parameters in order; "partNumber" alone and with "=" and nothing differ on the wire.
std::string signed_parameters(std::string_view raw) {
  std::vector<std::string> out;
  while (!raw.empty()) {
    const auto end = raw.find('&');
    const std::string_view field = raw.substr(0, end);
    const auto equals = field.find('=');
    const std::string_view name = field.substr(0, equals);
    if (std::find(std::begin(kSigned), std::end(kSigned), name) != std::end(kSigned)) {
      std::string text(name);
      if (equals != std::string_view::npos) text += "=" + http::percent_decode(std::string(field.substr(equals + 1)));
      out.push_back(std::move(text));
    }
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
  }
  std::sort(out.begin(), out.end());
  std::string text;
  for (const auto& one : out) text.append(text.empty() ? "?" : "&").append(one);
  return text;
}

/// The signed path begins with the bucket, which may stand in the Host: the path alone, and with each beginning of it.
/// A bucket alone is signed with a slash behind it.
std::vector<std::string> signed_paths(const http::Request& request) {
  std::vector<std::string> out{request.path};
  if (request.path.find('/', 1) == std::string::npos) out.push_back(request.path + "/");
  std::string_view host = request.headers.get("Host");
  host = host.substr(0, host.find(':'));
  for (auto dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
    out.push_back("/" + std::string(host.substr(0, dot)) + request.path);
  }
  return out;
}

/// The date's line of the signed text, which is empty where x-amz-date stands among the headers.
std::string signed_date(const http::Request& request, aws::Millis now) {
  constexpr aws::Millis kSkew = 15 * 60 * 1000;
  const auto* own = request.headers.find("x-amz-date");
  const auto* date = own ? own : request.headers.find("date");
  aws::Millis time = 0;
  if (date == nullptr || !aws::parse_timestamp(*date, time) || time < 0) {
    throw AwsError("AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header");
  }
  if (time < now - kSkew || time > now + kSkew) throw request_time_too_skewed();
  return own ? "" : *date;
}

}  // namespace

std::string hmac_sha1_base64(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), &size);
  return aws::base64({reinterpret_cast<const char*>(digest.data()), size});
}

std::optional<Authorization> parse_query_v2(const Query& query) {
  Authorization out;
  out.access_key = value_of(query, "AWSAccessKeyId");
  // With SignatureVersion it is a call of the query protocol by a client of before 2012, which no service takes any
  // more.
  if (out.access_key.empty() || !value_of(query, "SignatureVersion").empty()) return std::nullopt;
  out.version = Authorization::Version::v2;
  out.presigned = true;
  out.service = "s3";
  out.signature = value_of(query, "Signature");
  out.session_token = value_of(query, "x-amz-security-token");
  const std::string expires = value_of(query, "Expires");
  const auto result = std::from_chars(expires.data(), expires.data() + expires.size(), out.expires_seconds);
  if (out.signature.empty() || result.ec != std::errc() || result.ptr != expires.data() + expires.size())
    throw AwsError("AccessDenied", 403,
                   "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters");
  return out;
}

Authorization parse_header_v2(std::string_view text, const http::Request& request) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) {
    throw AwsError("InvalidArgument", 400, "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature")
        .with("ArgumentName", "Authorization")
        .with("ArgumentValue", "AWS " + std::string(text));
  }
  Authorization out;
  out.version = Authorization::Version::v2;
  out.service = "s3";
  out.access_key = text.substr(0, colon);
  out.signature = text.substr(colon + 1);
  out.session_token = request.headers.get("x-amz-security-token");
  return out;
}

void verify_v2(const Authorization& authorization, const http::Request& request, std::string_view secret,
               aws::Millis now) {
  const Query query = authorization.presigned ? http::parse_query(request.query) : Query();
  std::string date;
  if (!authorization.presigned) {
    date = signed_date(request, now);
  } else if (now > authorization.expires_seconds * 1000) {
    throw presigned_request_expired()
        .with("Expires", aws::iso8601(authorization.expires_seconds * 1000))
        .with("ServerTime", aws::iso8601(now));
  } else {
    date = std::to_string(authorization.expires_seconds);
  }
  std::string text = request.method + "\n" + header_or_parameter(request, query, "content-md5") + "\n" +
                     header_or_parameter(request, query, "content-type") + "\n" + date + "\n" +
                     amz_headers(request, query);
  const std::string parameters = signed_parameters(request.query);
  for (const std::string& path : signed_paths(request)) {
    if (equal_constant_time(hmac_sha1_base64(secret, text + path + parameters), authorization.signature)) return;
  }
  throw signature_does_not_match(
      "The request signature we calculated does not match the signature you provided. Check your key and signing "
      "method.");
}

}  // namespace orrery::identity
