#include "services/dynamodb/description.hpp"
#include "services/dynamodb/replicas.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

// Shapes as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

/// Always, with settings that replicas have in common and may override; nothing else is on offer within an account.
constexpr const char* kReplicated = "ENABLED_WITH_OVERRIDES";

std::optional<std::int64_t> held_units(const Json& described, const char* object, const char* member) {
  const auto held = described.find(object);
  if (held == described.end() || !held->contains(member)) return std::nullopt;
  return held->at(member).get<std::int64_t>();
}

constexpr std::int64_t kNoMaximum = -1;

std::int64_t most_reads(const Json& described) {
  return held_units(described, "OnDemandThroughput", "MaxReadRequestUnits").value_or(kNoMaximum);
}

/// Where a table's reads, or its index's, are others than those of the table that describes it, they are an override:
/// also those of the table that was first.
void add_overrides(const Json& own, const Json& other, const std::string& mode, Json& entry) {
  if (mode == "PROVISIONED") {
    const auto reads = held_units(other, "ProvisionedThroughput", "ReadCapacityUnits");
    if (reads && reads != held_units(own, "ProvisionedThroughput", "ReadCapacityUnits"))
      entry["ProvisionedThroughputOverride"] = {{"ReadCapacityUnits", *reads}};
  } else if (const auto most = most_reads(other); most != kNoMaximum && most != most_reads(own)) {
    entry["OnDemandThroughputOverride"] = {{"MaxReadRequestUnits", most}};
  }
}

Json index_entry(const Json& index, Json& own, const std::string& mode) {
  Json entry = {{"IndexName", index.at("IndexName")}, {"WarmThroughput", index.at("WarmThroughput")}};
  if (const Json* same = find_index(own, index.at("IndexName"))) add_overrides(*same, index, mode, entry);
  return entry;
}

Json replica_entry(const RequestContext& context, const Table& replica, Json own) {
  const Json document = settled(context, replica.resource, replica.document());
  const std::string mode = billing_mode(document);
  Json entry = {{"RegionName", context.region},
                {"ReplicaStatus", document.at("TableStatus")},
                {"WarmThroughput", document.at("WarmThroughput")},
                {"GlobalTableSettingsReplicationMode", kReplicated}};
  add_overrides(own, document, mode, entry);
  if (document.contains("SSEDescription"))
    entry["KMSMasterKeyId"] = document.at("SSEDescription").at("KMSMasterKeyArn");
  if (replica.resource.hidden.contains(kOwnClass))  // inherited, it is not told
    entry["ReplicaTableClassSummary"] = document.at("TableClassSummary");
  for (const auto& index : document.value("GlobalSecondaryIndexes", Json::array()))
    entry["GlobalSecondaryIndexes"].push_back(index_entry(index, own, mode));
  return entry;
}

/// The table and its indexes, by name.
void visit_reads(Json& document, const std::function<void(const std::string&, Json&)>& visit) {
  visit("", document);
  if (!document.contains("GlobalSecondaryIndexes")) return;
  for (auto& index : document["GlobalSecondaryIndexes"]) visit(index.at("IndexName").get<std::string>(), index);
}

constexpr std::pair<const char*, const char*> kReads[] = {{"ProvisionedThroughput", "ReadCapacityUnits"},
                                                          {"OnDemandThroughput", "MaxReadRequestUnits"}};

}  // namespace

void describe_replicas(RequestContext& context, const storage::Resource& table, Json& description) {
  if (!table.document.contains("Replicas")) return;
  Json replicas = Json::array();
  for_each_replica(context, table.document,
                   [&](const Table& replica) { replicas.push_back(replica_entry(context, replica, table.document)); });
  description["Replicas"] = std::move(replicas);
  description["GlobalTableSettingsReplicationMode"] = kReplicated;
  if (billing_mode(description) == "PROVISIONED") description.erase("BillingModeSummary");
}

void answer_replica_updates(Json& out, const Json& before) {
  out["GlobalTableVersion"] = "2019.11.21";
  out["Replicas"] = before.value("Replicas", Json::array());
  if (before.contains("GlobalTableSettingsReplicationMode"))
    out["GlobalTableSettingsReplicationMode"] = before.at("GlobalTableSettingsReplicationMode");
}

OwnReads take_own_reads(Json& replica, const Json& base) {
  OwnReads own;
  Json same = base;
  visit_reads(replica, [&](const std::string& name, Json& held) {
    const Json* other = name.empty() ? &same : find_index(same, name);
    for (const auto& [object, member] : kReads) {
      const auto reads = held_units(held, object, member),
                 others = other ? held_units(*other, object, member) : std::nullopt;
      if (!reads || !others || reads == others) continue;
      own[name][object] = *reads;
      held[object][member] = *others;
    }
  });
  return own;
}

void give_own_reads(Json& replica, const OwnReads& own) {
  const std::string mode = billing_mode(replica);
  visit_reads(replica, [&](const std::string& name, Json& held) {
    const auto reads = own.find(name);
    if (reads == own.end()) return;
    for (const auto& [object, member] : kReads) {
      const bool provisioned = std::string_view(object) == "ProvisionedThroughput";
      if (provisioned != (mode == "PROVISIONED") || !reads->second.contains(object)) continue;
      held[object][member] = reads->second.at(object);
      if (provisioned) warm_at_least(held, mode);
    }
  });
}

}  // namespace orrery::dynamodb
