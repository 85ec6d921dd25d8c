#include "services/s3/conditions.hpp"

#include <charconv>
#include <cmath>

#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

/// A list of ETags, quoted or not, or "*".
bool etag_matches(std::string_view list, const std::string& etag) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view one = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || unquoted(one) == etag) return true;
  }
  return false;
}

bool parse_number(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

void check_read_conditions(const Input& input, const Version& version, const std::string& prefix) {
  const auto match = input.find_str(prefix + "IfMatch"), none_match = input.find_str(prefix + "IfNoneMatch");
  const bool has_modified = input.has(prefix + "IfModifiedSince"),
             has_unmodified = input.has(prefix + "IfUnmodifiedSince");
  const double modified_since = input.number(prefix + "IfModifiedSince");
  const double unmodified_since = input.number(prefix + "IfUnmodifiedSince");
  // HTTP dates have whole seconds.
  const double modified = std::floor(static_cast<double>(version.modified) / 1000);
  const bool copy = !prefix.empty();
  if (match) {
    if (!etag_matches(*match, version.etag))
      throw errors::precondition_failed(copy ? "x-amz-copy-source-If-Match" : "If-Match");
  } else if (has_unmodified && modified > unmodified_since) {
    throw errors::precondition_failed(copy ? "x-amz-copy-source-If-Unmodified-Since" : "If-Unmodified-Since");
  }
  if (none_match) {
    if (!etag_matches(*none_match, version.etag)) return;
    throw copy ? errors::precondition_failed("x-amz-copy-source-If-None-Match") : errors::not_modified();
  }
  if (has_modified && modified <= modified_since) {
    throw copy ? errors::precondition_failed("x-amz-copy-source-If-Modified-Since") : errors::not_modified();
  }
}

void check_write_conditions(const Input& input, const std::optional<Version>& current, const std::string& key) {
  const auto match = input.find_str("IfMatch"), none_match = input.find_str("IfNoneMatch");
  const bool present = is_object(current);
  // Forms that S3 does not have, as it refuses them ("Conditional writes").
  const auto refuse_value = [](const std::string& header) {
    return errors::not_implemented(header).with(
        "additionalMessage", "We don't accept the provided value of " + header + " header for this API");
  };
  if (none_match && match) {
    throw errors::not_implemented("If-Match,If-None-Match")
        .with("additionalMessage", "Multiple conditional request headers present in the request");
  }
  if (none_match) {
    if (*none_match != "*") throw refuse_value("If-None-Match");
    if (present) throw errors::precondition_failed("If-None-Match");
  }
  if (match) {
    if (*match == "*") throw refuse_value("If-Match");
    if (!present) throw errors::no_such_key(key);
    if (!etag_matches(*match, current->etag)) throw errors::precondition_failed("If-Match");
  }
}

bool is_object(const std::optional<Version>& current) { return current && !current->delete_marker; }

void check_no_conflict(const Input& input, const Upload& upload, const std::optional<Version>& current) {
  const bool deleted = input.has("IfNoneMatch") && upload.hidden.value("Existed", false);
  const bool written = input.has("IfMatch") && current && current->modified > upload.initiated;
  if (!deleted && !written) return;
  throw errors::make("ConditionalRequestConflict", 409,
                     "The conditional request cannot succeed due to a conflicting operation against this resource.")
      .with("Condition", deleted ? "If-None-Match" : "If-Match")
      .with("Key", upload.key);
}

std::optional<ByteRange> parse_range(const std::string& header, std::uint64_t size) {
  if (!header.starts_with("bytes=")) return std::nullopt;
  const std::string_view spec = std::string_view(header).substr(6);
  const auto dash = spec.find('-');
  // S3 serves one range; what it does not understand it ignores, as RFC 9110 asks.
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return std::nullopt;
  std::uint64_t first = 0, last = 0;
  const std::string_view from = spec.substr(0, dash), to = spec.substr(dash + 1);
  const auto refuse = [&] {
    return errors::make("InvalidRange", 416, "The requested range is not satisfiable")
        .with("RangeRequested", header)
        .with("ActualObjectSize", std::to_string(size));
  };
  if (from.empty()) {
    if (!parse_number(to, last)) return std::nullopt;
    if (last == 0 || size == 0) throw refuse();
    const std::uint64_t length = std::min(last, size);
    return ByteRange{size - length, length};
  }
  if (!parse_number(from, first)) return std::nullopt;
  if (to.empty())
    last = size ? size - 1 : 0;
  else if (!parse_number(to, last))
    return std::nullopt;
  if (!to.empty() && last < first) return std::nullopt;
  if (first >= size) throw refuse();
  last = std::min(last, size - 1);
  return ByteRange{first, last - first + 1};
}

}  // namespace orrery::s3
