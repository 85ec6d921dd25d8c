#include <set>

#include "aws/ids.hpp"
#include "services/dynamodb/backup.hpp"
#include "services/dynamodb/deletion.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

// Checks, words and answers of the overrides as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

/// As of a new table: without the source's increases and decreases.
void set_throughput(Json& described, const std::string& mode, std::int64_t read, std::int64_t write) {
  described["ProvisionedThroughput"] = throughput(std::nullopt);
  described["ProvisionedThroughput"]["ReadCapacityUnits"] = read;
  described["ProvisionedThroughput"]["WriteCapacityUnits"] = write;
  described["WarmThroughput"] = warm_throughput(std::nullopt, mode, described.at("ProvisionedThroughput"));
}

void keep_throughput(Json& described, const std::string& mode) {
  const bool provisioned = mode == "PROVISIONED";
  const Json held = described.at("ProvisionedThroughput");
  const auto units = [&](const char* member) { return provisioned ? held.at(member).get<std::int64_t>() : 0; };
  set_throughput(described, mode, units("ReadCapacityUnits"), units("WriteCapacityUnits"));
  if (provisioned) described.erase("OnDemandThroughput");
}

Json overridden_maxima(const Input& maxima, const std::string& mode) {
  for (const char* member : {"MaxReadRequestUnits", "MaxWriteRequestUnits"}) {
    const auto units = maxima.find_integer(member);
    if (!units) continue;
    if (mode == "PROVISIONED") {
      throw invalid_request("Cannot override " + std::string(member) +
                            " for OnDemandThroughput unless BillingModeOverride is PAY_PER_REQUEST");
    }
    if (*units == 0 || *units < -1)
      throw invalid_request("Requested " + std::string(member) + " for OnDemandThroughput is outside of valid range");
  }
  return on_demand_throughput(maxima);
}

/// Returns the billing mode that the table will have.
std::string override_billing(RequestContext& context, const Input& input, Json& document) {
  const auto asked = input.find_str("BillingModeOverride");
  const auto provisioned = input.find_object("ProvisionedThroughputOverride");
  const auto maxima = input.find_object("OnDemandThroughputOverride");
  if (asked == "PAY_PER_REQUEST" && provisioned)
    throw invalid_request("Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST");
  if (asked == "PROVISIONED" && !provisioned)
    throw invalid_request("Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED");
  const std::string mode = asked.value_or(billing_mode(document));
  if (provisioned && mode != "PROVISIONED")
    throw invalid_request("Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED");
  if (asked && mode == "PAY_PER_REQUEST") {
    document["BillingModeSummary"] = {{"BillingMode", mode},
                                      {"LastUpdateToPayPerRequestDateTime", context.timestamp()}};
  } else if (asked) {
    document["BillingModeSummary"]["BillingMode"] = mode;
  }
  keep_throughput(document, mode);
  if (provisioned) {
    set_throughput(document, mode, provisioned->integer("ReadCapacityUnits"),
                   provisioned->integer("WriteCapacityUnits"));
  }
  if (maxima && (maxima->has("MaxReadRequestUnits") || maxima->has("MaxWriteRequestUnits")))
    document["OnDemandThroughput"] = overridden_maxima(*maxima, mode);
  return mode;
}

std::set<std::string> projected(const Json& index) {
  const auto names = index.at("Projection").value("NonKeyAttributes", std::vector<std::string>{});
  return {names.begin(), names.end()};
}

/// Whether they differ in no more than their name and throughput.
bool alike(const Json& a, const Json& b) {
  return a.at("KeySchema") == b.at("KeySchema") &&
         a.at("Projection").at("ProjectionType") == b.at("Projection").at("ProjectionType") &&
         projected(a) == projected(b);
}

/// The indexes that the request wants: each must be one that the source has, under whatever name.
template <typename Describe>
void override_indexes(const Input& input, const char* parameter, const char* member, Json& document,
                      Describe describe) {
  if (!input.has(parameter)) return;
  const Json held = document.value(member, Json::array());
  Json wanted = Json::array();
  for (const auto& index : input.objects(parameter)) {
    Json described = describe(index);
    if (std::none_of(held.begin(), held.end(), [&](const Json& one) { return alike(one, described); })) {
      throw invalid_request("Index " + index.str("IndexName") +
                            " does not match a secondary index that existed in the source table and cannot be created "
                            "during the restore operation");
    }
    wanted.push_back(std::move(described));
  }
  document.erase(member);
  if (!wanted.empty()) document[member] = std::move(wanted);
}

void override_global_indexes(const Input& input, Json& document, const std::string& mode) {
  if (document.contains("GlobalSecondaryIndexes")) {
    for (auto& index : document["GlobalSecondaryIndexes"]) keep_throughput(index, mode);
  }
  const bool to_on_demand = input.str("BillingModeOverride") == "PAY_PER_REQUEST";
  const std::string arn = document.at("TableArn").get<std::string>();
  override_indexes(input, "GlobalSecondaryIndexOverride", "GlobalSecondaryIndexes", document, [&](const Input& index) {
    const std::string name = index.str("IndexName");
    const bool provisioned = index.has("ProvisionedThroughput");
    if (provisioned && to_on_demand) {
      throw invalid_request(
          "Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST for index " + name);
    }
    if (!provisioned && mode == "PROVISIONED")
      throw invalid_request("Must specify provisioned throughput for index " + name);
    return global_index_description(index, arn, mode);
  });
  if (mode != "PROVISIONED" || !document.contains("GlobalSecondaryIndexes")) return;
  for (const auto& index : document.at("GlobalSecondaryIndexes")) {  // of an on-demand source, which has none
    if (index.at("ProvisionedThroughput").at("ReadCapacityUnits") == 0)
      throw invalid_request("Must specify provisioned throughput for index " +
                            index.at("IndexName").get<std::string>());
  }
}

