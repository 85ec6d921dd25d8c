#include "services/kms/handlers.hpp"

// Multi-Region keys: one key id and material in several regions, one of them the primary (developer guide,
// "Multi-Region keys"). Each region's key is a resource of its own; the configuration is kept equal in all of them.
namespace orrery::kms {

namespace {

bool is_primary(const Key& key) {
  return key.metadata().contains("MultiRegionConfiguration") &&
         key.metadata()["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY";
}

Json member(const Key& key, const std::string& region) { return {{"Arn", key.arn()}, {"Region", region}}; }

/// Every region that still has a key of this id.
std::vector<std::string> regions_of(RequestContext& context, const std::string& id) {
  std::vector<std::string> regions;
  for (const auto& location : storage::locations(context.tx, "kms", kKey)) {
    if (location.account != context.account || location.id != id) continue;
    const InRegion there(context, location.region);
    if (lookup_key(context, id)) regions.push_back(location.region);
  }
  return regions;
}

/// Writes the same configuration into every related key, with `primary_region`'s as the primary.
void relate(RequestContext& context, const std::string& id, const std::string& primary_region) {
  const auto regions = regions_of(context, id);
  Json configuration{{"ReplicaKeys", Json::array()}};
  for (const std::string& region : regions) {
    const InRegion there(context, region);
    const Json entry = member(find_key(context, id), region);
    region == primary_region ? void(configuration["PrimaryKey"] = entry)
                             : configuration["ReplicaKeys"].push_back(entry);
  }
  for (const std::string& region : regions) {
    const InRegion there(context, region);
    Key key = find_key(context, id);
    key.metadata()["MultiRegionConfiguration"] = configuration;
    key.metadata()["MultiRegionConfiguration"]["MultiRegionKeyType"] = region == primary_region ? "PRIMARY" : "REPLICA";
    key.save();
  }
}

void require_primary(const Key& key) {
  if (!is_primary(key)) {
    throw errors::unsupported(key.arn() + " is not a multi-Region primary key.");
  }
}

storage::Resource copy_of(RequestContext& context, const Key& primary, const std::string& description,
                          const std::string& policy) {
  storage::Resource replica;
  replica.kind = kKey;
  replica.id = primary.id();
  replica.arn = arn_of(context, "key/" + replica.id);
  replica.created = context.now;
  replica.document = primary.metadata();
  replica.document.update({{"Arn", replica.arn}, {"CreationDate", context.timestamp()}, {"Description", description}});
  replica.hidden = primary.hidden();
  replica.hidden["policy"] = policy;
  return replica;
}

}  // namespace

Json replicate_key(RequestContext& context, const Input& input) {
  const Key primary = find_key(context, input.str("KeyId"));
  primary.usable();
  require_primary(primary);
  const std::string region = input.str("ReplicaRegion"), own_region = context.region;
  const std::string policy = input.str("Policy", default_policy(context));
  const bool bypass = input.flag("BypassPolicyLockoutSafetyCheck");
  validate_policy(context, policy, bypass ? LockoutCheck::off : LockoutCheck::on);
  const storage::Tags tags = read_tags(input);
  const std::string description = input.str("Description");
  const InRegion there(context, region);
  if (table(context).exists(kKey, primary.id())) throw errors::key_exists(arn_of(context, "key/" + primary.id()));
  ensure_seeded(context, "kms", &seed);
  Key replica(context, copy_of(context, primary, description, policy));
  replica.set_state("Enabled");
  replica.save();
  table(context).tag(kKey, replica.id(), tags);
  relate(context, primary.id(), own_region);
  const Json metadata = find_key(context, primary.id()).metadata();
  Json out{{"ReplicaKeyMetadata", metadata}, {"ReplicaPolicy", policy}, {"ReplicaTags", Json::array()}};
  for (const auto& [name, value] : tags) out["ReplicaTags"].push_back({{"TagKey", name}, {"TagValue", value}});
  return out;
}

Json update_primary_region(RequestContext& context, const Input& input) {
  const Key primary = find_key(context, input.str("KeyId"));
  primary.usable();
  require_primary(primary);
  const std::string region = input.str("PrimaryRegion");
  if (region == context.region) {
    throw errors::unsupported("The PrimaryRegion " + region + " is the region of the primary key already.");
  }
  const InRegion there(context, region);
  find_key(context, primary.id());
  relate(context, primary.id(), region);
  return Json::object();
}

bool has_replicas(const Key& key) {
  return is_primary(key) && !key.metadata()["MultiRegionConfiguration"]["ReplicaKeys"].empty();
}

void forget_replica(RequestContext& context, const std::string& id, const Json& configuration) {
  const std::string region = configuration.at("/PrimaryKey/Region"_json_pointer);
  const auto regions = regions_of(context, id);
  if (std::find(regions.begin(), regions.end(), region) == regions.end()) return;
  relate(context, id, region);
  const InRegion there(context, region);
  Key primary = find_key(context, id);
  // A primary whose deletion was scheduled waits for its replicas; its window begins when the last is gone.
  if (primary.state() != "PendingReplicaDeletion" || has_replicas(primary)) return;
  primary.set_state("PendingDeletion");
  primary.metadata().erase("PendingDeletionWindowInDays");
  primary.metadata()["DeletionDate"] = context.timestamp() + primary.hidden().at("window").get<double>() * 86400;
  primary.save();
}

}  // namespace orrery::kms
