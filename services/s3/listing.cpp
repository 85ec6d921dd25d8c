#include "services/s3/listing.hpp"

#include "aws/ids.hpp"
#include "aws/json_text.hpp"
#include "registry/written.hpp"
#include "services/s3/access.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/errors.hpp"
#include "wire/xml.hpp"

namespace orrery::s3 {

namespace {

constexpr std::int64_t kMostKeys = 1000;

std::int64_t max_keys(const Input& input) {
  const auto asked = input.integer("MaxKeys", kMostKeys);
  if (asked < 0) {
    throw errors::invalid_argument("Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys",
                                   std::to_string(asked));
  }
  return std::min(asked, kMostKeys);
}

/// Writes the elements of a page: a thousand of them, so straight as text. In the order that S3 has them in.
class ElementWriter {
 public:
  ElementWriter(std::string_view element, const ListScope& scope, std::string owner)
      : begin_('<' + std::string(element) + '>'),
        end_("</" + std::string(element) + '>'),
        scope_(scope),
        owner_(std::move(owner)) {}

  enum class Ids { no, yes };
  void add(const VersionRow& version, Ids ids) {
    text_ += begin_;
    wire::append_element(text_, "Key", scope_.encode(version.key));
    if (ids == Ids::yes) {
      wire::append_element(text_, "VersionId", version.id);
      text_ += version.latest ? "<IsLatest>true</IsLatest>" : "<IsLatest>false</IsLatest>";
    }
    wire::append_element(text_, "LastModified", aws::iso8601_ms(version.modified));
    if (!version.delete_marker) add_content(version);
    text_ += owner_;
    text_ += end_;
  }

  /// The value of the page's member; null for none.
  Json value() const { return text_.empty() ? Json() : written(text_); }

 private:
  void add_content(const VersionRow& version) {
    text_.append("<ETag>&quot;").append(version.etag).append("&quot;</ETag>");
    std::string_view left = version.document, algorithm, type = "FULL_OBJECT", storage = "STANDARD";
    for (aws::JsonMember member; aws::next_json_member(left, member);) {
      if (member.name == "StorageClass") storage = member.value;
      if (member.name == "ChecksumType") type = member.value;
      for (const auto& row : algorithms()) {
        if (row.member == member.name) algorithm = row.name;
      }
    }
    if (!algorithm.empty()) {
      wire::append_element(text_, "ChecksumAlgorithm", algorithm);
      wire::append_element(text_, "ChecksumType", type);
    }
    text_.append("<Size>").append(std::to_string(version.size)).append("</Size>");
    wire::append_element(text_, "StorageClass", storage);
  }

