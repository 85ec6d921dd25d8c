#include <set>

#include "services/dynamodb/autoscaling.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/replicas.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

// Order of checks, words and answers as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB); where those tell the
// code alone, the words are ours.

/// A table and its replicas, by region: the table's own too.
using Members = std::map<std::string, Table>;

AwsError scaling_target_not_found(const std::string& what) {
  return {"ResourceNotFoundException", 400, what + " does not exist."};
}

Members members_of(RequestContext& context, const std::string& name_or_arn) {
  const std::string name = table_name(name_or_arn);
  check_table_name(name);
  auto table = find_table(context, name_or_arn);
  if (!table || !table->document().contains("Replicas"))
    throw scaling_target_not_found("Global table with name: '" + name + "'");
  Members members;
  for_each_replica(context, table->document(),
                   [&](Table replica) { members.emplace(context.region, std::move(replica)); });
  members.emplace(context.region, std::move(*table));
  return members;
}

Json index_settings(const storage::Resource& table, const Json& index) {
  const std::string name = index.at("IndexName").get<std::string>();
  return {{"IndexName", name},
          {"IndexStatus", index.at("IndexStatus")},
          {"ProvisionedReadCapacityAutoScalingSettings", scaling_settings(table, name, Scaled::reads)},
          {"ProvisionedWriteCapacityAutoScalingSettings", scaling_settings(table, name, Scaled::writes)}};
}

Json scaling_description(const RequestContext& context, const Members& members) {
  const storage::Resource& own = members.at(context.region).resource;
  Json out = {{"TableName", own.id},
              {"TableStatus", settled(context, own, own.document).at("TableStatus")},
              {"Replicas", Json::array()}};
  for (const auto& [region, table] : members) {
    const Json document = settled(context, table.resource, table.document());
    Json replica = {
        {"RegionName", region},
        {"ReplicaStatus", document.at("TableStatus")},
        {"GlobalSecondaryIndexes", Json::array()},
        {"ReplicaProvisionedReadCapacityAutoScalingSettings", scaling_settings(table.resource, "", Scaled::reads)},
        {"ReplicaProvisionedWriteCapacityAutoScalingSettings", scaling_settings(table.resource, "", Scaled::writes)}};
    for (const auto& index : document.value("GlobalSecondaryIndexes", Json::array())) {
      if (index.at("IndexStatus") != "CREATING")  // until then it has no settings
        replica["GlobalSecondaryIndexes"].push_back(index_settings(table.resource, index));
    }
    out["Replicas"].push_back(std::move(replica));
  }
  return {{"TableAutoScalingDescription", std::move(out)}};
}

constexpr const char *kScaleWrites = "ProvisionedWriteCapacityAutoScalingUpdate",
                     *kScaleReads = "ReplicaProvisionedReadCapacityAutoScalingUpdate",
                     *kScaleIndexReads = "ProvisionedReadCapacityAutoScalingUpdate",
                     *kScaleIndexes = "ReplicaGlobalSecondaryIndexUpdates";

void check_index_scaling(const std::string& table, const Input& index, const char* member) {
  const auto update = index.find_object(member);
  if (!index.has("IndexName") || !update)
    throw settings_refused(table, " because an index name and an update parameter must be specified for each index.");
  check_scaling_form(table, *update);
}

/// What the request may not have, whatever the tables.
void check_scaling_request(const std::string& table, const Input& input) {
  const std::string nothing = " because at least one update parameter must be specified";
  if (!input.has(kScaleWrites) && !input.has("GlobalSecondaryIndexUpdates") && !input.has("ReplicaUpdates"))
    throw settings_refused(table, nothing + ".");
  if (const auto update = input.find_object(kScaleWrites)) check_scaling_form(table, *update);
  for (const auto& index : input.objects("GlobalSecondaryIndexUpdates"))
    check_index_scaling(table, index, kScaleWrites);
  std::set<std::string> regions;
  for (const auto& replica : input.objects("ReplicaUpdates")) {
    const std::string region = replica.str("RegionName");
    if (!regions.insert(region).second)
      throw settings_refused(table, " because the regions: ‘[" + region + "]’ were specified more than once.");
    if (!replica.has(kScaleReads) && replica.objects(kScaleIndexes).empty())
      throw settings_refused(table, nothing + " for region: ‘" + region + "’.");
    if (const auto update = replica.find_object(kScaleReads)) check_scaling_form(table, *update);
    for (const auto& index : replica.objects(kScaleIndexes)) check_index_scaling(table, index, kScaleIndexReads);
  }
}

