#include "services/dynamodb/stream.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/change_log.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kTimeDigits = 13, kSequenceDigits = 12;

std::string padded(std::int64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

/// "name/label" of "arn:…:table/name/stream/label"; "" for another kind of ARN.
std::string id_of(const aws::Arn& arn) {
  constexpr std::string_view kTable = "table/", kStream = "/stream/";
  const auto middle = arn.resource.find(kStream);
  if (!arn.resource.starts_with(kTable) || middle == std::string::npos) return "";
  return arn.resource.substr(kTable.size(), middle - kTable.size()) + "/" +
         arn.resource.substr(middle + kStream.size());
}

}  // namespace

std::optional<aws::Millis> Stream::ended() const {
  const auto found = resource.hidden.find("Ended");
  return found == resource.hidden.end() ? std::nullopt : std::optional(found->get<aws::Millis>());
}

std::string Stream::shard_id() const {
  return "shardId-" + padded(created(), 20) + "-" + aws::hex(aws::md5(resource.arn)).substr(0, 8);
}

std::string Stream::sequence_number(std::int64_t sequence) const {
  return padded(created(), kTimeDigits) + padded(sequence, kSequenceDigits);
}

std::optional<std::int64_t> Stream::sequence(const std::string& number) const {
  const bool digits = std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (!digits || number.size() != kTimeDigits + kSequenceDigits) return std::nullopt;
  if (number.substr(0, kTimeDigits) != padded(created(), kTimeDigits)) return std::nullopt;
  return std::stoll(number.substr(kTimeDigits));
}

storage::ResourceTable streams(RequestContext& context) { return context.resources("dynamodb", context.region); }

std::optional<Stream> find_stream(RequestContext& context, const std::string& arn) {
  auto resource = streams(context).find(Stream::kKind, id_of(aws::parse_arn(arn)));
  if (!resource || resource->arn != arn) return std::nullopt;
  Stream stream{std::move(*resource)};
  return stream.over(context.now) ? std::nullopt : std::optional(std::move(stream));
}

void open_stream(RequestContext& context, storage::Resource& table, const std::string& view_type) {
  Json& document = table.document;
  std::string label = aws::iso8601_ms(context.now);
  label.pop_back();  // the label has no zone
  storage::Resource stream;
  stream.kind = Stream::kKind;
  stream.id = table.id + "/" + label;
  stream.arn = table.arn + "/stream/" + label;
  stream.created = context.now;
  stream.hidden = {{"Log", ChangeLog(context.tx).allocate(Stream::kRetention)}};
  stream.document = {{"StreamArn", stream.arn},
                     {"StreamLabel", label},
                     {"StreamStatus", "ENABLED"},
                     {"StreamViewType", view_type},
                     {"TableName", table.id},
                     {"CreationRequestDateTime", context.timestamp()},
                     {"KeySchema", document.at("KeySchema")}};
  streams(context).put(stream);
  document["StreamSpecification"] = {{"StreamEnabled", true}, {"StreamViewType", view_type}};
  document["LatestStreamLabel"] = label;
  document["LatestStreamArn"] = stream.arn;
  table.hidden["StreamLog"] = stream.hidden.at("Log");
}

void close_stream(RequestContext& context, storage::Resource& table) {
  table.document.erase("StreamSpecification");
  table.hidden.erase("StreamLog");
  end_stream(context, table);
}

void end_stream(RequestContext& context, const storage::Resource& table) {
  auto stream = find_stream(context, table.document.value("LatestStreamArn", ""));
  if (!stream || stream->ended()) return;
  stream->resource.document["StreamStatus"] = "DISABLED";
  stream->resource.hidden["Ended"] = context.now;
  streams(context).put(stream->resource);
}

void forget_streams(RequestContext& context) {
  const std::string account = context.account, region = context.region;
  // The label, which ends the id, is when the stream began.
  const std::string begun = aws::iso8601_ms(context.now - Stream::kRetention);
  for (const auto& location : storage::locations(context.tx, "dynamodb", Stream::kKind)) {
    if (location.id.substr(location.id.rfind('/') + 1) > begun) continue;
    context.account = location.account;
    context.region = location.region;
    auto resource = streams(context).find(Stream::kKind, location.id);
    if (!resource) continue;
    const Stream stream{std::move(*resource)};
    if (!stream.over(context.now)) continue;
    ChangeLog(context.tx).drop(stream.log());
    streams(context).erase(Stream::kKind, location.id);
  }
  context.account = account;
  context.region = region;
}

}  // namespace orrery::dynamodb
