#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

namespace {

// Destinations are kept and returned; there is no Kinesis here that records could go to.

constexpr const char* kDestinations = "KinesisDestinations";

Json* find_destination(Table& table, const std::string& arn) {
  for (auto& destination : table.resource.hidden[kDestinations]) {
    if (destination.at("StreamArn") == arn) return &destination;
  }
  return nullptr;
}

bool active(const Json& destination) { return destination.at("DestinationStatus") == "ACTIVE"; }

AwsError wrong_state(const std::string& why) {
  return validation("Table is not in a valid state to enable Kinesis Streaming Destination: " + why);
}

/// Table and destination that a change is for; the destination must be active.
std::pair<Table, std::string> with_active_destination(RequestContext& context, const Input& input) {
  Table table = require_described_table(context, input.str("TableName"));
  std::string arn = input.str("StreamArn");
  const Json* destination = find_destination(table, arn);
  if (!destination || !active(*destination)) {
    throw wrong_state(
        context.operation.starts_with("Disable")
            ? "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation."
            : "Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. TableName: " +
                  table.name + ", kdsArn: " + arn);
  }
  return {std::move(table), std::move(arn)};
}

Json answer(const Table& table, const Json& destination, const char* configuration) {
  Json out = {{"TableName", table.name},
              {"StreamArn", destination.at("StreamArn")},
              {"DestinationStatus", destination.at("DestinationStatus")}};
  out[configuration] = {
      {"ApproximateCreationDateTimePrecision", destination.at("ApproximateCreationDateTimePrecision")}};
  return out;
}

}  // namespace

Json enable_kinesis_streaming_destination(RequestContext& context, const Input& input) {
  Table table = require_described_table(context, input.str("TableName"));
  const std::string arn = input.str("StreamArn");
  const auto parts = aws::parse_arn(arn);
  if (parts.service != "kinesis" || !parts.resource.starts_with("stream/"))
    throw validation("Invalid StreamArn: " + arn);
  const std::string precision =
      input.object("EnableKinesisStreamingConfiguration").str("ApproximateCreationDateTimePrecision", "MILLISECOND");
  for (const auto& destination : table.resource.hidden[kDestinations]) {
    if (destination.at("StreamArn") != arn || !active(destination)) continue;
    throw wrong_state(
        "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.");
  }
  Json* destination = find_destination(table, arn);
  if (!destination) destination = &table.resource.hidden[kDestinations].emplace_back(Json::object());
  *destination = {
      {"StreamArn", arn}, {"DestinationStatus", "ACTIVE"}, {"ApproximateCreationDateTimePrecision", precision}};
  const Json out = answer(table, *destination, "EnableKinesisStreamingConfiguration");
  context.resources().put(table.resource);
  return out;
}

Json disable_kinesis_streaming_destination(RequestContext& context, const Input& input) {
  auto [table, arn] = with_active_destination(context, input);
  if (const auto configuration = input.find_object("EnableKinesisStreamingConfiguration"))
    configuration->str("ApproximateCreationDateTimePrecision");  // of what is turned off
  Json& destination = *find_destination(table, arn);
  destination["DestinationStatus"] = "DISABLED";
  const Json out = answer(table, destination, "EnableKinesisStreamingConfiguration");
  context.resources().put(table.resource);
  return out;
}

Json update_kinesis_streaming_destination(RequestContext& context, const Input& input) {
  auto [table, arn] = with_active_destination(context, input);
  Json& destination = *find_destination(table, arn);
  const auto precision =
      input.object("UpdateKinesisStreamingConfiguration").find_str("ApproximateCreationDateTimePrecision");
  if (!precision) {
    throw validation(
        "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration "
        "cannot be null or contain only null values");
  }
  if (destination.at("ApproximateCreationDateTimePrecision") == *precision) {
    throw invalid_request("Precision is already set to the desired value of " + *precision +
                          " for tableId: " + table.document().at("TableId").get<std::string>() + ", kdsArn: " + arn);
  }
  destination["ApproximateCreationDateTimePrecision"] = *precision;
  const Json out = answer(table, destination, "UpdateKinesisStreamingConfiguration");
  context.resources().put(table.resource);
  return out;
}

Json describe_kinesis_streaming_destination(RequestContext& context, const Input& input) {
  const Table table = require_described_table(context, input.str("TableName"));
  return {{"TableName", table.name},
          {"KinesisDataStreamDestinations", table.resource.hidden.value(kDestinations, Json::array())}};
}

}  // namespace orrery::dynamodb
