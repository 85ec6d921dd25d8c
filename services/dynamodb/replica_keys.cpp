#include <set>

#include "aws/ids.hpp"
#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/replicas.hpp"

namespace orrery::dynamodb {

namespace {

// Checks and words as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

AwsError replica_key_not_found(const RequestContext& context, const std::string& key) {
  const bool alias = key.starts_with("alias/");
  const std::string arn = "arn:aws:kms:" + context.region + ":" + context.account + (alias ? ":" : ":key/") + key;
  const auto why = [&]() -> std::string {
    if (!key.starts_with("arn:")) return alias ? "Alias " + arn + " is not found." : "Key '" + arn + "' does not exist";
    const std::string region = aws::parse_arn(key).region;
    return region == context.region ? "Key '" + key + "' does not exist" : "Invalid arn " + region;
  };
  return validation("KMS validation error for region " + context.region +
                    ": com.amazonaws.services.kms.model.NotFoundException: " + why());
}

KeyInfo usable_replica_key(RequestContext& context, const std::string& key) {
  const bool elsewhere = key.starts_with("arn:") && aws::parse_arn(key).region != context.region;
  const auto info = elsewhere ? std::nullopt : context.peers.kms->key(context, key);
  if (!info) throw replica_key_not_found(context, key);
  if (info->state != "Enabled") throw replica_encryption_updating();
  return *info;
}

AwsError keys_of_two_kinds() {
  return invalid_parameter("All replica keys must either be Customer Managed CMK or AWS Managed CMK.");
}

}  // namespace

AwsError key_of_each_replica() { return invalid_parameter("KMSMasterKeyId must be specified for each replica."); }

AwsError replica_encryption_updating() {
  return validation(
      "Operation cannot be performed while replica server-side encryption status is in UPDATING state. Please retry "
      "the request after the status is updated to ENABLED.");
}

ReplicaKeys replica_keys(RequestContext& context, const Json& document) {
  if (!document.contains("SSEDescription")) return ReplicaKeys::owned;
  const auto info = context.peers.kms->key(context, document.at("SSEDescription").at("KMSMasterKeyArn"));
  return info && info->manager == "AWS" ? ReplicaKeys::managed : ReplicaKeys::customer;
}

Json replica_encryption(RequestContext& context, const std::optional<std::string>& key, ReplicaKeys of_table) {
  if (of_table == ReplicaKeys::owned) {
    if (key) throw key_of_each_replica();
    return {};
  }
  if (of_table == ReplicaKeys::customer && !key) throw key_of_each_replica();
  const KeyInfo info = usable_replica_key(context, key.value_or(kManagedKey));
  if ((info.manager == "AWS") != (of_table == ReplicaKeys::managed)) throw keys_of_two_kinds();
  return encrypted_with(info.arn);
}

void change_replica_keys(RequestContext& context, const std::map<std::string, std::string>& keys,
                         storage::Resource& table) {
  std::set<std::string> members = {context.region}, managers;
  for (const auto& replica : table.document.value("Replicas", Json::array()))
    members.insert(replica.at("RegionName").get<std::string>());
  std::map<std::string, Json> encryption;
  for (const auto& region : members) {
    if (!keys.contains(region)) throw key_of_each_replica();
    const InRegion there(context, region);
    const KeyInfo info = usable_replica_key(context, keys.at(region));
    managers.insert(info.manager);
    encryption[region] = encrypted_with(info.arn);
  }
  if (managers.size() > 1) throw keys_of_two_kinds();
  table.document["SSEDescription"] = encryption.at(context.region);
  for_each_replica(context, table.document, [&](Table replica) {
    replica.document()["SSEDescription"] = encryption.at(context.region);
    context.resources().put(replica.resource);
  });
}

void share_encryption(RequestContext& context, const storage::Resource& table) {
  const ReplicaKeys keys = replica_keys(context, table.document);
  if (keys == ReplicaKeys::customer) return;  // of each region its own: there it is changed
  for_each_replica(context, table.document, [&](Table replica) {
    Json& document = replica.document();
    document.erase("SSEDescription");
    if (keys == ReplicaKeys::managed) document["SSEDescription"] = replica_encryption(context, std::nullopt, keys);
    context.resources().put(replica.resource);
  });
}

}  // namespace orrery::dynamodb