/// One AutoScalingSettingsUpdate, for the members that it is about.
struct Scaling {
  std::vector<std::string> regions;
  std::string index;
  Scaled what;
  Input update;
};

std::vector<Scaling> scalings_asked(const Input& input, const Members& members) {
  std::vector<std::string> all;
  for (const auto& [region, table] : members) all.push_back(region);
  std::vector<Scaling> out;
  if (const auto update = input.find_object(kScaleWrites)) out.push_back({all, "", Scaled::writes, *update});
  for (const auto& index : input.objects("GlobalSecondaryIndexUpdates"))
    out.push_back({all, index.str("IndexName"), Scaled::writes, index.object(kScaleWrites)});
  for (const auto& replica : input.objects("ReplicaUpdates")) {
    const std::string region = replica.str("RegionName");
    if (!members.contains(region))
      throw scaling_target_not_found("Replica in region: '" + region + "' of global table with name: '" +
                                     table_name(input.str("TableName")) + "'");
    if (const auto update = replica.find_object(kScaleReads)) out.push_back({{region}, "", Scaled::reads, *update});
    for (const auto& index : replica.objects(kScaleIndexes))
      out.push_back({{region}, index.str("IndexName"), Scaled::reads, index.object(kScaleIndexReads)});
  }
  return out;
}

void check_scaled_index(const RequestContext& context, const storage::Resource& table, const std::string& name) {
  const Json document = settled(context, table, table.document);
  for (const auto& index : document.value("GlobalSecondaryIndexes", Json::array())) {
    if (index.at("IndexName") == name && index.at("IndexStatus") != "CREATING") return;
  }
  throw scaling_target_not_found("Index with name: '" + name + "' of global table with name: '" + table.id + "'");
}

/// On-demand tables have nothing to scale, but settings of before can be taken away.
void check_scaled_billing(const Members& members, const std::vector<Scaling>& scalings) {
  std::vector<std::string> on_demand, asked;
  for (const auto& [region, table] : members) {
    if (billing_mode(table.document()) == "PAY_PER_REQUEST") on_demand.push_back(region);
  }
  for (const auto& scaling : scalings) {
    if (disables_scaling(scaling.update)) continue;
    const bool writes = scaling.what == Scaled::writes;
    asked.emplace_back(!scaling.index.empty() ? (writes ? "GlobalTableGlobalSecondaryIndexSettingsUpdate"
                                                        : "ReplicaGlobalSecondaryIndexSettingsUpdate")
                       : writes               ? "GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate"
                                              : "ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate");
  }
  if (!on_demand.empty() && !asked.empty()) throw not_provisioned(members.begin()->second.name, on_demand, asked);
}

}  // namespace

Json describe_table_replica_auto_scaling(RequestContext& context, const Input& input) {
  return scaling_description(context, members_of(context, input.str("TableName")));
}

Json update_table_replica_auto_scaling(RequestContext& context, const Input& input) {
  check_scaling_request(table_name(input.str("TableName")), input);
  Members members = members_of(context, input.str("TableName"));
  const auto scalings = scalings_asked(input, members);
  for (const auto& scaling : scalings) {
    for (const auto& region : scaling.regions) {
      if (!scaling.index.empty()) check_scaled_index(context, members.at(region).resource, scaling.index);
    }
  }
  check_scaled_billing(members, scalings);
  Json before = scaling_description(context, members);  // the answer has what was; Describe has the change
  for (const auto& scaling : scalings) {
    for (const auto& region : scaling.regions) {
      const InRegion there(context, region);
      storage::Resource& table = members.at(region).resource;
      set_scaling(context, table, scaling.index, scaling.what, scaling.update);
      context.resources().put(table);
    }
  }
  return before;
}

}  // namespace orrery::dynamodb
