#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

namespace {

// Destinations are kept and returned; there is no Kinesis here that records could go to, and every stream that this
// account can have in this region counts as there. A destination that was turned off, or failed, stays listed. Checks,
// words and times as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

constexpr const char* kDestinations = "KinesisDestinations";
constexpr const char* kPrecision = "ApproximateCreationDateTimePrecision";
constexpr const char* kOnEnabling = "EnableKinesisStreamingConfiguration";
constexpr const char* kOnUpdating = "UpdateKinesisStreamingConfiguration";
constexpr aws::Millis kEnabling = 6'000, kFailing = 2'000, kDisabling = 2'000, kRefining = 124'000;

/// A change of a destination's: how it is called, for how long, and what it comes to.
struct Passage {
  const char *meanwhile, *then;
  aws::Millis takes;
};

Table destined_table(RequestContext& context, const Input& input) {
  Table table = require_described_table(context, input.str("TableName"));
  if (just_created(context, table.resource)) throw table_not_found(table.name);
  return table;
}

Json* find_destination(Table& table, const std::string& arn) {
  for (auto& destination : table.resource.hidden[kDestinations]) {
    if (destination.at("StreamArn") == arn) return &destination;
  }
  return nullptr;
}

std::string status_at(const Json& destination, aws::Millis now) {
  const auto passage = destination.find("Passage");
  const bool under_way = passage != destination.end() && now < passage->at("Until").get<aws::Millis>();
  return (under_way ? passage->at("Status") : destination.at("DestinationStatus")).get<std::string>();
}

void begin_passage(const RequestContext& context, Json& destination, const Passage& passage) {
  destination["DestinationStatus"] = passage.then;
  destination.erase("Passage");
  if (context.settings.lifecycle == Lifecycle::realistic)
    destination["Passage"] = {{"Status", passage.meanwhile}, {"Until", context.now + passage.takes}};
}

/// Why AWS would come to be unable to write to a stream, as it says; "" where it would be able.
std::string enabling_failure(const RequestContext& context, const std::string& arn) {
  const std::string unusable =
      "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in ";
  const aws::Arn parts = aws::parse_arn(arn);
  if (parts.service == "firehose") return unusable + "Active state";
  constexpr std::string_view kStream = "stream/";
  const bool stream = parts.service == "kinesis" && parts.resource.starts_with(kStream) &&
                      parts.resource.find('/', kStream.size()) == std::string::npos;
  if (!stream) return "User does not have a permission to use kinesis stream";
  if (parts.region != context.region) return unusable + "the current region";
  return parts.account == context.account ? "" : unusable + "Active state";
}

AwsError wrong_state(const std::string& why) {
  return validation("Table is not in a valid state to enable Kinesis Streaming Destination: " + why);
}

Json destination_answer(const Table& table, const std::string& arn, const char* status) {
  return {{"TableName", table.name}, {"StreamArn", arn}, {"DestinationStatus", status}};
}

}  // namespace

Json enable_kinesis_streaming_destination(RequestContext& context, const Input& input) {
  Table table = destined_table(context, input);
  const std::string arn = input.str("StreamArn");
  const auto precision = input.object(kOnEnabling).find_str(kPrecision);
  Json& destinations = table.resource.hidden[kDestinations];
  for (const auto& destination : destinations) {
    const std::string status = status_at(destination, context.now);
    if (status == "DISABLED" || status == "ENABLE_FAILED") continue;
    throw wrong_state(
        "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.");
  }
  Json* destination = find_destination(table, arn);
  if (!destination) {  // the latest comes first
    if (destinations.is_null()) destinations = Json::array();
    destination = &*destinations.insert(destinations.begin(), Json::object());
  }
  *destination = {{"StreamArn", arn}};
  if (precision) (*destination)[kPrecision] = *precision;
  const std::string failure = enabling_failure(context, arn);
  if (!failure.empty()) (*destination)["DestinationStatusDescription"] = failure;
  begin_passage(
      context, *destination,
      failure.empty() ? Passage{"ENABLING", "ACTIVE", kEnabling} : Passage{"ENABLING", "ENABLE_FAILED", kFailing});
  context.resources().put(table.resource);
  Json out = destination_answer(table, arn, "ENABLING");
  out[kOnEnabling] = precision ? Json{{kPrecision, *precision}} : Json::object();
  return out;
}

Json disable_kinesis_streaming_destination(RequestContext& context, const Input& input) {
  Table table = destined_table(context, input);
  if (input.object(kOnEnabling).find_str(kPrecision))
    throw validation("Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters");
  const std::string arn = input.str("StreamArn");
  Json* destination = find_destination(table, arn);
  const std::string status = destination ? status_at(*destination, context.now) : "";
  if (status != "ACTIVE" && status != "DISABLING")
    throw wrong_state("KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
  if (status == "ACTIVE") {
    begin_passage(context, *destination, {"DISABLING", "DISABLED", kDisabling});
    context.resources().put(table.resource);
  }
  return destination_answer(table, arn, "DISABLING");
}

Json update_kinesis_streaming_destination(RequestContext& context, const Input& input) {
  Table table = destined_table(context, input);
  const std::string arn = input.str("StreamArn");
  const auto precision = input.object(kOnUpdating).find_str(kPrecision);
  Json* destination = find_destination(table, arn);
  if (!destination) {
    throw wrong_state("No streaming destination with streamArn: " + arn +
                      " found for table with tableName: " + table.name);
  }
  if (status_at(*destination, context.now) != "ACTIVE") {
    throw wrong_state(
        "Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. TableName: " + table.name +
        ", kdsArn: " + arn);
  }
  if (!precision) {
    throw validation(
        "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration "
        "cannot be null or contain only null values");
  }
  if (destination->value(kPrecision, "MILLISECOND") == *precision) {
    throw invalid_request("Precision is already set to the desired value of " + *precision +
                          " for tableId: " + table.document().at("TableId").get<std::string>() + ", kdsArn: " + arn);
  }
  (*destination)[kPrecision] = *precision;
  begin_passage(context, *destination, {"UPDATING", "ACTIVE", kRefining});
  context.resources().put(table.resource);
  Json out = destination_answer(table, arn, "UPDATING");
  out[kOnUpdating] = {{kPrecision, *precision}};
  return out;
}

Json describe_kinesis_streaming_destination(RequestContext& context, const Input& input) {
  const Table table = destined_table(context, input);
  Json out = {{"TableName", table.name}, {"KinesisDataStreamDestinations", Json::array()}};
  for (Json destination : table.resource.hidden.value(kDestinations, Json::array())) {
    destination["DestinationStatus"] = status_at(destination, context.now);
    destination.erase("Passage");
    if (destination["DestinationStatus"] == "ENABLING") destination.erase("DestinationStatusDescription");
    out["KinesisDataStreamDestinations"].push_back(std::move(destination));
  }
  return out;
}

}  // namespace orrery::dynamodb
