#include "aws/ids.hpp"
#include "services/secretsmanager/handlers.hpp"

// A replica is a secret of its own in another region, with the primary's name and the primary's suffix in its ARN.
// Every write to the primary is written to its replicas in the same transaction (user guide, "Replicate secrets").
namespace orrery::secretsmanager {

namespace {

std::string arn_in(const RequestContext& context, const std::string& primary_arn) {
  return aws::arn("secretsmanager", context.region, context.account, aws::parse_arn(primary_arn).resource);
}

struct Copy {
  Json document;
  storage::Tags tags;
  std::vector<std::pair<storage::Resource, Value>> versions;
};

Copy copy_of(RequestContext& context, const Secret& primary) {
  Copy copy{primary.document(), table(context).tags(kSecret, primary.name()), {}};
  for (const char* own : {"ReplicationStatus", "KmsKeyId", "ARN"}) copy.document.erase(own);
  for (auto& version : primary.versions()) {
    Value value = primary.open(version);
    copy.versions.emplace_back(std::move(version), std::move(value));
  }
  return copy;
}

/// Makes or renews the replica in the context's region.
void write_replica(RequestContext& context, const std::string& primary_arn, const Copy& copy, const std::string& key) {
  const std::string name = copy.document.at("Name");
  Json hidden{{"replica", true}};
  if (auto old = table(context).find(kSecret, name)) {
    if (old->hidden.contains("policy")) hidden["policy"] = old->hidden["policy"];
    Secret(context, std::move(*old)).erase();
  }
  storage::Resource resource;
  resource.kind = kSecret;
  resource.id = name;
  resource.arn = arn_in(context, primary_arn);
  resource.created = context.now;
  resource.document = copy.document;
  resource.document["ARN"] = resource.arn;
  if (!key.empty()) resource.document["KmsKeyId"] = key;
  resource.hidden = std::move(hidden);
  Secret replica(context, std::move(resource));
  replica.save();
  table(context).tag(kSecret, name, copy.tags);
  for (const auto& [version, value] : copy.versions) replica.put_copy(version, value);
}

bool taken(RequestContext& context, const std::string& region, const std::string& name) {
  const InRegion there(context, region);
  const auto existing = lookup(context, name);
  return existing && !existing->is_replica();
}

void erase_replica(RequestContext& context, const std::string& region, const std::string& name) {
  const InRegion there(context, region);
  auto replica = lookup(context, name);
  if (replica && replica->is_replica()) replica->erase();
}

Json status(const std::string& region, const std::string& key, const std::string& failure) {
  return {{"Region", region},
          {"KmsKeyId", key.empty() ? "alias/aws/secretsmanager" : key},
          {"Status", failure.empty() ? "InSync" : "Failed"},
          {"StatusMessage", failure.empty() ? "Replication succeeded" : failure}};
}

void remove_status(Secret& secret, const std::string& region) {
  Json kept = Json::array();
  for (const Json& each : secret.document().value("ReplicationStatus", Json::array())) {
    if (each.at("Region") != region) kept.push_back(each);
  }
  if (kept.empty()) {
    secret.document().erase("ReplicationStatus");
    secret.document().erase("PrimaryRegion");
  } else {
    secret.document()["ReplicationStatus"] = kept;
  }
}

Json answer(const Secret& secret) {
  return {{"ARN", secret.arn()}, {"ReplicationStatus", secret.document().value("ReplicationStatus", Json::array())}};
}

}  // namespace

void add_replicas(RequestContext& context, Secret& secret, const Input& input) {
  const bool force = input.flag("ForceOverwriteReplicaSecret");
  for (const Input& wanted : input.objects("AddReplicaRegions")) {
    const std::string region = wanted.str("Region"), key = wanted.str("KmsKeyId");
    if (region.empty() || region == context.region) throw errors::invalid_parameter("Invalid replica region.");
    remove_status(secret, region);
    std::string failure;
    if (!force && taken(context, region, secret.name())) {
      failure = "Replication failed: Secret name " + secret.name() + " already exists in this region.";
    }
    secret.document()["PrimaryRegion"] = context.region;
    secret.document()["ReplicationStatus"].push_back(status(region, key, failure));
  }
  secret.save();
  sync_replicas(context, secret.name());
}

void sync_replicas(RequestContext& context, const std::string& name) {
  const Secret primary = find_secret(context, name);
  const Json replicas = primary.document().value("ReplicationStatus", Json::array());
  if (replicas.empty()) return;
  const Copy copy = copy_of(context, primary);
  for (const Json& replica : replicas) {
    if (replica.at("Status") != "InSync") continue;
    const std::string key = replica.at("KmsKeyId");
    const InRegion there(context, replica.at("Region"));
    write_replica(context, primary.arn(), copy, key == "alias/aws/secretsmanager" ? "" : key);
  }
}

Json replicate_secret_to_regions(RequestContext& context, const Input& input) {
  Secret secret = find_writable(context, input.str("SecretId"));
  add_replicas(context, secret, input);
  return answer(secret);
}

Json remove_regions_from_replication(RequestContext& context, const Input& input) {
  Secret secret = find_writable(context, input.str("SecretId"));
  for (const std::string& region : input.strings("RemoveReplicaRegions")) {
    erase_replica(context, region, secret.name());
    remove_status(secret, region);
  }
  secret.save();
  sync_replicas(context, secret.name());
  return answer(secret);
}

Json stop_replication_to_replica(RequestContext& context, const Input& input) {
  Secret secret = find_active(context, input.str("SecretId"));
  if (!secret.is_replica()) throw errors::invalid_request("The secret isn't a replica.");
  const std::string region = context.region, primary_region = secret.document().at("PrimaryRegion");
  {
    const InRegion there(context, primary_region);
    if (auto primary = lookup(context, secret.name())) {
      remove_status(*primary, region);
      primary->save();
      sync_replicas(context, primary->name());
    }
  }
  secret.hidden().erase("replica");
  secret.document().erase("PrimaryRegion");
  secret.save();
  return {{"ARN", secret.arn()}};
}

}  // namespace orrery::secretsmanager
