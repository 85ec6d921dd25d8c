#include <set>

#include "services/dynamodb/autoscaling.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/global_table.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/quotas.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

/// The members of the request that set one capacity: the units themselves, and their auto scaling.
struct CapacityMembers {
  const char *units, *scaling;
};
constexpr CapacityMembers kAllWrites{"GlobalTableProvisionedWriteCapacityUnits",
                                     "GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate"},
    kReplicaReads{"ReplicaProvisionedReadCapacityUnits", "ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate"},
    kIndexWrites{"ProvisionedWriteCapacityUnits", "ProvisionedWriteCapacityAutoScalingSettingsUpdate"},
    kIndexReads{"ProvisionedReadCapacityUnits", "ProvisionedReadCapacityAutoScalingSettingsUpdate"};
constexpr const char *kAllIndexes = "GlobalTableGlobalSecondaryIndexSettingsUpdate",
                     *kReplicaIndexes = "ReplicaGlobalSecondaryIndexSettingsUpdate";

/// A new capacity of a table or index, in some of the regions.
struct CapacityUpdate {
  std::vector<std::string> regions;
  std::string index;
  Scaled what;
  std::optional<std::int64_t> units;
  std::optional<Input> scaling;
  std::string parameter;  ///< as AWS calls it in its errors

  bool asks() const { return units || (scaling && !disables_scaling(*scaling)); }
};

GlobalTable require_settings(RequestContext& context, const std::string& name) {
  auto global = find_global_table(context, name);
  if (!global) throw global_table_not_found("Global table with name: '" + name + "' does not exist.");
  return std::move(*global);
}

/// Units and scaling of a table, or of an index, under the names that they have there.
void add_capacity(Json& out, const storage::Resource& table, const std::string& index, const Json& described,
                  const std::string& prefix) {
  static constexpr std::pair<Scaled, const char*> kBoth[] = {{Scaled::reads, "Read"}, {Scaled::writes, "Write"}};
  for (const auto& [what, name] : kBoth) {
    const std::string capacity = prefix + "Provisioned" + name + "Capacity";
    const Json& units = described.at("ProvisionedThroughput").at(std::string(name) + "CapacityUnits");
    // An index's have a least of 1 in the model, so that those of an on-demand one are left out.
    if (index.empty() || units.get<std::int64_t>() > 0) out[capacity + "Units"] = units;
    out[capacity + "AutoScalingSettings"] = scaling_settings(table, index, what);
  }
}

Json replica_settings(const RequestContext& context, const std::string& region, const storage::Resource& table) {
  const Json document = settled(context, table, table.document);
  Json out = {{"RegionName", region}, {"ReplicaStatus", document.at("TableStatus")}};
  add_capacity(out, table, "", document, "Replica");
  if (document.contains("BillingModeSummary")) out["ReplicaBillingModeSummary"] = document.at("BillingModeSummary");
  if (document.contains("TableClassSummary")) out["ReplicaTableClassSummary"] = document.at("TableClassSummary");
  for (const auto& index : document.value("GlobalSecondaryIndexes", Json::array())) {
    Json settings = {{"IndexName", index.at("IndexName")}, {"IndexStatus", index.at("IndexStatus")}};
    add_capacity(settings, table, index.at("IndexName"), index, "");
    out["ReplicaGlobalSecondaryIndexSettings"].push_back(std::move(settings));
  }
  return out;
}

Json settings_answer(const RequestContext& context, const std::string& name, const GlobalTableMembers& members) {
  Json replicas = Json::array();
  for (const auto& [region, table] : members) replicas.push_back(replica_settings(context, region, table.resource));
  return {{"GlobalTableName", name}, {"ReplicaSettings", std::move(replicas)}};
}

void check_capacity_form(const std::string& name, const Input& input, const CapacityMembers& members) {
  const auto scaling = input.find_object(members.scaling);
  if (scaling) check_scaling_form(name, *scaling);
}

/// What the request may not have, whatever the tables.
void check_settings_request(const std::string& name, const Input& input) {
  const std::string nothing = " because at least one update parameter must be specified";
  static constexpr const char* kAll[] = {"GlobalTableBillingMode", kAllWrites.units, kAllWrites.scaling, kAllIndexes,
                                         "ReplicaSettingsUpdate"};
  if (std::none_of(std::begin(kAll), std::end(kAll), [&](const char* one) { return input.has(one); }))
    throw settings_refused(name, nothing + ".");
  check_capacity_form(name, input, kAllWrites);
  for (const auto& index : input.objects(kAllIndexes)) check_capacity_form(name, index, kIndexWrites);
  std::set<std::string> regions;
  for (const auto& replica : input.objects("ReplicaSettingsUpdate")) {
    const std::string region = replica.str("RegionName");
    if (!regions.insert(region).second)
      throw settings_refused(name, " because the regions: ‘[" + region + "]’ were specified more than once.");
    static constexpr const char* kOfReplica[] = {kReplicaReads.units, kReplicaReads.scaling, kReplicaIndexes,
                                                 "ReplicaTableClass"};
    if (std::none_of(std::begin(kOfReplica), std::end(kOfReplica), [&](const char* one) { return replica.has(one); }))
      throw settings_refused(name, nothing + " for region: ‘" + region + "’.");
    check_capacity_form(name, replica, kReplicaReads);
    for (const auto& index : replica.objects(kReplicaIndexes)) check_capacity_form(name, index, kIndexReads);
  }
}

void add_update(std::vector<CapacityUpdate>& out, const Input& input, const CapacityMembers& members,
                CapacityUpdate update) {
  update.units = input.find_integer(members.units);
  update.scaling = input.find_object(members.scaling);
  if (update.parameter.empty()) update.parameter = update.units ? members.units : members.scaling;
  if (update.units || update.scaling) out.push_back(std::move(update));
}

