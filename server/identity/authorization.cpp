#include <algorithm>
#include <charconv>

#include "identity/errors.hpp"
#include "identity/sigv2.hpp"
#include "identity/sigv4.hpp"

namespace orrery::identity {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::int64_t kLongestExpiry = 604800;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const auto at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string header_timestamp(const http::Request& request) {
  if (const auto* date = request.headers.find("x-amz-date")) return *date;
  aws::Millis parsed = 0;
  const auto* date = request.headers.find("date");
  return date && aws::parse_timestamp(*date, parsed) ? aws::compact_iso8601(parsed) : "";
}

struct HeaderFields {
  std::string_view credential, signed_headers, signature;
};

HeaderFields read_fields(std::string_view text) {
  HeaderFields out;
  while (!text.empty()) {
    const auto end = text.find(',');
    const std::string_view field = trim(text.substr(0, end));
    const auto equals = field.find('=');
    const std::string_view name = field.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? "" : field.substr(equals + 1);
    if (name == "Credential") out.credential = value;
    if (name == "SignedHeaders") out.signed_headers = value;
    if (name == "Signature") out.signature = value;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

/// AWS lists all that is missing, then the whole header.
std::string missing_fields(const HeaderFields& fields, std::string_view timestamp, std::string_view header) {
  std::string out;
  const auto need = [&](bool there, std::string_view name) {
    if (!there) out.append("Authorization header requires '").append(name).append("' parameter. ");
  };
  need(!fields.credential.empty(), "Credential");
  need(!fields.signature.empty(), "Signature");
  need(!fields.signed_headers.empty(), "SignedHeaders");
  if (timestamp.empty()) out += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  if (!out.empty()) out.append("Authorization=").append(header);
  return out;
}

Authorization parse_header(const http::Request& request, std::string_view header) {
  Authorization out;
  const HeaderFields fields = read_fields(header.substr(kAlgorithm.size()));
  out.timestamp = header_timestamp(request);
  const bool credential = read_credential(fields.credential, out);
  const bool s3 = credential ? s3_like(out.service) : request.headers.has("x-amz-content-sha256");
  if (const auto message = missing_fields(fields, out.timestamp, header); !message.empty())
    throw s3 ? authorization_header_malformed(message) : incomplete_signature(message);
  if (!credential) {
    const std::string text(fields.credential);
    if (s3)
      throw authorization_header_malformed(
          "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    throw incomplete_signature(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + text +
        "'");
  }
  out.signed_headers = split(fields.signed_headers, ';');
  out.signature = fields.signature;
  if (const auto* token = request.headers.find("x-amz-security-token")) out.session_token = *token;
  return out;
}

Authorization parse_query_form(const std::vector<std::pair<std::string, std::string>>& query) {
  const auto get = [&](std::string_view name) -> std::string {
    const auto found = std::find_if(query.begin(), query.end(), [&](const auto& field) { return field.first == name; });
    return found == query.end() ? "" : found->second;
  };
  Authorization out;
  out.presigned = true;
  const bool credential = read_credential(get("X-Amz-Credential"), out);
  const bool s3 = !credential || s3_like(out.service);
  out.timestamp = get("X-Amz-Date");
  out.signature = get("X-Amz-Signature");
  out.session_token = get("X-Amz-Security-Token");
  const std::string signed_headers = get("X-Amz-SignedHeaders"), expires = get("X-Amz-Expires");
  const bool complete = credential && !out.timestamp.empty() && !out.signature.empty() && !signed_headers.empty();
  if (!complete || (s3 && expires.empty())) {
    if (s3)
      throw authorization_query_parameters_error(
          "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
          "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
    throw incomplete_signature(
        "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', "
        "'X-Amz-Date', 'X-Amz-SignedHeaders' and 'X-Amz-Signature'.");
  }
  out.signed_headers = split(signed_headers, ';');
  out.expires_seconds = 900;
  if (!expires.empty()) {
    const auto result = std::from_chars(expires.data(), expires.data() + expires.size(), out.expires_seconds);
    if (result.ec != std::errc() || result.ptr != expires.data() + expires.size())
      throw authorization_query_parameters_error("X-Amz-Expires should be a number");
    if (out.expires_seconds < 0) throw authorization_query_parameters_error("X-Amz-Expires must be non-negative");
    if (out.expires_seconds > kLongestExpiry)
      throw authorization_query_parameters_error(
          "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
          "604800 seconds");
  }
  return out;
}

}  // namespace

bool read_credential(std::string_view text, Authorization& out) {
  const auto parts = split(text, '/');
  if (parts.size() < 5 || parts.back() != "aws4_request") return false;
  const std::size_t first = parts.size() - 4;
  out.access_key = parts[0];
  for (std::size_t i = 1; i < first; ++i) out.access_key += "/" + parts[i];
  out.date = parts[first];
  out.region = parts[first + 1];
  out.service = parts[first + 2];
  return !out.access_key.empty() && out.date.size() == 8 && !out.service.empty();
}

std::string Authorization::scope() const { return date + "/" + region + "/" + service + "/aws4_request"; }

std::optional<Authorization> parse_authorization(const http::Request& request) {
  if (const auto* header = request.headers.find("authorization")) {
    const std::string_view text = *header;
    if (text.starts_with("AWS4-HMAC-SHA256 ") || text == kAlgorithm) return parse_header(request, text);
    if (text.starts_with("AWS ")) return parse_header_v2(text.substr(4), request);
    if (text.starts_with("AWS4-")) throw unsupported_mechanism();
  }
  if (request.query.find("AWSAccessKeyId=") != std::string::npos)
    return parse_query_v2(http::parse_query(request.query));
  if (request.query.find("X-Amz-") == std::string::npos) return std::nullopt;
  const auto query = http::parse_query(request.query);
  const auto has = [&](std::string_view name, std::string_view value) {
    return std::any_of(query.begin(), query.end(), [&](const auto& field) {
      return field.first == name && (value.empty() || field.second == value);
    });
  };
  if (has("X-Amz-Algorithm", kAlgorithm)) return parse_query_form(query);
  if (has("X-Amz-Algorithm", "")) throw unsupported_mechanism();
  if (has("X-Amz-Signature", "")) return parse_query_form(query);
  return std::nullopt;
}

}  // namespace orrery::identity
