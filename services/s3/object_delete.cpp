#include "services/s3/object_delete.hpp"

#include <cmath>

#include "services/s3/access.hpp"
#include "services/s3/attributes.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/replication.hpp"
#include "services/s3/versioning.hpp"

namespace orrery::s3 {

namespace {

struct Request {
  std::string key, version_id;
  std::optional<std::string> etag;
  std::optional<double> modified;
  std::optional<std::int64_t> size;
  Bypass bypass = Bypass::no;
};

struct Outcome {
  bool delete_marker = false;
  std::string version_id;
};

Bypass read_bypass(RequestContext& context, const Input& input, const Bucket& bucket) {
  if (input.has("BypassGovernanceRetention") && !store_of(context).config(bucket.name, "object-lock")) {
    throw errors::invalid_argument(
        "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
        "x-amz-bypass-governance-retention", "");
  }
  return input.flag("BypassGovernanceRetention") ? Bypass::yes : Bypass::no;
}

void check_delete_conditions(const Request& request, const std::optional<Version>& current) {
  if (!request.etag && !request.modified && !request.size) return;
  if (!current || current->delete_marker) {
    if (request.etag) throw errors::no_such_key(request.key);
    return;
  }
  const bool same =
      (!request.etag || *request.etag == "*" || unquoted(*request.etag) == current->etag) &&
      (!request.modified || std::floor(*request.modified) == std::floor(aws::seconds(current->modified))) &&
      (!request.size || static_cast<std::uint64_t>(*request.size) == current->size);
  if (!same) throw errors::precondition_failed("If-Match");
}

/// "Deleting object versions": a named version goes for good; without one a versioned bucket gets a delete marker.
Outcome remove(RequestContext& context, const Bucket& bucket, const Request& request) {
  ObjectStore store = store_of(context);
  if (!request.version_id.empty()) {
    const auto version = store.version(bucket.name, request.key, request.version_id);
    check_delete_conditions(request, version);
    if (!version && !issued_version_id(request.version_id)) throw missing_version(request.key, request.version_id);
    if (!version) return {false, request.version_id};
    refuse_locked(context, *version, request.bypass);
    store.erase(*version);
    return {version->delete_marker, request.version_id};
  }
  const auto current = store.latest(bucket.name, request.key);
  check_delete_conditions(request, current);
  if (bucket.versioning == Versioning::never) {
    if (current) store.erase(*current);
    return {};
  }
  Version marker;
  marker.bucket = bucket.name;
  marker.key = request.key;
  marker.delete_marker = true;
  marker.modified = context.now;
  add_version(context, bucket, marker);
  return {true, marker.id};
}

}  // namespace

Json delete_object(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  input.acknowledge("MFA", "a device's code; no devices exist to check it with");
  Request request{input.str("Key"),
                  input.str("VersionId"),
                  input.find_str("IfMatch"),
                  std::nullopt,
                  input.find_integer("IfMatchSize"),
                  read_bypass(context, input, bucket)};
  if (input.has("IfMatchLastModifiedTime")) request.modified = input.number("IfMatchLastModifiedTime");
  const Outcome outcome = remove(context, bucket, request);
  Json out = Json::object();
  if (outcome.delete_marker) out["DeleteMarker"] = true;
  if (!outcome.version_id.empty() && bucket.versioning != Versioning::never) out["VersionId"] = outcome.version_id;
  return out;
}

Json delete_objects(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  input.acknowledge("MFA", "a device's code; no devices exist to check it with");
  const Bypass bypass = read_bypass(context, input, bucket);
  const Input request = input.object("Delete");
  const bool quiet = request.flag("Quiet");
  const auto objects = request.objects("Objects");
  if (objects.empty() || objects.size() > 1000) throw errors::malformed_xml();
  Json deleted = Json::array(), failed = Json::array();
  for (const auto& object : objects) {
    Request one{object.str("Key"), object.str("VersionId"),     object.find_str("ETag"),
                std::nullopt,      object.find_integer("Size"), bypass};
    if (object.has("LastModifiedTime")) one.modified = object.number("LastModifiedTime");
    Json row{{"Key", one.key}};
    if (!one.version_id.empty()) row["VersionId"] = one.version_id;
    try {
      const Outcome outcome = remove(context, bucket, one);
      if (outcome.delete_marker) {
        row["DeleteMarker"] = true;
        row["DeleteMarkerVersionId"] = outcome.version_id;
      }
      if (!quiet) deleted.push_back(std::move(row));
    } catch (const AwsError& error) {
      row["Code"] = error.code();
      row["Message"] = error.message();
      failed.push_back(std::move(row));
    }
  }
  Json out = Json::object();
  if (!deleted.empty()) out["Deleted"] = std::move(deleted);
  if (!failed.empty()) out["Errors"] = std::move(failed);
  return out;
}

}  // namespace orrery::s3
