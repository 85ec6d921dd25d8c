#include "aws/ids.hpp"
#include "registry/pagination.hpp"
#include "services/dynamodb/deletion.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/global_table.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/quotas.hpp"
#include "services/dynamodb/replicas.hpp"
#include "services/dynamodb/resource_policy.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/strong_group.hpp"
#include "services/dynamodb/tags.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostListed = 100;

Json attribute_definitions(const Input& input) {
  Json out = Json::array();
  for (const auto& definition : input.objects("AttributeDefinitions"))
    out.push_back(
        {{"AttributeName", definition.str("AttributeName")}, {"AttributeType", definition.str("AttributeType")}});
  return out;
}

void set_billing(RequestContext& context, const Input& input, Json& document) {
  const std::string mode = input.str("BillingMode", "PROVISIONED");
  const auto provisioned = input.find_object("ProvisionedThroughput");
  if (mode == "PROVISIONED" && !provisioned)
    throw invalid_parameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
  if (mode == "PAY_PER_REQUEST" && provisioned) {
    throw invalid_parameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
  }
  document["ProvisionedThroughput"] = throughput(provisioned);
  if (mode == "PAY_PER_REQUEST") {
    document["BillingModeSummary"] = {{"BillingMode", mode},
                                      {"LastUpdateToPayPerRequestDateTime", context.timestamp()}};
  }
  const auto warm = input.find_object("WarmThroughput");
  if (warm) check_warm_minimum(context, *warm, mode, document.at("ProvisionedThroughput"));
  document["WarmThroughput"] = warm_throughput(warm, mode, document.at("ProvisionedThroughput"));
  if (const auto maxima = input.find_object("OnDemandThroughput")) {
    check_on_demand_maxima(context, *maxima, mode, "", Occasion::creation);
    set_on_demand_maxima(document, *maxima);
  }
  check_capacity(context, provisioned);
}

Json description(RequestContext& context, const Input& input, const std::string& name) {
  const std::string arn = context.arn("table/" + name);
  Json document = {{"TableName", name},
                   {"TableArn", arn},
                   {"TableId", aws::uuid()},
                   {"TableStatus", "ACTIVE"},
                   {"CreationDateTime", context.timestamp()},
                   {"AttributeDefinitions", attribute_definitions(input)},
                   {"KeySchema", Json::array()},
                   {"TableSizeBytes", 0},
                   {"ItemCount", 0},
                   {"DeletionProtectionEnabled", input.flag("DeletionProtectionEnabled")}};
  for (const auto& element : input.objects("KeySchema"))
    document["KeySchema"].push_back(
        {{"AttributeName", element.str("AttributeName")}, {"KeyType", element.str("KeyType")}});
  set_billing(context, input, document);
  if (input.has("LocalSecondaryIndexes")) {
    document["LocalSecondaryIndexes"] = Json::array();
    for (const auto& index : input.objects("LocalSecondaryIndexes"))
      document["LocalSecondaryIndexes"].push_back(local_index_description(index, arn));
  }
  if (input.has("GlobalSecondaryIndexes")) {
    document["GlobalSecondaryIndexes"] = Json::array();
    for (const auto& index : input.objects("GlobalSecondaryIndexes"))
      document["GlobalSecondaryIndexes"].push_back(
          global_index_description(index, arn, input.str("BillingMode", "PROVISIONED")));
  }
  if (Json sse = sse_description(context, input.find_object("SSESpecification")); !sse.is_null())
    document["SSEDescription"] = std::move(sse);
  if (const auto table_class = input.find_str("TableClass"))
    document["TableClassSummary"] = {{"TableClass", *table_class}};
  return document;
}

