#include "services/s3/listing.hpp"

#include "aws/ids.hpp"
#include "services/s3/access.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/errors.hpp"

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

Json object_row(const Version& version, const ListScope& scope) {
  Json row = Json::object();  // a thousand a page: an initializer list would build each member twice
  row["Key"] = scope.encode(version.key);
  row["LastModified"] = aws::seconds(version.modified);
  row["ETag"] = quote_etag(version.etag);
  row["Size"] = version.size;
  row["StorageClass"] = version.document.value("StorageClass", "STANDARD");
  for (const auto& algorithm : algorithms()) {
    if (!version.document.contains(algorithm.member)) continue;
    row["ChecksumAlgorithm"] = Json::array({algorithm.name});
    row["ChecksumType"] = version.document.value("ChecksumType", "FULL_OBJECT");
  }
  return row;
}

struct Page {
  Json contents = Json::array(), prefixes = Json::array();
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
    store.walk_current(bucket.name, from, [&](const Version& version) {
      if (!version.key.starts_with(scope.prefix)) return false;
      if (page.count == most) {
        page.truncated = true;
        return false;
      }
      ++page.count;
      const std::string folded = scope.common_prefix(version.key);
      if (folded.empty()) {
        Json row = object_row(version, scope);
        if (with_owner == WithOwner::yes) row["Owner"] = owner_of(bucket.account);
        page.contents.push_back(std::move(row));
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
  return page;
}

void add_page(const ListScope& scope, const Input& input, Page& page, Json& out) {
  out["Prefix"] = scope.encode(scope.prefix);
  if (!scope.delimiter.empty()) out["Delimiter"] = scope.encode(scope.delimiter);
  if (scope.url) out["EncodingType"] = "url";
  out["IsTruncated"] = page.truncated;
  if (!page.contents.empty()) out["Contents"] = std::move(page.contents);
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

std::string ListScope::common_prefix(const std::string& key) const {
  if (delimiter.empty() || !key.starts_with(prefix)) return "";
  const auto found = key.find(delimiter, prefix.size());
  return found == std::string::npos ? "" : key.substr(0, found + delimiter.size());
}

std::string ListScope::encode(const std::string& text) const {
  return url ? http::percent_encode(text, http::Slash::keep) : text;
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
  Page page = list_current(context, bucket, scope, after, most,
                           input.flag("FetchOwner") ? WithOwner::yes : WithOwner::no);
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
  Json versions = Json::array(), markers = Json::array(), prefixes = Json::array();
  std::int64_t count = 0;
  bool truncated = false;
  std::string next_key, next_version;
  for (bool more = most > 0; more;) {
    more = false;
    store.walk_versions(bucket.name, from, below, [&](const Version& version) {
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
      Json row = version.delete_marker
                     ? Json{{"Key", scope.encode(version.key)}, {"LastModified", aws::seconds(version.modified)}}
                     : object_row(version, scope);
      row["VersionId"] = version.id;
      row["IsLatest"] = version.latest;
      row["Owner"] = owner_of(bucket.account);
      (version.delete_marker ? markers : versions).push_back(std::move(row));
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
  if (!versions.empty()) out["Versions"] = std::move(versions);
  if (!markers.empty()) out["DeleteMarkers"] = std::move(markers);
  if (!prefixes.empty()) out["CommonPrefixes"] = std::move(prefixes);
  if (truncated) {
    out["NextKeyMarker"] = scope.encode(next_key);
    if (!next_version.empty()) out["NextVersionIdMarker"] = next_version;
  }
  return out;
}

}  // namespace orrery::s3
