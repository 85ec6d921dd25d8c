#include <charconv>

#include "aws/ids.hpp"
#include "services/dynamodb/change_log.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/key.hpp"
#include "services/dynamodb/stream.hpp"
#include "services/dynamodb/stream_operations.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::int64_t kMostStreams = 100, kMostRecords = 1000;
constexpr std::size_t kMostRecordBytes = 1024 * 1024;
constexpr aws::Millis kIteratorLife = 15 * 60 * 1000;

std::int64_t limit(const Input& input, std::int64_t most) {
  const std::int64_t limit = input.integer("Limit", most);
  if (limit <= most) return limit;
  throw validation("1 validation error detected: Value '" + std::to_string(limit) +
                   "' at 'limit' failed to satisfy constraint: Member must have value less than or equal to " +
                   std::to_string(most));
}

Stream require_stream(RequestContext& context, const std::string& arn) {
  const auto parts = aws::parse_arn(arn);
  if (!parts.valid() || parts.resource.find("/stream/") == std::string::npos)
    throw validation("Invalid StreamArn: " + arn);
  auto stream = find_stream(context, arn);
  if (!stream) {
    throw AwsError("ResourceNotFoundException", 400, "Requested resource not found: Stream: " + arn + " not found");
  }
  return std::move(*stream);
}

AwsError shard_not_found(const std::string& shard, const std::string& stream) {
  return {"ResourceNotFoundException", 400,
          "Requested resource not found: Shard: " + shard + " in Stream: " + stream + " not found"};
}

AwsError trimmed() {
  return {"TrimmedDataAccessException", 400,
          "The operation attempted to read past the oldest stream record in a shard. Requested position is older than "
          "24 hours."};
}

/// The sequence of the oldest record that is not older than 24 hours; one beyond the last where there is none.
std::int64_t horizon(RequestContext& context, const Stream& stream) {
  const ChangeLog log(context.tx);
  std::int64_t oldest = log.last(stream.log()) + 1;
  log.visit(stream.log(), 1, ChangeLog::Order::oldest_first, [&](const Change& change) {
    if (change.time < context.now - Stream::kRetention) return true;
    oldest = change.sequence;
    return false;
  });
  return oldest;
}

/// "arn|1|base64 of when it was issued, and the sequence of the next record".
struct Iterator {
  std::string stream_arn;
  aws::Millis issued = 0;
  std::int64_t next = 0;

  std::string text() const {
    return stream_arn + "|1|" + aws::base64(std::to_string(issued) + ":" + std::to_string(next));
  }
  static Iterator parse(const std::string& text) {
    const AwsError invalid = validation("Invalid ShardIterator");
    const auto first = text.find("|1|");
    std::string place;
    if (first == std::string::npos || !aws::base64_decode(text.substr(first + 3), place)) throw invalid;
    Iterator out{text.substr(0, first), 0, 0};
    const char* end = place.data() + place.size();
    const auto time = std::from_chars(place.data(), end, out.issued);
    if (time.ec != std::errc() || time.ptr == end || *time.ptr != ':') throw invalid;
    const auto sequence = std::from_chars(time.ptr + 1, end, out.next);
    if (sequence.ec != std::errc() || sequence.ptr != end || out.next < 1) throw invalid;
    return out;
  }
};

Json keys_of(const Stream& stream, const Json& item) {
  Json out = Json::object();
  for (const auto& element : stream.resource.document.at("KeySchema")) {
    const auto name = element.at("AttributeName").get<std::string>();
    out[name] = item.at(name);
  }
  return out;
}

Json record(RequestContext& context, const Stream& stream, const Change& change) {
  const auto view = stream.resource.document.at("StreamViewType").get<std::string>();
  Json keys = keys_of(stream, change.after ? *change.after : *change.before);
  std::size_t size = item_size(keys);
  Json held = {{"ApproximateCreationDateTime", change.time / 1000},
               {"SequenceNumber", stream.sequence_number(change.sequence)},
               {"StreamViewType", view}};
  const auto image = [&](const char* member, const std::optional<Json>& item) {
    if (!item) return;
    size += item_size(*item);
    held[member] = *item;
  };
  if (view == "NEW_IMAGE" || view == "NEW_AND_OLD_IMAGES") image("NewImage", change.after);
  if (view == "OLD_IMAGE" || view == "NEW_AND_OLD_IMAGES") image("OldImage", change.before);
  held["Keys"] = std::move(keys);
  held["SizeBytes"] = size;
  Json out = {{"eventID", aws::hex(aws::md5(stream.resource.arn + "/" + std::to_string(change.sequence)))},
              {"eventName", !change.before ? "INSERT"
                            : change.after ? "MODIFY"
                                           : "REMOVE"},
              {"eventVersion", "1.1"},
              {"eventSource", "aws:dynamodb"},
              {"awsRegion", context.region},
              {"dynamodb", std::move(held)}};
  // developer guide, "DynamoDB Streams and Time to Live"
  if (change.actor == Change::Actor::expiry)
    out["userIdentity"] = {{"Type", "Service"}, {"PrincipalId", "dynamodb.amazonaws.com"}};
  return out;
}

}  // namespace