/// What CreateTable answers, which has less than DescribeTable has at once after it (aws-controllers-k8s' notes).
Json creation_begun(const RequestContext& context, const Input& input, const storage::Resource& table) {
  Json out = begun(context, table, table.document);
  if (input.has("WarmThroughput")) {
    out["WarmThroughput"]["Status"] = "UPDATING";
  } else {
    out.erase("WarmThroughput");
  }
  if (out.contains("BillingModeSummary")) out["BillingModeSummary"].erase("LastUpdateToPayPerRequestDateTime");
  if (!out.contains("GlobalSecondaryIndexes")) return out;
  for (auto& index : out["GlobalSecondaryIndexes"]) index.erase("WarmThroughput");
  return out;
}

}  // namespace

Json create_table(RequestContext& context, const Input& input) {
  if (input.has("GlobalTableSourceArn")) throw not_implemented("global tables of several accounts");
  const std::string name = table_name(input.str("TableName"));
  if (name.size() < 3 || name.size() > 255) {
    throw validation("TableName must be at least 3 characters long and at most 255 characters long");
  }
  check_table_name(name);
  storage::Resource resource;
  resource.kind = Table::kKind;
  resource.id = name;
  resource.arn = context.arn("table/" + name);
  resource.created = context.now;
  resource.document = description(context, input, name);
  check_description(resource.document);
  sort_definitions(resource.document);
  for (const auto& index : input.objects("GlobalSecondaryIndexes"))
    check_new_index(context, index, billing_mode(resource.document), Occasion::creation);
  finish_erasing(context, name);
  if (const auto held = context.resources().find(Table::kKind, name)) throw name_taken(context, *held);

  allocate_ids(context, resource);
  if (const auto stream = input.find_object("StreamSpecification"); stream) {
    const bool enabled = stream->flag("StreamEnabled"), view = stream->has("StreamViewType");
    if (enabled && !view)
      throw invalid_parameter("Table is being created with a stream enabled, UpdateViewType is required");
    if (!enabled && view)
      throw invalid_parameter("Table is being created with a stream disabled, UpdateViewType should not be specified");
    if (enabled) set_stream(context, resource, *stream);
  }
  if (const auto policy = input.find_str("ResourcePolicy")) create_with_policy(context, resource, *policy);
  begin_creation(context, resource);
  context.resources().put(resource);
  context.resources().tag(Table::kKind, name, checked_tags(input, {}));
  return {{"TableDescription", creation_begun(context, input, resource)}};
}

Json describe_table(RequestContext& context, const Input& input) {
  return {{"Table", described(context, require_described_table(context, input.str("TableName")))}};
}

Json delete_table(RequestContext& context, const Input& input) {
  Table table = require_described_table(context, input.str("TableName"));
  check_unprotected(context, table);
  check_no_source(context, table);
  check_no_strong_group(table);
  check_deletable(context, table.resource);
  check_tags_written(context, table.resource);
  check_policy_settled(context, table.resource);
  Json out = Json::object();  // less than DescribeTable gives: neither keys nor indexes
  const Json whole = described(context, table);
  for (const char* member : {"TableName", "TableArn", "TableId", "ItemCount", "TableSizeBytes", "ProvisionedThroughput",
                             "BillingModeSummary", "TableClassSummary", "DeletionProtectionEnabled", "SSEDescription",
                             "GlobalTableVersion", "Replicas"}) {
    if (whole.contains(member)) out[member] = whole.at(member);
  }
  out["TableStatus"] = "DELETING";
  leave_replicas(context, table.resource);
  leave_global_table(context, table);
  begin_erasing(context, std::move(table));
  return {{"TableDescription", std::move(out)}};
}

Json list_tables(RequestContext& context, const Input& input) {
  const auto limit = static_cast<std::size_t>(input.integer("Limit", kMostListed));
  auto tables = context.resources().list(Table::kKind, input.str("ExclusiveStartTableName"), limit + 1);
  Json out = {{"TableNames", Json::array()}};
  if (tables.size() > limit) {
    tables.pop_back();
    out["LastEvaluatedTableName"] = tables.back().id;
  }
  for (const auto& table : tables) out["TableNames"].push_back(table.id);
  return out;
}

}  // namespace orrery::dynamodb