CapacityUpdate capacity_update(std::vector<std::string> regions, std::string index, Scaled what,
                               std::string parameter = "") {
  return {std::move(regions), std::move(index), what, std::nullopt, std::nullopt, std::move(parameter)};
}

std::vector<CapacityUpdate> capacities_asked(const Input& input, const GlobalTableMembers& members) {
  std::vector<std::string> all;
  for (const auto& [region, table] : members) all.push_back(region);
  std::vector<CapacityUpdate> out;
  add_update(out, input, kAllWrites, capacity_update(all, "", Scaled::writes));
  for (const auto& index : input.objects(kAllIndexes))
    add_update(out, index, kIndexWrites, capacity_update(all, index.str("IndexName"), Scaled::writes, kAllIndexes));
  for (const auto& replica : input.objects("ReplicaSettingsUpdate")) {
    const std::vector<std::string> here{replica.str("RegionName")};
    add_update(out, replica, kReplicaReads, capacity_update(here, "", Scaled::reads));
    for (const auto& index : replica.objects(kReplicaIndexes)) {
      add_update(out, index, kIndexReads,
                 capacity_update(here, index.str("IndexName"), Scaled::reads, kReplicaIndexes));
    }
  }
  return out;
}

/// That all regions and indexes of the request are there, and that capacity is provisioned where it is asked for.
void check_settings_targets(const std::string& name, const Input& input, GlobalTableMembers& members,
                            const std::vector<CapacityUpdate>& updates) {
  for (const auto& replica : input.objects("ReplicaSettingsUpdate")) {
    if (!members.contains(replica.str("RegionName")))
      throw AwsError("ReplicaNotFoundException", 400,
                     "Replica in region: '" + replica.str("RegionName") + "' of global table with name: '" + name +
                         "' does not exist.");
  }
  std::vector<std::string> on_demand, asked;
  for (const auto& [region, table] : members) {
    if (input.str("GlobalTableBillingMode", billing_mode(table.document())) == "PAY_PER_REQUEST")
      on_demand.push_back(region);
  }
  for (const auto& update : updates) {
    for (const auto& region : update.regions) {
      if (!scaled_description(members.at(region).document(), update.index))
        throw AwsError("IndexNotFoundException", 400,
                       "Index with name: '" + update.index + "' of global table with name: '" + name +
                           "' does not exist in region: '" + region + "'.");
    }
    if (update.asks()) asked.push_back(update.parameter);
  }
  if (!on_demand.empty() && !asked.empty()) throw not_provisioned(name, on_demand, asked);
}

void apply_capacity(RequestContext& context, storage::Resource& table, const CapacityUpdate& update) {
  const char* member = update.what == Scaled::reads ? "ReadCapacityUnits" : "WriteCapacityUnits";
  if (update.units) {
    ReadLog log;
    const Json asked = {{member, *update.units}};
    check_capacity(context, Input(asked, log), update.index);
    Json& described = *scaled_description(table.document, update.index);
    set_capacity(context, update.index.empty() ? table.arn : described.at("IndexArn").get<std::string>(), described,
                 member, *update.units);
  }
  if (update.scaling) set_scaling(context, table, update.index, update.what, *update.scaling);
}

/// A table that became a provisioned one has all its capacity.
void check_all_provisioned(const Json& document) {
  if (billing_mode(document) != "PROVISIONED") return;
  const auto check = [](const Json& described) {
    for (const char* member : {"ReadCapacityUnits", "WriteCapacityUnits"}) {
      if (described.at("ProvisionedThroughput").at(member) == 0)
        throw invalid_parameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    }
  };
  check(document);
  for (const auto& index : document.value("GlobalSecondaryIndexes", Json::array())) check(index);
}

}  // namespace

Json describe_global_table_settings(RequestContext& context, const Input& input) {
  const std::string name = input.str("GlobalTableName");
  return settings_answer(context, name, global_table_members(context, require_settings(context, name)));
}

Json update_global_table_settings(RequestContext& context, const Input& input) {
  const std::string name = input.str("GlobalTableName");
  check_settings_request(name, input);
  GlobalTableMembers members = global_table_members(context, require_settings(context, name));
  const auto updates = capacities_asked(input, members);
  check_settings_targets(name, input, members, updates);
  for (const auto& [region, table] : members) check_settled(context, table.resource);
  Json before = settings_answer(context, name, members);  // what the answer has, while the change goes on
  for (auto& replica : before["ReplicaSettings"]) replica["ReplicaStatus"] = "UPDATING";

  const auto mode = input.find_str("GlobalTableBillingMode");
  for (auto& [region, table] : members) {
    const InRegion there(context, region);
    Json& document = table.document();
    if (mode && *mode != billing_mode(document)) change_billing_mode(context, document, *mode);
    for (const auto& update : updates) {
      if (std::find(update.regions.begin(), update.regions.end(), region) != update.regions.end())
        apply_capacity(context, table.resource, update);
    }
    check_all_provisioned(document);
    for (const auto& replica : input.objects("ReplicaSettingsUpdate")) {
      const auto table_class = replica.find_str("ReplicaTableClass");
      if (!table_class || replica.str("RegionName") != region) continue;
      note_class_change(context, table.resource);
      document["TableClassSummary"] = {{"TableClass", *table_class}, {"LastUpdateDateTime", context.timestamp()}};
    }
    begin_update(context, table.resource);
    context.resources().put(table.resource);
  }
  return before;
}

}  // namespace orrery::dynamodb
