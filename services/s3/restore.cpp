#include "services/s3/restore.hpp"

#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/lifecycle.hpp"

namespace orrery::s3 {

namespace {

bool archived(const Version& version) {
  const std::string storage_class = version.document.value("StorageClass", "STANDARD");
  return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

/// "Archive retrieval options": hours of the slower end, for a bulk retrieval from the deep archive two days.
aws::Millis retrieval_time(const RequestContext& context, const std::string& tier, bool deep) {
  if (context.settings.lifecycle == Lifecycle::immediate) return 0;
  constexpr aws::Millis kMinute = 60'000, kHour = 60 * kMinute;
  if (tier == "Expedited") return 5 * kMinute;
  if (tier == "Bulk") return (deep ? 48 : 12) * kHour;
  return (deep ? 12 : 5) * kHour;
}

struct Restored {
  aws::Millis ready = 0, until = 0;  ///< until 0: nothing was asked for
};

Restored restored(const Version& version) {
  const Json state = version.hidden.value("Restore", Json::object());
  return {state.value("Ready", aws::Millis{0}), state.value("Until", aws::Millis{0})};
}

}  // namespace

void refuse_archived(const RequestContext& context, const Version& version) {
  if (!archived(version)) return;
  const Restored copy = restored(version);
  if (copy.until > context.now && copy.ready <= context.now) return;
  throw errors::make("InvalidObjectState", 403, "The operation is not valid for the object's storage class")
      .with("StorageClass", version.document.value("StorageClass", ""));
}

std::string restore_header(const RequestContext& context, const Version& version) {
  const Restored copy = restored(version);
  if (!archived(version) || copy.until <= context.now) return "";
  if (copy.ready > context.now) return "ongoing-request=\"true\"";
  return "ongoing-request=\"false\", expiry-date=\"" + aws::rfc822(copy.until) + "\"";
}

Json restore_object(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  Version version = version_of(context, input, bucket);
  const Input request = input.object("RestoreRequest");
  if (request.has("Type") || request.has("SelectParameters")) throw errors::not_implemented("Type");
  request.str("Description");
  const auto days = request.integer("Days");
  const std::string tier = request.object("GlacierJobParameters").str("Tier", request.str("Tier", "Standard"));
  if (!archived(version)) {
    throw errors::make("InvalidObjectState", 403, "Restore is not allowed for the object's current storage class")
        .with("StorageClass", version.document.value("StorageClass", "STANDARD"));
  }
  if (days < 1) throw errors::malformed_xml();
  const bool deep = version.document.value("StorageClass", "") == "DEEP_ARCHIVE";
  if (deep && tier == "Expedited") {
    throw errors::invalid_argument("Retrieval option is not supported by this storage class", "Tier", tier);
  }
  const Restored before = restored(version);
  const bool there = before.until > context.now;
  if (there && before.ready > context.now) {
    throw errors::make("RestoreAlreadyInProgress", 409, "Object restore is already in progress");
  }
  const aws::Millis ready = there ? before.ready : context.now + retrieval_time(context, tier, deep);
  version.hidden["Restore"] = {{"Ready", ready}, {"Until", due_midnight(there ? context.now : ready, days)}};
  store_of(context).update(version);
  context.response_status = there ? 200 : 202;
  return Json::object();
}

}  // namespace orrery::s3
