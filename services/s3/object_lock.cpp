#include "services/s3/object_lock.hpp"

#include "services/s3/access.hpp"
#include "services/s3/attributes.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/replication.hpp"

namespace orrery::s3 {

namespace {

AwsError not_locked() {
  return errors::make("NoSuchObjectLockConfiguration", 404,
                      "The specified object does not have a ObjectLock configuration");
}

void require_lock(RequestContext& context, const Bucket& bucket) {
  if (!store_of(context).config(bucket.name, "object-lock")) {
    throw errors::invalid_request("Bucket is missing Object Lock Configuration");
  }
}

}  // namespace

Json get_object_retention(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  require_lock(context, bucket);
  const Version version = version_of(context, input, bucket);
  if (!version.document.contains("ObjectLockMode")) throw not_locked();
  return {{"Retention",
           {{"Mode", version.document["ObjectLockMode"]},
            {"RetainUntilDate", version.document["ObjectLockRetainUntilDate"]}}}};
}

Json put_object_retention(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  require_lock(context, bucket);
  Version version = version_of(context, input, bucket);
  const Bypass bypass = input.flag("BypassGovernanceRetention") ? Bypass::yes : Bypass::no;
  const Input retention = input.object("Retention");
  const std::string mode = retention.str("Mode");
  const bool has_until = retention.has("RetainUntilDate");
  const double until = retention.number("RetainUntilDate");
  if (mode.empty() == has_until) throw errors::malformed_xml();
  if (has_until && until <= context.timestamp()) {
    throw errors::invalid_argument("The retain until date must be in the future!", "RetainUntilDate",
                                   std::to_string(until));
  }
  // The period may be extended by anybody; all else needs the same right as a delete ("Governance mode").
  const std::string present = version.document.value("ObjectLockMode", "");
  const double present_until = version.document.value("ObjectLockRetainUntilDate", 0.0);
  const bool tightens = has_until && until >= present_until && (mode == present || present.empty());
  if (!tightens) {
    Version without_hold = version;
    without_hold.document.erase("ObjectLockLegalHoldStatus");
    refuse_locked(context, without_hold, bypass);
  }
  version.document.erase("ObjectLockMode");
  version.document.erase("ObjectLockRetainUntilDate");
  if (has_until) {
    version.document["ObjectLockMode"] = mode;
    version.document["ObjectLockRetainUntilDate"] = until;
  }
  store_of(context).update(version);
  replicate_change(context, bucket, version);
  return Json::object();
}

Json get_object_legal_hold(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  require_lock(context, bucket);
  const Version version = version_of(context, input, bucket);
  if (!version.document.contains("ObjectLockLegalHoldStatus")) throw not_locked();
  return {{"LegalHold", {{"Status", version.document["ObjectLockLegalHoldStatus"]}}}};
}

Json put_object_legal_hold(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  require_lock(context, bucket);
  Version version = version_of(context, input, bucket);
  const std::string status = input.object("LegalHold").str("Status");
  if (status != "ON" && status != "OFF") throw errors::malformed_xml();
  version.document["ObjectLockLegalHoldStatus"] = status;
  store_of(context).update(version);
  replicate_change(context, bucket, version);
  return Json::object();
}

}  // namespace orrery::s3