void rename_indexes(Json& document) {
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!document.contains(member)) continue;
    for (auto& index : document[member]) {
      index["IndexArn"] =
          document.at("TableArn").get<std::string>() + "/index/" + index.at("IndexName").get<std::string>();
    }
  }
}

[[noreturn]] void refuse_target(const RequestContext& context, const storage::Resource& table) {
  if (!restoring(context, table))
    throw AwsError("TableAlreadyExistsException", 400, "Table already exists: " + table.id);
  const Json& summary = table.document.at("RestoreSummary");
  const bool of_backup = summary.contains("SourceBackupArn");
  throw AwsError("TableInUseException", 400,
                 "Table: " + table.id + " is already being restored" +
                     (of_backup ? " from backup: " + summary.at("SourceBackupArn").get<std::string>() : ""));
}

/// The tables of the account, of all regions, that are being restored; each takes minutes.
std::vector<storage::Resource> restored_now(RequestContext& context) {
  std::vector<storage::Resource> out;
  if (context.settings.lifecycle == Lifecycle::immediate) return out;
  for (const auto& location : storage::locations(context.tx, "dynamodb", Table::kKind)) {
    if (location.account != context.account) continue;
    const InRegion there(context, location.region);
    auto table = context.resources().find(Table::kKind, location.id);
    if (table && restoring(context, *table)) out.push_back(std::move(*table));
  }
  return out;
}

void check_restore_count(RequestContext& context) {
  constexpr std::size_t kMost = 50;
  if (restored_now(context).size() >= kMost)
    throw AwsError("LimitExceededException", 400,
                   "Subscriber limit exceeded: Only 50 restore operations can be done simultaneously");
}

}  // namespace

void check_backup_unused(RequestContext& context, const std::string& arn, const std::string& what) {
  for (const auto& table : restored_now(context)) {
    if (table.document.at("RestoreSummary").value("SourceBackupArn", "") != arn) continue;
    throw AwsError("BackupInUseException", 400, "Backup is being used to restore " + what + ": " + arn);
  }
}

void check_restore_region(const RequestContext& context, const Input& input, const std::string& region) {
  if (region != context.region && !input.has("SSESpecificationOverride"))
    throw invalid_request("sseSpecificationOverride must be provided for cross-region restores");
}

Table restored_table(RequestContext& context, const Input& input, const Json& source, const Json& summary) {
  const std::string name = input.str("TargetTableName");
  check_table_name(name);
  finish_erasing(context, name);
  if (const auto held = context.resources().find(Table::kKind, name)) refuse_target(context, *held);
  if (const auto backup = summary.find("SourceBackupArn"); backup != summary.end())
    check_backup_unused(context, backup->get<std::string>(), "another table");
  check_restore_count(context);
  storage::Resource resource;
  resource.kind = Table::kKind;
  resource.id = name;
  resource.arn = context.arn("table/" + name);
  resource.created = context.now;
  Json& document = resource.document = source;
  for (const char* member :
       {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel", "Replicas", "GlobalTableVersion",
        "GlobalTableSettingsReplicationMode", "MultiRegionConsistency", "GlobalTableWitnesses", "TableClassSummary"})
    document.erase(member);
  document["TableName"] = name;
  document["TableArn"] = resource.arn;
  document["TableId"] = aws::uuid();
  document["CreationDateTime"] = context.timestamp();
  document["DeletionProtectionEnabled"] = false;
  document["RestoreSummary"] = summary;
  document["RestoreSummary"].emplace("RestoreDateTime", context.timestamp());
  document["RestoreSummary"]["RestoreInProgress"] = true;
  document["RestoreSummary"]["SourceTableArn"] = source.at("TableArn");
  const std::string mode = override_billing(context, input, document);
  override_global_indexes(input, document, mode);
  override_indexes(input, "LocalSecondaryIndexOverride", "LocalSecondaryIndexes", document,
                   [&](const Input& index) { return local_index_description(index, resource.arn); });
  rename_indexes(document);
  drop_unused_definitions(document);
  if (const auto specification = input.find_object("SSESpecificationOverride")) {
    document.erase("SSEDescription");
    if (Json sse = sse_description(context, specification); !sse.is_null()) document["SSEDescription"] = std::move(sse);
  }
  check_description(document);
  allocate_ids(context, resource);
  begin_creation(context, resource);
  context.resources().put(resource);
  return table_of(std::move(resource));
}

void fill_indexes(RequestContext& context, const Table& table) {
  for (const auto& index : table.indexes) ItemStore(context.tx).backfill(table, index);
}

}  // namespace orrery::dynamodb