  const std::string begin_, end_;
  const ListScope& scope_;
  const std::string owner_;
  std::string text_;
};

/// The element of a bucket's owner.
std::string owner_element(const Bucket& bucket) {
  return "<Owner><ID>" + canonical_id(bucket.account) + "</ID></Owner>";
}

struct Page {
  Json contents, prefixes = Json::array();  ///< contents: written
  bool truncated = false;
  std::string last;  ///< the last key or common prefix on the page
  std::int64_t count = 0;
};

enum class WithOwner { no, yes };

/// One page of current objects after `after`. A common prefix is skipped over by a seek, whatever it holds.
Page list_current(RequestContext& context, const Bucket& bucket, const ListScope& scope, const std::string& after,
                  std::int64_t most, WithOwner with_owner) {
  Page page;
  if (most == 0) return page;
  ElementWriter contents("Contents", scope, with_owner == WithOwner::yes ? owner_element(bucket) : "");
  ObjectStore store = store_of(context);
  std::string from = scope.prefix;
  if (!after.empty()) {
    const std::string folded = scope.common_prefix(after);
    const std::string next = !folded.empty() && folded == after ? after_prefix(after) : after + '\0';
    if (next.empty()) return page;
    from = std::max(from, next);
  }
  for (bool more = true; more;) {
    more = false;
    store.walk_current(bucket.name, from, [&](const VersionRow& version) {
      if (!version.key.starts_with(scope.prefix)) return false;
      if (page.count == most) {
        page.truncated = true;
        return false;
      }
      ++page.count;
      const std::string folded = scope.common_prefix(version.key);
      if (folded.empty()) {
        contents.add(version, ElementWriter::Ids::no);
        page.last = version.key;
        return true;
      }
      page.prefixes.push_back({{"Prefix", scope.encode(folded)}});
      page.last = folded;
      from = after_prefix(folded);
      more = !from.empty();
      return false;
    });
  }
  page.contents = contents.value();
  return page;
}

void add_page(const ListScope& scope, const Input& input, Page& page, Json& out) {
  out["Prefix"] = scope.encode(scope.prefix);
  if (!scope.delimiter.empty()) out["Delimiter"] = scope.encode(scope.delimiter);
  if (scope.url) out["EncodingType"] = "url";
  out["IsTruncated"] = page.truncated;
  out["Contents"] = std::move(page.contents);
  if (!page.prefixes.empty()) out["CommonPrefixes"] = std::move(page.prefixes);
  input.acknowledge("OptionalObjectAttributes", "RestoreStatus: nothing is archived");
}

}  // namespace

ListScope::ListScope(const Input& input) : prefix(input.str("Prefix")), delimiter(input.str("Delimiter")) {
  const std::string encoding = input.str("EncodingType");
  if (!encoding.empty() && encoding != "url") {
    throw errors::invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
  }
  url = encoding == "url";
}

std::string ListScope::common_prefix(std::string_view key) const {
  if (delimiter.empty() || !key.starts_with(prefix)) return "";
  const auto found = key.find(delimiter, prefix.size());
  return found == std::string::npos ? "" : std::string(key.substr(0, found + delimiter.size()));
}

std::string ListScope::encode(std::string_view text) const {
  return url ? http::percent_encode(text, http::Slash::keep) : std::string(text);
}

std::string after_prefix(std::string prefix) {
  // Keys are UTF-8 compared by bytes: 0xFF never occurs, so the last byte can always be counted up.
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

Json list_objects(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const ListScope scope(input);
  const std::string marker = input.str("Marker");
  const auto most = max_keys(input);
  Page page = list_current(context, bucket, scope, marker, most, WithOwner::yes);
  Json out{{"Name", bucket.name}, {"Marker", scope.encode(marker)}, {"MaxKeys", most}};
  add_page(scope, input, page, out);
  // "This element is returned only if you have the delimiter request parameter specified."
  if (page.truncated && !scope.delimiter.empty()) out["NextMarker"] = scope.encode(page.last);
  return out;
}

Json list_objects_v2(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const ListScope scope(input);
  const std::string start = input.str("StartAfter");
  const auto token = input.find_str("ContinuationToken");
  const auto most = max_keys(input);
  std::string after = start;
  // An empty token is none.
  if (token && !token->empty() && (!aws::base64_decode(*token, after) || after.empty())) {
    throw errors::invalid_argument("The continuation token provided is incorrect", "continuation-token", *token);
  }
  Page page =
      list_current(context, bucket, scope, after, most, input.flag("FetchOwner") ? WithOwner::yes : WithOwner::no);
  Json out{{"Name", bucket.name}, {"MaxKeys", most}, {"KeyCount", page.count}};
  add_page(scope, input, page, out);
  if (!start.empty()) out["StartAfter"] = scope.encode(start);
  if (token) out["ContinuationToken"] = *token;
  if (page.truncated) out["NextContinuationToken"] = aws::base64(page.last);
  return out;
}

Json list_object_versions(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const ListScope scope(input);
  const std::string key_marker = input.str("KeyMarker"), version_marker = input.str("VersionIdMarker");
  const auto most = max_keys(input);
  if (key_marker.empty() && !version_marker.empty()) {
    throw errors::invalid_argument("A version-id marker cannot be specified without a key marker.", "version-id-marker",
                                   version_marker);
  }
  ObjectStore store = store_of(context);
  std::string from = std::max(scope.prefix, key_marker);
  // Below every seq of the marker's key, unless a version of it is named.
  std::int64_t below = key_marker.empty() || from != key_marker ? INT64_MAX : 0;
  if (!version_marker.empty()) {
    if (const auto at = store.version(bucket.name, key_marker, version_marker)) below = at->seq;
  } else if (!key_marker.empty() && scope.common_prefix(key_marker) == key_marker) {
    from = std::max(from, after_prefix(key_marker));
    below = INT64_MAX;
  }
  ElementWriter versions("Version", scope, owner_element(bucket)),
      markers("DeleteMarker", scope, owner_element(bucket));
  Json prefixes = Json::array();
  std::int64_t count = 0;
  bool truncated = false;
  std::string next_key, next_version;
  for (bool more = most > 0; more;) {
    more = false;
    store.walk_versions(bucket.name, from, below, [&](const VersionRow& version) {
      if (!version.key.starts_with(scope.prefix)) return false;
      if (count == most) {
        truncated = true;
        return false;
      }
      ++count;
      next_key = version.key;
      next_version = version.id;
      if (const std::string folded = scope.common_prefix(version.key); !folded.empty()) {
        prefixes.push_back({{"Prefix", scope.encode(folded)}});
        next_key = folded;
        next_version.clear();
        from = after_prefix(folded);
        below = INT64_MAX;
        more = true;
        return false;
      }
      (version.delete_marker ? markers : versions).add(version, ElementWriter::Ids::yes);
      return true;
    });
  }
  Json out{{"Name", bucket.name},
           {"Prefix", scope.encode(scope.prefix)},
           {"KeyMarker", scope.encode(key_marker)},
           {"VersionIdMarker", version_marker},
           {"MaxKeys", most},
           {"IsTruncated", truncated}};
  input.acknowledge("OptionalObjectAttributes", "RestoreStatus: nothing is archived");
  if (!scope.delimiter.empty()) out["Delimiter"] = scope.encode(scope.delimiter);
  if (scope.url) out["EncodingType"] = "url";
  out["Versions"] = versions.value();
  out["DeleteMarkers"] = markers.value();
  if (!prefixes.empty()) out["CommonPrefixes"] = std::move(prefixes);
  if (truncated) {
    out["NextKeyMarker"] = scope.encode(next_key);
    if (!next_version.empty()) out["NextVersionIdMarker"] = next_version;
  }
  return out;
}

}  // namespace orrery::s3
