#include <set>

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/replicas.hpp"

namespace orrery::dynamodb {

namespace {

// Order of checks and words as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

constexpr const char *kReplicaActions[] = {"Create", "Delete", "Update"},
                     *kReplicaOverrides[] = {"KMSMasterKeyId", "ProvisionedThroughputOverride",
                                             "OnDemandThroughputOverride", "TableClassOverride"};

bool overrides_something(const Input& action) {
  return std::any_of(std::begin(kReplicaOverrides), std::end(kReplicaOverrides),
                     [&](const char* member) { return action.has(member); });
}

/// An Update that changes nothing is none.
bool acts(const Input& update) {
  if (update.has("Create") || update.has("Delete")) return true;
  const auto change = update.find_object("Update");
  if (!change) return false;
  const auto indexes = change->objects("GlobalSecondaryIndexes");
  return overrides_something(*change) || std::any_of(indexes.begin(), indexes.end(), overrides_something);
}

/// Strong consistency makes and ends a global table as a whole.
bool strongly_consistent(const Input& input, const Json& document) {
  return input.has("MultiRegionConsistency") || input.has("GlobalTableWitnessUpdates") ||
         document.contains("MultiRegionConsistency");
}

/// The regions of AWS's partition, as the service lists them; the record has the first five.
constexpr std::string_view kReplicaRegions[] = {
    "ap-south-2",     "ap-south-1",     "eu-south-1",     "eu-south-2",     "me-central-1",   "il-central-1",
    "ca-central-1",   "mx-central-1",   "eu-central-1",   "eu-central-2",   "us-west-1",      "us-west-2",
    "af-south-1",     "eu-north-1",     "eu-west-3",      "eu-west-2",      "eu-west-1",      "ap-northeast-3",
    "ap-northeast-2", "ap-northeast-1", "me-south-1",     "sa-east-1",      "ap-east-1",      "ap-east-2",
    "ca-west-1",      "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "us-east-1",      "us-east-2",      "ap-southeast-7"};

bool replica_region(const std::string& name) {
  return std::find(std::begin(kReplicaRegions), std::end(kReplicaRegions), name) != std::end(kReplicaRegions);
}

}  // namespace

void check_replica_updates(const Input& update, const Json& document) {
  std::set<std::string> kinds, regions;
  for (const auto& one : update.objects("ReplicaUpdates")) {
    if (!acts(one)) throw validation("There are no actions specified in the Replica Update Action of the request.");
    for (const char* kind : kReplicaActions) {
      const auto action = one.find_object(kind);
      if (!action) continue;
      kinds.insert(kind);
      if (kind != std::string_view("Update")) regions.insert(action->str("RegionName"));
    }
  }
  if (kinds.size() > 1)
    throw validation("Update table operation with more than one type of replica actions not allowed.");
  if (regions.size() > 1 && !strongly_consistent(update, document))
    throw validation("Update table operation with more than one create or delete replica actions not allowed");
}

void check_replica_region(const RequestContext& context, const std::string& table, const std::string& region) {
  if (region.empty()) {
    throw AwsError("AccessDeniedException", 400,
                   "User: " + context.principal.arn + " is not authorized to perform: dynamodb:Scan on resource: " +
                       "arn:aws:dynamodb::" + context.account + ":table/" + table);
  }
  if (region == context.region)
    throw validation(
        "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as "
        "required.");
}

void check_new_replica_region(const RequestContext& context, const std::string& region) {
  if (replica_region(region) || !replica_region(context.region)) return;  // of other partitions nothing is recorded
  std::string all;
  for (const auto& one : kReplicaRegions) all.append(all.empty() ? "" : ", ").append(one);
  throw validation("Region " + region +
                   " is not supported. The latest version of global tables are only supported in the following "
                   "regions: [" +
                   all + "]");
}

}  // namespace orrery::dynamodb
