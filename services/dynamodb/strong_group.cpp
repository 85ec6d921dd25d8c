#include "services/dynamodb/strong_group.hpp"

#include <set>

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"

namespace orrery::dynamodb {

// Checks, their order and words as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB). That the table must be
// empty, and has neither local indexes nor time to live nor transactions, is said by the developer guide ("How DynamoDB
// global tables work", "Multi-Region strong consistency"); the words for these are ours.

namespace {

using Regions = std::vector<std::string>;

constexpr const char* kStrong = "STRONG";
constexpr std::string_view kCapable[] = {"us-east-1",      "us-east-2",     "us-west-2",    "eu-west-1",
                                         "eu-west-2",      "eu-west-3",     "eu-central-1", "ap-northeast-1",
                                         "ap-northeast-2", "ap-northeast-3"};

/// The regions that an update names, by what it does there.
struct Actions {
  Regions replicas, removed_replicas, witnesses, removed_witnesses;
  bool updates = false;
};

Actions actions_of(const Input& update) {
  Actions out;
  for (const auto& one : update.objects("ReplicaUpdates")) {
    if (const auto creation = one.find_object("Create")) out.replicas.push_back(creation->str("RegionName"));
    if (const auto removal = one.find_object("Delete")) out.removed_replicas.push_back(removal->str("RegionName"));
    out.updates |= one.has("Update");
  }
  for (const auto& one : update.objects("GlobalTableWitnessUpdates")) {
    if (const auto creation = one.find_object("Create")) out.witnesses.push_back(creation->str("RegionName"));
    if (const auto removal = one.find_object("Delete")) out.removed_witnesses.push_back(removal->str("RegionName"));
  }
  return out;
}

bool has(const Regions& regions, std::string_view region) {
  return std::find(regions.begin(), regions.end(), region) != regions.end();
}

std::string listed(const Regions& regions) {
  std::string out;
  for (const auto& region : regions) out += (out.empty() ? "" : ", ") + region;
  return "[" + out + "]";
}

AwsError existing_group() {
  return validation("MultiRegionConsistency parameter is unsupported on existing global table");
}

void check_regions(const Actions& actions, const std::string& home) {
  std::set<std::string> named(actions.replicas.begin(), actions.replicas.end());
  named.insert(actions.witnesses.begin(), actions.witnesses.end());
  named.insert(home);
  Regions incapable;
  std::copy_if(named.begin(), named.end(), std::back_inserter(incapable), [](const std::string& region) {
    return std::find(std::begin(kCapable), std::end(kCapable), region) == std::end(kCapable);
  });
  if (!incapable.empty()) {
    throw validation("Unsupported Region(s) specified for global tables with MultiRegionConsistency set to STRONG: " +
                     listed(incapable) + ".");
  }
  if (has(actions.witnesses, home)) {
    throw validation(
        "Cannot add a witness in the same region as an existing replica when creating a global table with "
        "MultiRegionConsistency set to STRONG.");
  }
  if (has(actions.replicas, home)) return;  // what is wrong with that is the same in every global table
  if (named.size() != 3) throw validation("Cannot target multiple regions with the same action");
}

/// What the table itself must be.
void check_table(RequestContext& context, const Table& table) {
  const auto refuse = [](const std::string& what) {
    throw validation("A global table with MultiRegionConsistency set to STRONG cannot " + what + ".");
  };
  if (table.document().contains("LocalSecondaryIndexes")) refuse("have local secondary indexes");
  if (!table.expiry.empty()) refuse("have Time to Live enabled");
  if (ItemStore(context.tx).usage(table).items != 0) refuse("be created from a table that is not empty");
}

void check_creation(RequestContext& context, const Actions& actions, const Table& table) {
  if (actions.replicas.size() + actions.witnesses.size() != 2 || actions.replicas.empty())
    throw validation("Unsupported replica count for global tables with MultiRegionConsistency set to STRONG.");
  check_regions(actions, context.region);
  if (table.document().contains("Replicas")) throw existing_group();
  check_table(context, table);
}

/// An update of a table that is in such a group.
void check_group(const Actions& actions, const Json& document) {
  if (!actions.replicas.empty())
    throw validation("Cannot add replicas to a global table with strong MultiRegionConsistency");
  if (actions.removed_replicas.empty() && actions.removed_witnesses.empty()) return;
  for (const auto& witness : document.value("GlobalTableWitnesses", Json::array())) {
    if (!has(actions.removed_witnesses, witness.at("RegionName").get_ref<const std::string&>()))
      throw validation("Update table delete operation does not include all witnesses.");
  }
  for (const auto& replica : document.at("Replicas")) {
    if (!has(actions.removed_replicas, replica.at("RegionName").get_ref<const std::string&>())) {
      throw validation(
          "Deletion of only one table replica is not supported for global tables with MultiRegionConsistency set to "
          "STRONG.");
    }
  }
}

void check_removed_witnesses(const Regions& removed, const Json& document) {
  Regions unknown = removed;
  for (const auto& witness : document.value("GlobalTableWitnesses", Json::array()))
    std::erase(unknown, witness.at("RegionName").get<std::string>());
  if (unknown.empty()) return;
  throw validation(
      "Update global table operation failed because one or more witnesses were not part of the global table. Please "
      "retry the request without these witnesses: " +
      listed(unknown) + ".");
}

}  // namespace

bool is_strong_group(const Json& document) { return document.value("MultiRegionConsistency", "") == kStrong; }

void check_strong_group(RequestContext& context, const Input& update, const Table& table) {
  const Actions actions = actions_of(update);
  const auto mode = update.find_str("MultiRegionConsistency");
  if (mode && (actions.updates || !actions.removed_replicas.empty() || !actions.removed_witnesses.empty()))
    throw validation("Only Replica Create actions are supported when MultiRegionConsistency parameter is provided.");
  if (mode == kStrong) {
    check_creation(context, actions, table);
    return;
  }
  const bool strong = is_strong_group(table.document());
  // Of a table that is in no such group, to remove one too: Terraform's provider knows this answer (its deletion of a
  // table).
  if (!actions.witnesses.empty() || (!strong && !actions.removed_witnesses.empty())) {
    throw validation(
        "MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is present.");
  }
  if (mode && strong) throw existing_group();
  check_removed_witnesses(actions.removed_witnesses, table.document());
  if (strong) check_group(actions, table.document());
}

void begin_strong_group(const Input& update, Json& document) {
  if (update.str("MultiRegionConsistency") != kStrong) return;
  document["MultiRegionConsistency"] = kStrong;
  for (const auto& region : actions_of(update).witnesses)
    document["GlobalTableWitnesses"].push_back({{"RegionName", region}, {"WitnessStatus", "ACTIVE"}});
}

void check_no_strong_group(const Table& table) {
  if (!is_strong_group(table.document())) return;
  throw validation(
      "Deletion of only one table replica is not supported for global tables with MultiRegionConsistency set to "
      "STRONG.");
}

void check_transactional(const Table& table) {
  if (!is_strong_group(table.document())) return;
  throw validation("Transactions are not supported for global tables with MultiRegionConsistency set to STRONG.");
}

void check_expiring(const Table& table) {
  if (!is_strong_group(table.document())) return;
  throw validation("Time to Live is not supported for global tables with MultiRegionConsistency set to STRONG.");
}

}  // namespace orrery::dynamodb
