#include "services/s3/versioning.hpp"

#include "aws/ids.hpp"
#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

constexpr std::size_t kVersionId = 32, kCheck = 4;

std::string check_of(std::string_view random) { return aws::hex(aws::md5(random)).substr(0, kCheck); }

}  // namespace

std::string new_version_id() {
  const std::string random =
      aws::random_text(kVersionId - kCheck, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._");
  return random + check_of(random);
}

bool issued_version_id(std::string_view id) {
  return id == "null" ||
         (id.size() == kVersionId && check_of(id.substr(0, kVersionId - kCheck)) == id.substr(kVersionId - kCheck));
}

Json get_bucket_versioning(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  Json out = Json::object();
  if (bucket.versioning != Versioning::never) {
    out["Status"] = bucket.versioning == Versioning::enabled ? "Enabled" : "Suspended";
  }
  if (const auto mfa = store_of(context).config(bucket.name, "mfa-delete")) out["MFADelete"] = *mfa;
  return out;
}

Json put_bucket_versioning(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  const Input configuration = input.object("VersioningConfiguration");
  const std::string status = configuration.str("Status"), mfa = configuration.str("MFADelete");
  input.acknowledge("MFA", "a device's code; no devices exist to check it with");
  if (status.empty()) {
    throw errors::make("IllegalVersioningConfigurationException", 400, "The Versioning element must be specified");
  }
  ObjectStore store = store_of(context);
  if (status == "Suspended" && store.config(bucket.name, "object-lock")) {
    throw errors::invalid_bucket_state(
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.");
  }
  if (status == "Suspended" && store.config(bucket.name, "replication")) {
    throw errors::invalid_bucket_state(
        "A replication configuration is present on this bucket, so the versioning state cannot be changed.");
  }
  store.set_versioning(bucket.name, status == "Enabled" ? Versioning::enabled : Versioning::suspended);
  if (!mfa.empty()) store.put_config(bucket.name, "mfa-delete", "", mfa);
  return Json::object();
}

}  // namespace orrery::s3
