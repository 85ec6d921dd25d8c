#include <set>

#include "services/dynamodb/description.hpp"

#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/quotas.hpp"
#include "services/dynamodb/replicas.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/stream.hpp"

namespace orrery::dynamodb {

namespace {

Json key_elements(const Input& input) {
  Json out = Json::array();
  for (const auto& element : input.objects("KeySchema"))
    out.push_back({{"AttributeName", element.str("AttributeName")}, {"KeyType", element.str("KeyType")}});
  return out;
}

Json projection(const Input& index) {
  const Input input = index.object("Projection");
  Json out = Json::object();
  if (const auto type = input.find_str("ProjectionType")) out["ProjectionType"] = *type;
  if (input.has("NonKeyAttributes")) out["NonKeyAttributes"] = input.json("NonKeyAttributes");
  return out;
}

Json index_description(const Input& index, const std::string& table_arn) {
  const std::string name = index.str("IndexName");
  return {{"IndexName", name},
          {"KeySchema", key_elements(index)},
          {"Projection", projection(index)},
          {"IndexSizeBytes", 0},
          {"ItemCount", 0},
          {"IndexArn", table_arn + "/index/" + name}};
}

}  // namespace

std::string billing_mode(const Json& document) {
  return document.contains("BillingModeSummary")
             ? document.at("BillingModeSummary").at("BillingMode").get<std::string>()
             : "PROVISIONED";
}

Json throughput(const std::optional<Input>& input) {
  return {{"NumberOfDecreasesToday", 0},
          {"ReadCapacityUnits", input ? input->integer("ReadCapacityUnits") : 0},
          {"WriteCapacityUnits", input ? input->integer("WriteCapacityUnits") : 0}};
}

void change_billing_mode(const RequestContext& context, Json& document, const std::string& mode) {
  document["BillingModeSummary"]["BillingMode"] = mode;
  document.erase("OnDemandThroughput");
  const bool on_demand = mode == "PAY_PER_REQUEST";
  if (on_demand) {
    document["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] = context.timestamp();
    for (const char* member : {"ReadCapacityUnits", "WriteCapacityUnits"})
      document["ProvisionedThroughput"][member] = 0;  // what else it has stays
  }
  if (!document.contains("GlobalSecondaryIndexes")) return;
  for (auto& index : document["GlobalSecondaryIndexes"]) {
    index.erase("OnDemandThroughput");
    if (!on_demand) continue;
    count_decreases_today(context, index);
    Json& held = index["ProvisionedThroughput"];  // for an index it counts as a decrease, for a table it does not
    held["NumberOfDecreasesToday"] = held.at("NumberOfDecreasesToday").get<std::int64_t>() + 1;
    held["LastDecreaseDateTime"] = context.timestamp();
    for (const char* member : {"ReadCapacityUnits", "WriteCapacityUnits"}) held[member] = 0;
  }
}

Json warm_throughput(const std::optional<Input>& input, const std::string& billing_mode, const Json& provisioned) {
  // On-demand tables start warm for 12,000 reads and 4,000 writes a second (developer guide, "Warm throughput").
  const bool on_demand = billing_mode == "PAY_PER_REQUEST";
  std::int64_t reads = on_demand ? 12000 : provisioned.at("ReadCapacityUnits").get<std::int64_t>();
  std::int64_t writes = on_demand ? 4000 : provisioned.at("WriteCapacityUnits").get<std::int64_t>();
  if (input) {
    reads = std::max(reads, input->integer("ReadUnitsPerSecond", reads));
    writes = std::max(writes, input->integer("WriteUnitsPerSecond", writes));
  }
  return {{"ReadUnitsPerSecond", reads}, {"WriteUnitsPerSecond", writes}, {"Status", "ACTIVE"}};
}

void warm_at_least(Json& description, const std::string& mode) {
  const Json floor = warm_throughput(std::nullopt, mode, description.at("ProvisionedThroughput"));
  for (const char* member : {"ReadUnitsPerSecond", "WriteUnitsPerSecond"}) {
    if (description["WarmThroughput"].value(member, std::int64_t{0}) < floor.at(member).get<std::int64_t>())
      description["WarmThroughput"][member] = floor.at(member);
  }
}

Json on_demand_throughput(const Input& asked) {
  Json description = Json::object();
  set_on_demand_maxima(description, asked);
  return description.value("OnDemandThroughput", Json::object());
}

void set_on_demand_maxima(Json& description, const Input& asked) {
  Json held = description.value("OnDemandThroughput", Json::object());
  for (const char* member : {"MaxReadRequestUnits", "MaxWriteRequestUnits"}) {
    if (const auto units = asked.find_integer(member)) held[member] = *units;
    if (held.value(member, -1) == -1) held.erase(member);
  }
  description.erase("OnDemandThroughput");
  if (!held.empty()) description["OnDemandThroughput"] = std::move(held);
}

void raise_warm_throughput(Json& description, const Input& asked) {
  for (const char* member : {"ReadUnitsPerSecond", "WriteUnitsPerSecond"}) {
    if (const auto units = asked.find_integer(member)) description["WarmThroughput"][member] = *units;
  }
}

Json local_index_description(const Input& index, const std::string& table_arn) {
  return index_description(index, table_arn);
}

Json global_index_description(const Input& index, const std::string& table_arn, const std::string& billing_mode) {
  Json out = index_description(index, table_arn);
  const auto provisioned = index.find_object("ProvisionedThroughput");
  out["IndexStatus"] = "ACTIVE";
  if (Json& shown = out["Projection"]; shown.contains("NonKeyAttributes"))  // in order (aws-controllers-k8s' notes)
    std::sort(shown["NonKeyAttributes"].begin(), shown["NonKeyAttributes"].end());
  out["ProvisionedThroughput"] = throughput(billing_mode == "PROVISIONED" ? provisioned : std::nullopt);
  out["WarmThroughput"] =
      warm_throughput(index.find_object("WarmThroughput"), billing_mode, out["ProvisionedThroughput"]);
  if (const auto maxima = index.find_object("OnDemandThroughput")) set_on_demand_maxima(out, *maxima);
  return out;
}

void set_stream(RequestContext& context, storage::Resource& table, const Input& specification) {
  const Json& document = table.document;
  const bool enabled = specification.flag("StreamEnabled");
  const std::string view = specification.str("StreamViewType");
  const bool was = document.contains("StreamSpecification");
  if (!enabled) {
    if (!view.empty())
      throw invalid_parameter("If stream is being disabled, then UpdateViewType must not be specified");
    if (!was) throw validation("Table has no stream to disable: TableName: " + table.id);
    if (document.contains("GlobalTableVersion"))
      throw invalid_parameter("Disabling Stream is not allowed for a Global Table replica.");
    close_stream(context, table);
    return;
  }
  if (view.empty()) throw invalid_parameter("If stream is being enabled then UpdateViewType is required");
  if (was) throw validation("Table already has an enabled stream: TableName: " + table.id);
  open_stream(context, table, view);
}

void sort_definitions(Json& document) {
  Json& definitions = document["AttributeDefinitions"];
  std::sort(definitions.begin(), definitions.end(),
            [](const Json& a, const Json& b) { return a.at("AttributeName") < b.at("AttributeName"); });
}

void drop_unused_definitions(Json& document) {
  std::set<std::string> used;
  const auto note = [&](const Json& elements) {
    for (const auto& element : elements) used.insert(element.at("AttributeName").get<std::string>());
  };
  note(document.at("KeySchema"));
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!document.contains(member)) continue;
    for (const auto& index : document.at(member)) note(index.at("KeySchema"));
  }
  Json kept = Json::array();
  for (const auto& definition : document.at("AttributeDefinitions")) {
    if (used.contains(definition.at("AttributeName").get<std::string>())) kept.push_back(definition);
  }
  document["AttributeDefinitions"] = std::move(kept);
}

