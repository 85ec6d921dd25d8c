#include "aws/ids.hpp"
#include "services/dynamodb/backup.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

void override_billing(RequestContext& context, const Input& input, Json& document) {
  const auto mode = input.find_str("BillingModeOverride");
  const auto provisioned = input.find_object("ProvisionedThroughputOverride");
  if (mode == "PAY_PER_REQUEST") {
    document["BillingModeSummary"] = {{"BillingMode", *mode},
                                      {"LastUpdateToPayPerRequestDateTime", context.timestamp()}};
    document["ProvisionedThroughput"] = throughput(std::nullopt);
    if (document.contains("GlobalSecondaryIndexes")) {
      for (auto& index : document["GlobalSecondaryIndexes"]) index["ProvisionedThroughput"] = throughput(std::nullopt);
    }
  } else if (mode) {
    if (!provisioned && billing_mode(document) != "PROVISIONED")
      throw invalid_parameter(
          "ProvisionedThroughputOverride must be specified when BillingModeOverride is PROVISIONED");
    document["BillingModeSummary"]["BillingMode"] = *mode;
  }
  if (provisioned) document["ProvisionedThroughput"] = throughput(provisioned);
  if (const auto maxima = input.find_object("OnDemandThroughputOverride"))
    document["OnDemandThroughput"] = on_demand_throughput(*maxima);
  document["WarmThroughput"] =
      warm_throughput(std::nullopt, billing_mode(document), document.at("ProvisionedThroughput"));
}

/// The indexes that the request wants: each must be one that the source has.
template <typename Describe>
void override_indexes(const Input& input, const char* parameter, const char* member, Json& document,
                      Describe describe) {
  if (!input.has(parameter)) return;
  Json wanted = Json::array();
  for (const auto& index : input.objects(parameter)) {
    const std::string name = index.str("IndexName");
    const Json held = document.value(member, Json::array());
    if (std::none_of(held.begin(), held.end(), [&](const Json& one) { return one.at("IndexName") == name; }))
      throw validation("The table does not have the specified index: " + name);
    wanted.push_back(describe(index));
  }
  document.erase(member);
  if (!wanted.empty()) document[member] = std::move(wanted);
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

}  // namespace

Table restored_table(RequestContext& context, const Input& input, const Json& source, const Json& summary) {
  const std::string name = input.str("TargetTableName");
  check_table_name(name);
  if (context.resources().exists(Table::kKind, name))
    throw AwsError("TableAlreadyExistsException", 400, "Table already exists: " + name);
  storage::Resource resource;
  resource.kind = Table::kKind;
  resource.id = name;
  resource.arn = context.arn("table/" + name);
  resource.created = context.now;
  Json& document = resource.document = source;
  for (const char* member : {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel", "Replicas",
                             "GlobalTableVersion", "GlobalTableSettingsReplicationMode"})
    document.erase(member);
  document["TableName"] = name;
  document["TableArn"] = resource.arn;
  document["TableId"] = aws::uuid();
  document["CreationDateTime"] = context.timestamp();
  document["DeletionProtectionEnabled"] = false;
  document["RestoreSummary"] = summary;
  document["RestoreSummary"].emplace("RestoreDateTime", context.timestamp());
  document["RestoreSummary"]["RestoreInProgress"] = false;
  document["RestoreSummary"]["SourceTableArn"] = source.at("TableArn");
  override_billing(context, input, document);
  override_indexes(input, "GlobalSecondaryIndexOverride", "GlobalSecondaryIndexes", document, [&](const Input& index) {
    return global_index_description(index, resource.arn, billing_mode(document));
  });
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
