#include "services/s3/replication.hpp"

#include <map>

#include "services/s3/access.hpp"
#include "services/s3/acl.hpp"
#include "services/s3/encryption.hpp"
#include "services/s3/rule_filter.hpp"

namespace orrery::s3 {

namespace {

bool enabled(const Json& of, const char* member) {
  return of.value(member, Json::object()).value("Status", "Disabled") == "Enabled";
}

/// "What isn't replicated with replication configurations?"
bool replicates(const Json& rule, const Version& version) {
  if (rule.value("Status", "") != "Enabled" || !RuleFilter(rule).fits(version)) return false;
  if (version.delete_marker) {
    // The first version of the configuration (a Prefix, no Filter) replicates them always; tags exclude them.
    return rule.contains("Filter") ? enabled(rule, "DeleteMarkerReplication") : true;
  }
  const bool kms = version.document.value("ServerSideEncryption", "").starts_with("aws:kms");
  return !kms || enabled(rule.value("SourceSelectionCriteria", Json::object()), "SseKmsEncryptedObjects");
}

std::string bucket_name(const Json& rule) {
  const std::string arn = rule.at("Destination").value("Bucket", "");
  return arn.substr(std::min(arn.size(), arn.rfind(':') + 1));
}

/// The rule for each destination: of several the one with the highest priority.
std::map<std::string, Json> rules_for(const ObjectStore& store, const Bucket& bucket, const Version& version) {
  std::map<std::string, Json> out;
  if (bucket.versioning != Versioning::enabled) return out;
  const auto config = store.config(bucket.name, "replication");
  if (!config) return out;
  for (const auto& rule : config->at("Rules")) {
    if (!replicates(rule, version)) continue;
    const auto [at, fresh] = out.emplace(bucket_name(rule), rule);
    if (!fresh && at->second.value("Priority", 0) < rule.value("Priority", 0)) at->second = rule;
  }
  return out;
}

/// The replica lies with the source's bytes and under the source's keys, unless a rule names another key of KMS.
void set_encryption(RequestContext& context, const Json& rule, const Version& source, Version& replica) {
  const std::string key =
      rule.at("Destination").value("EncryptionConfiguration", Json::object()).value("ReplicaKmsKeyID", "");
  if (!source.document.value("ServerSideEncryption", "").starts_with("aws:kms")) return;
  replica.segments = readable(context, "", source);
  if (!key.empty()) replica.document["SSEKMSKeyId"] = key;
  protect(context, "", replica);
}

void replicate(RequestContext& context, const Bucket& from, const Json& rule, const Version& source) {
  ObjectStore store = store_of(context);
  const auto target = store.bucket(bucket_name(rule));
  if (!target || target->versioning != Versioning::enabled) return;
  Version replica = source;
  replica.bucket = target->name;
  const Json& destination = rule.at("Destination");
  const std::string owner = owner_account(from, source);
  const bool translated = destination.contains("AccessControlTranslation") || acls_disabled(store, target->name);
  replica.hidden.erase("Owner");
  if (translated)
    replica.hidden.erase("Grants");
  else if (owner != target->account)
    replica.hidden["Owner"] = owner;
  if (!source.delete_marker) {
    replica.document["ReplicationStatus"] = "REPLICA";
    if (destination.contains("StorageClass")) replica.document["StorageClass"] = destination["StorageClass"];
    set_encryption(context, rule, source, replica);
  }
  store.insert_as(replica, source.id);
}

}  // namespace

void add_version(RequestContext& context, const Bucket& bucket, Version& version) {
  ObjectStore store = store_of(context);
  const auto rules = rules_for(store, bucket, version);
  if (!rules.empty() && !version.delete_marker) version.document["ReplicationStatus"] = "COMPLETED";
  store.insert(version, bucket.versioning);
  for (const auto& [name, rule] : rules) replicate(context, bucket, rule, version);
}

void replicate_change(RequestContext& context, const Bucket& bucket, const Version& version) {
  if (version.document.value("ReplicationStatus", "") != "COMPLETED") return;
  ObjectStore store = store_of(context);
  for (const auto& [name, rule] : rules_for(store, bucket, version)) {
    auto replica = store.version(name, version.key, version.id);
    if (!replica || replica->document.value("ReplicationStatus", "") != "REPLICA") continue;
    if (version.hidden.contains("Tags"))
      replica->hidden["Tags"] = version.hidden["Tags"];
    else
      replica->hidden.erase("Tags");
    for (const char* member : {"ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus"}) {
      if (version.document.contains(member)) replica->document[member] = version.document[member];
    }
    store.update(*replica);
  }
}

}  // namespace orrery::s3