void allocate_ids(RequestContext& context, storage::Resource& table) {
  ItemStore store(context.tx);
  table.hidden["Id"] = store.allocate();
  table.hidden["IndexIds"] = Json::object();
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!table.document.contains(member)) continue;
    for (const auto& index : table.document.at(member))
      table.hidden["IndexIds"][index.at("IndexName").get<std::string>()] = store.allocate();
  }
}

Json described(RequestContext& context, const Table& table, Moment moment) {
  Json out = table.document();
  const auto usage = ItemStore(context.tx).usage(table);
  out["ItemCount"] = usage.items;
  out["TableSizeBytes"] = usage.bytes;
  count_decreases_today(context, out);
  if (out.contains("GlobalSecondaryIndexes")) {
    for (auto& index : out["GlobalSecondaryIndexes"]) count_decreases_today(context, index);
  }
  describe_replicas(context, table.resource, out);
  out = (moment == Moment::begun ? begun : settled)(context, table.resource, std::move(out));
  show_key_state(context, out);
  return out;
}

Json* find_index(Json& document, const std::string& name) {
  if (!document.contains("GlobalSecondaryIndexes")) return nullptr;
  for (auto& index : document["GlobalSecondaryIndexes"]) {
    if (index.at("IndexName") == name) return &index;
  }
  return nullptr;
}

}  // namespace orrery::dynamodb