Json list_streams(RequestContext& context, const Input& input) {
  const auto most = static_cast<std::size_t>(limit(input, kMostStreams));
  std::string after;
  if (const auto start = input.find_str("ExclusiveStartStreamArn")) {
    const auto parts = aws::parse_arn(*start);
    const auto middle = parts.resource.find("/stream/");
    if (!parts.resource.starts_with("table/") || middle == std::string::npos)
      throw validation("Invalid StreamArn: " + *start);
    after = parts.resource.substr(6, middle - 6) + parts.resource.substr(middle + 7);
  }
  const std::string table = input.str("TableName");
  Json out = {{"Streams", Json::array()}};
  for (auto& resource : streams(context).list(Stream::kKind)) {
    const Stream stream{std::move(resource)};
    const Json& document = stream.resource.document;
    if (stream.resource.id <= after || stream.over(context.now)) continue;
    if (!table.empty() && document.at("TableName") != table) continue;
    if (out["Streams"].size() == most) {
      out["LastEvaluatedStreamArn"] = out["Streams"].back().at("StreamArn");
      break;
    }
    out["Streams"].push_back({{"StreamArn", document.at("StreamArn")},
                              {"TableName", document.at("TableName")},
                              {"StreamLabel", document.at("StreamLabel")}});
  }
  return out;
}

namespace {

/// The status settles as the table's does (recorded in 2026, aws-controllers-k8s' notes on DynamoDB).
const char* stream_status(const RequestContext& context, const Stream& stream) {
  constexpr aws::Millis kEnabling = 4'000, kDisabling = 6'000;
  const bool realistic = context.settings.lifecycle == Lifecycle::realistic;
  if (const auto ended = stream.ended())
    return realistic && context.now < *ended + kDisabling ? "DISABLING" : "DISABLED";
  return realistic && context.now < stream.created() + kEnabling ? "ENABLING" : "ENABLED";
}

}  // namespace

Json describe_stream(RequestContext& context, const Input& input) {
  limit(input, kMostStreams);  // there is but one shard
  const Stream stream = require_stream(context, input.str("StreamArn"));
  const std::string shard = stream.shard_id(), after = input.str("ExclusiveStartShardId");
  Json out = stream.resource.document;
  out["StreamStatus"] = stream_status(context, stream);
  out["Shards"] = Json::array();
  const auto filter = input.find_object("ShardFilter");
  const bool children = filter && filter->has("Type");  // CHILD_SHARDS, the only type: of one that has none
  if (children) {
    filter->str("Type");
    if (filter->str("ShardId") != shard) throw shard_not_found(filter->str("ShardId"), stream.resource.arn);
  }
  if (!children && after < shard) {
    Json range = {{"StartingSequenceNumber", stream.sequence_number(1)}};
    if (stream.ended()) {
      const std::int64_t last = ChangeLog(context.tx).last(stream.log());
      range["EndingSequenceNumber"] = stream.sequence_number(std::max<std::int64_t>(last, 1));
    }
    out["Shards"].push_back({{"ShardId", shard}, {"SequenceNumberRange", std::move(range)}});
  }
  return {{"StreamDescription", std::move(out)}};
}

Json get_shard_iterator(RequestContext& context, const Input& input) {
  const Stream stream = require_stream(context, input.str("StreamArn"));
  const std::string type = input.str("ShardIteratorType"), shard = input.str("ShardId");
  const auto number = input.find_str("SequenceNumber");
  const bool by_number = type == "AT_SEQUENCE_NUMBER" || type == "AFTER_SEQUENCE_NUMBER";
  if (by_number && !number) {
    throw validation(
        "1 validation error detected: Value null at 'sequenceNumber' failed to satisfy constraint: Member "
        "must not be null for ShardIteratorType " +
        type);
  }
  if (!by_number && number) throw validation("SequenceNumber cannot be specified with ShardIteratorType " + type);
  if (shard != stream.shard_id()) throw shard_not_found(shard, stream.resource.arn);
  Iterator out{stream.resource.arn, context.now, 0};
  if (by_number) {
    const auto sequence = stream.sequence(*number);
    if (!sequence) throw validation("Invalid SequenceNumber: " + *number);
    out.next = std::max<std::int64_t>(1, *sequence + (type == "AFTER_SEQUENCE_NUMBER" ? 1 : 0));
    if (out.next < horizon(context, stream)) throw trimmed();
  } else {
    out.next = type == "LATEST" ? ChangeLog(context.tx).last(stream.log()) + 1 : horizon(context, stream);
  }
  return {{"ShardIterator", out.text()}};
}

Json get_records(RequestContext& context, const Input& input) {
  const auto most = static_cast<std::size_t>(limit(input, kMostRecords));
  Iterator iterator = Iterator::parse(input.str("ShardIterator"));
  const Stream stream = require_stream(context, iterator.stream_arn);
  if (iterator.issued + kIteratorLife < context.now) {
    throw AwsError(
        "ExpiredIteratorException", 400,
        "The shard iterator has expired. A shard iterator expires 15 minutes after it is retrieved using the "
        "GetShardIterator action.");
  }
  const ChangeLog log(context.tx);
  if (iterator.next < horizon(context, stream)) throw trimmed();
  Json records = Json::array();
  std::size_t bytes = 0;
  log.visit(stream.log(), iterator.next, ChangeLog::Order::oldest_first, [&](const Change& change) {
    Json next = record(context, stream, change);
    bytes += next.at("dynamodb").at("SizeBytes").get<std::size_t>();
    if (records.size() == most || (bytes > kMostRecordBytes && !records.empty())) return false;
    records.push_back(std::move(next));
    iterator.next = change.sequence + 1;
    return true;
  });
  Json out = {{"Records", std::move(records)}};
  iterator.issued = context.now;
  // A closed shard that was read to its end has no next iterator.
  if (!stream.ended() || iterator.next <= log.last(stream.log())) out["NextShardIterator"] = iterator.text();
  return out;
}

}  // namespace orrery::dynamodb
