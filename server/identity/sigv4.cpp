#include "identity/sigv4.hpp"

#include <algorithm>
#include <unordered_map>

#include "identity/errors.hpp"
#include "identity/sigv2.hpp"

namespace orrery::identity {

namespace {

constexpr aws::Millis kSkew = 15 * 60 * 1000;
constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kMismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";
constexpr std::string_view kMismatchS3 =
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.";

/// RFC 3986, 5.2.4, with empty segments removed too.
std::string normalise(std::string_view path) {
  if (path.find("//") == std::string_view::npos && path.find("/.") == std::string_view::npos) return std::string(path);
  std::vector<std::string_view> segments;
  const bool folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  while (!path.empty()) {
    const auto end = path.find('/');
    const std::string_view segment = path.substr(0, end);
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  std::string out;
  for (const auto segment : segments) out.append("/").append(segment);
  if (folder || out.empty()) out += '/';
  return out;
}

/// S3 takes the key as it is: encoded once, nothing normalised. All else is encoded once more than it came.
std::string canonical_path(const Authorization& authorization, const http::Request& request) {
  if (request.path.empty()) return "/";
  if (s3_like(authorization.service))
    return http::percent_encode(http::percent_decode(request.path), http::Slash::keep);
  return http::percent_encode(normalise(request.path), http::Slash::keep);
}

std::string canonical_query(const http::Request& request) {
  if (request.query.empty()) return {};
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [name, value] : http::parse_query(request.query)) {
    if (name != "X-Amz-Signature") fields.emplace_back(http::percent_encode(name), http::percent_encode(value));
  }
  std::sort(fields.begin(), fields.end());
  std::string out;
  out.reserve(request.query.size() + 16);
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

/// Appends `value` with runs of white space as one space and none at its ends.
void append_collapsed(std::string& out, std::string_view value) {
  const std::size_t start = out.size();
  bool space = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      space = out.size() > start;
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
  }
}

void append_header(std::string& out, const http::Headers& headers, std::string_view name) {
  out.append(name).append(":");
  bool first = true;
  for (const auto& [key, value] : headers) {
    if (!http::iequals(key, name)) continue;
    if (!first) out += ',';
    first = false;
    append_collapsed(out, value);
  }
  out += '\n';
}

std::string payload_hash(const Authorization& authorization, const http::Request& request) {
  if (const auto* header = request.headers.find("x-amz-content-sha256")) return *header;
  if (authorization.presigned) {
    if (request.query.find("X-Amz-Content-Sha256=") != std::string::npos) {
      for (auto& [name, value] : http::parse_query(request.query)) {
        if (name == "X-Amz-Content-Sha256") return value;
      }
    }
    if (s3_like(authorization.service)) return "UNSIGNED-PAYLOAD";
  }
  if (request.body.empty()) return std::string(kEmptyHash);
  return hex(sha256(request.body));
}

void check_date(const Authorization& authorization) {
  if (authorization.timestamp.compare(0, 8, authorization.date) == 0) return;
  const std::string day = authorization.timestamp.substr(0, 8);
  if (s3_like(authorization.service))
    throw authorization_header_malformed("Invalid credential date \"" + authorization.date +
                                         "\". This date is not the same as X-Amz-Date: \"" + day + "\".");
  throw signature_does_not_match(
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
      authorization.date + "' != '" + day + "', from '" + authorization.timestamp + "'.");
}

void check_time(const Authorization& authorization, aws::Millis now) {
  aws::Millis signed_at = 0;
  const std::string& text = authorization.timestamp;
  if (text.size() != 16 || !aws::parse_timestamp(text, signed_at))
    throw incomplete_signature("Date must be in ISO-8601 'basic format'. Got '" + text +
                               "'. See http://en.wikipedia.org/wiki/ISO_8601");
  const bool s3 = s3_like(authorization.service);
  // STS takes a presigned call for 15 minutes, whatever its X-Amz-Expires says (aws-iam-authenticator, pkg/token: "IT
  // IS UNUSED"). Tokens of EKS are such calls, and Terraform's provider signs them with 0.
  const bool stated = authorization.presigned && authorization.service != "sts";
  const aws::Millis life = stated ? authorization.expires_seconds * 1000 : kSkew;
  if (now > signed_at + life) {
    if (s3 && authorization.presigned)
      throw presigned_request_expired()
          .with("X-Amz-Expires", authorization.expires_seconds)
          .with("Expires", aws::iso8601(signed_at + life))
          .with("ServerTime", aws::iso8601(now));
    if (s3) throw request_time_too_skewed();
    throw signature_does_not_match("Signature expired: " + text + " is now earlier than " +
                                   aws::compact_iso8601(now - life) + " (" + aws::compact_iso8601(now) + " - " +
                                   std::to_string(life / 60000) + " min.)");
  }
  if (signed_at > now + kSkew) {
    if (s3 && authorization.presigned) throw AwsError("AccessDenied", 403, "Request is not yet valid");
    if (s3) throw request_time_too_skewed();
    throw signature_does_not_match("Signature not yet current: " + text + " is still later than " +
                                   aws::compact_iso8601(now + kSkew) + " (" + aws::compact_iso8601(now) +
                                   " + 15 min.)");
  }
}

/// A stated hash has to be the body's. An empty body may be one that is streamed elsewhere, so it is the caller's.
void check_payload(const http::Request& request) {
  const std::string_view stated = request.headers.get("x-amz-content-sha256");
  if (stated.size() != 64 || request.body.empty()) return;
  if (!http::iequals(stated, hex(sha256(request.body)))) throw content_sha256_mismatch();
}

AwsError mismatch(const Authorization& authorization) {
  return signature_does_not_match(std::string(s3_like(authorization.service) ? kMismatchS3 : kMismatch));
}

}  // namespace

std::string canonical_request(const Authorization& authorization, const http::Request& request) {
  std::string out;
  out.reserve(1024);
  out.append(request.method).append("\n").append(canonical_path(authorization, request)).append("\n");
  out.append(canonical_query(request)).append("\n");
  for (const auto& name : authorization.signed_headers) append_header(out, request.headers, name);
  out += '\n';
  for (std::size_t i = 0; i < authorization.signed_headers.size(); ++i) {
    if (i > 0) out += ';';
    out += authorization.signed_headers[i];
  }
  out.append("\n").append(payload_hash(authorization, request));
  return out;
}

std::string string_to_sign(const Authorization& authorization, std::string_view canonical_request) {
  std::string out = "AWS4-HMAC-SHA256\n";
  out.append(authorization.timestamp).append("\n").append(authorization.scope()).append("\n");
  return out.append(hex(sha256(canonical_request)));
}

Digest signing_key(std::string_view secret, const Authorization& authorization) {
  thread_local std::unordered_map<std::string, Digest> cache;
  std::string name = authorization.scope();
  name.append("\n").append(secret);
  if (const auto found = cache.find(name); found != cache.end()) return found->second;
  Digest key = hmac_sha256("AWS4" + std::string(secret), authorization.date);
  key = hmac_sha256(view(key), authorization.region);
  key = hmac_sha256(view(key), authorization.service);
  key = hmac_sha256(view(key), "aws4_request");
  if (cache.size() >= 256) cache.clear();
  cache.emplace(std::move(name), key);
  return key;
}

void verify(const Authorization& authorization, const http::Request& request, std::string_view secret,
            aws::Millis now) {
  if (authorization.version == Authorization::Version::v2) return verify_v2(authorization, request, secret, now);
  check_date(authorization);
  check_time(authorization, now);
  const auto& names = authorization.signed_headers;
  if (std::find(names.begin(), names.end(), "host") == names.end())
    throw signature_does_not_match("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  const std::string text = string_to_sign(authorization, canonical_request(authorization, request));
  const std::string expected = hex(hmac_sha256(view(signing_key(secret, authorization)), text));
  if (!equal_constant_time(expected, authorization.signature)) throw mismatch(authorization);
  check_payload(request);
}

ChunkVerifier::ChunkVerifier(const Authorization& authorization, std::string_view secret)
    : key_(signing_key(secret, authorization)),
      timestamp_(authorization.timestamp),
      scope_(authorization.scope()),
      previous_(authorization.signature) {}

void ChunkVerifier::end_chunk(std::string_view signature) {
  std::string text = "AWS4-HMAC-SHA256-PAYLOAD\n";
  text.append(timestamp_).append("\n").append(scope_).append("\n").append(previous_).append("\n");
  text.append(kEmptyHash).append("\n").append(hex(chunk_.finish()));
  check(text, signature);
}

void ChunkVerifier::trailers(const http::Headers& trailers, std::string_view signature) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : trailers) {
    std::string line = name;
    std::transform(line.begin(), line.end(), line.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    line += ':';
    append_collapsed(line, value);
    lines.push_back(line + "\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string block;
  for (const auto& line : lines) block += line;
  std::string text = "AWS4-HMAC-SHA256-TRAILER\n";
  text.append(timestamp_).append("\n").append(scope_).append("\n").append(previous_).append("\n");
  text.append(hex(sha256(block)));
  check(text, signature);
}

void ChunkVerifier::check(std::string_view text, std::string_view signature) {
  std::string expected = hex(hmac_sha256(view(key_), text));
  if (!equal_constant_time(expected, signature)) throw signature_does_not_match(std::string(kMismatchS3));
  previous_ = std::move(expected);
}

}  // namespace orrery::identity
