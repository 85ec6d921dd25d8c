#include "aws/ids.hpp"
#include "services/dynamodb/change_log.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/export_files.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/job.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/policy_document.hpp"
#include "services/dynamodb/recovery.hpp"
#include "services/dynamodb/settling.hpp"
#include "wire/patterns.hpp"

namespace orrery::dynamodb {

namespace {

constexpr JobShape kExport{
    "export",
    "ExportStatus",
    {"BilledSizeBytes", "EndTime", "ExportManifest", "ItemCount", "FailureCode", "FailureMessage"}};
constexpr aws::Millis kExportTakes = 150 * 1000;
constexpr aws::Millis kMinute = 60 * 1000;
constexpr std::int64_t kLeastBilledIncrement = 10'000'000;  // as a recorded export says of a few items

aws::Millis millis(double seconds) { return static_cast<aws::Millis>(seconds * 1000); }

/// What is exported: the table at a time, or its changes from one time to another.
struct Span {
  bool incremental = false;
  aws::Millis from = 0, to = 0;
  std::string view;
};

AwsError not_recoverable() {
  return invalid_export_time("Point in Time Recovery is not available for specified export time");
}

/// Checks and words as the service has them (recorded in 2026, aws-controllers-k8s' notes on DynamoDB's exports).
Span changes_asked(RequestContext& context, const Input& input, const Table& table) {
  const auto specification = input.find_object("IncrementalExportSpecification");
  if (!specification)
    throw invalid_request("Incremental Export Specification expected when export type is set as Incremental Export");
  if (!specification->has("ExportFromTime"))
    throw invalid_request("ExportFromTime must be provided in IncrementalExportSpecification");
  Span span{true, millis(specification->number("ExportFromTime")), context.now / 1000 * 1000,
            specification->str("ExportViewType", "NEW_AND_OLD_IMAGES")};
  if (specification->has("ExportToTime")) span.to = millis(specification->number("ExportToTime"));
  if (span.from < table.resource.created / 1000 * 1000)
    throw invalid_export_time("Incremental export period from time cannot be less than the table creation time : " +
                              aws::iso8601(span.from));
  if (span.to > context.now)
    throw invalid_export_time("Incremental export period to time cannot be greater than the current time : " +
                              aws::iso8601(span.to));
  const std::string difference = "Difference between export period from time and export period to time is ";
  if (span.to - span.from < 15 * kMinute) throw invalid_export_time(difference + "less than 15 minutes");
  if (span.to - span.from > 24 * 60 * kMinute) throw invalid_export_time(difference + "more than 24 hours");
  const auto earliest = earliest_restorable(context, table);
  if (!earliest) throw recovery_unavailable(table.name);
  if (span.from < millis(std::floor(*earliest))) throw not_recoverable();
  return span;
}

Span span_asked(RequestContext& context, const Input& input, const Table& table) {
  const auto type = input.find_str("ExportType");
  if (type == "INCREMENTAL_EXPORT") {
    input.acknowledge("ExportTime", "of a full export");
    return changes_asked(context, input, table);
  }
  if (input.has("IncrementalExportSpecification")) {
    throw invalid_request(
        type ? "When Export Type is Full Export , Incremental Export Specification should not be provided"
             : "Export Type expected to be Incremental Export when incremental export specification is provided");
  }
  const auto earliest = earliest_restorable(context, table);
  if (!earliest) throw recovery_unavailable(table.name);
  Span span;
  span.to = context.now;
  if (!input.has("ExportTime")) return span;
  span.to = millis(input.number("ExportTime"));
  // Clients cut the earliest time to whole seconds.
  if (span.to > context.now || span.to < millis(std::floor(*earliest)))
    throw invalid_export_time("Export Time is invalid");
  // Recovery is minutes behind on AWS, where an export of now is made all the same.
  const aws::Millis behind = lasting(context, 5 * kMinute);
  if (span.to > std::max(context.now - behind, millis(*earliest))) throw not_recoverable();
  return span;
}

void check_encryption(const Input& input) {
  if (input.has("S3SseKmsKeyId") && input.str("S3SseAlgorithm") != "KMS")
    throw invalid_request("KMS Key Id is not supported for this encryption type");
  // The pattern is ours: of the service's words the end isn't recorded.
  static constexpr char kKeyId[] = "[a-zA-Z0-9:/_-]+";
  const std::string key = input.str("S3SseKmsKeyId");
  if (!key.empty() && !wire::matches_pattern(kKeyId, key, wire::Anchoring::whole)) {
    throw invalid_request("1 validation error detected: Value '" + key +
                          "' at 's3SseKmsKeyId' failed to satisfy constraint: Member must satisfy regular expression "
                          "pattern: " +
                          kKeyId);
  }
}

Table exported_table(RequestContext& context, const std::string& arn) {
  if (arn.empty()) throw validation("Invalid TableArn: Invalid Table ARN");
  const auto parts = aws::parse_arn(arn);
  if (!parts.valid()) throw invalid_parameter("tableArn is not a valid ARN");
  if (parts.account != context.account) throw access_denied();
  if (!parts.resource.starts_with("table/") || std::count(parts.resource.begin(), parts.resource.end(), '/') != 1)
    throw invalid_request("Table ARN is invalid.");
  auto table = find_table(context, arn);
  if (!table) throw table_name_not_found(arn);
  check_denial(context, table->resource);
  return std::move(*table);
}

/// Every item as it was at the end of the span; returns the bytes of the table.
std::int64_t write_items(RequestContext& context, const Table& table, const Span& span, ExportFiles& files) {
  ItemStore store(context.tx);
  Table shown = table;
  const bool past = span.to < context.now;
  if (past) {
    shown.id = store.allocate();
    shown.indexes.clear();
    shown.expiry.clear();
    copy_as_of(context, table, shown, span.to);
  }
  store.scan(shown, nullptr, std::nullopt, [&](const Key&, const Json& item) {
    files.add({{"Item", &item}});
    return true;
  });
  const std::int64_t bytes = store.usage(shown).bytes;
  if (past) store.drop_items(shown.id);
  return bytes;
}

/// An item's way from its first change within the span to its last.
struct Net {
  std::optional<Json> before, after;
  aws::Millis time = 0;
};

std::map<Key, Net> net_changes(RequestContext& context, const Table& table, const Span& span) {
  std::map<Key, Net> out;
  ChangeLog(context.tx).visit(table.recovery_log, 1, ChangeLog::Order::oldest_first, [&](const Change& change) {
    if (change.time < span.from) return true;
    if (change.time >= span.to) return false;
    const auto [net, first] = out.try_emplace(key_in_item(table.key, change.after ? *change.after : *change.before));
    if (first) net->second.before = change.before;
    net->second.after = change.after;
    net->second.time = change.time;
    return true;
  });
  return out;
}

/// Keys, and the images that the view asks for; an item that came and went within the span is not told of.
void write_changes(RequestContext& context, const Table& table, const Span& span, ExportFiles& files) {
  for (const auto& [key, net] : net_changes(context, table, span)) {
    if (!net.before && !net.after) continue;
    const Json keys = key_attributes(table, nullptr, net.after ? *net.after : *net.before);
    const Json metadata = {{"WriteTimestampMicros", {{"N", std::to_string(net.time * 1000)}}}};
    ExportFiles::Line line{{"Metadata", &metadata}, {"Keys", &keys}};
    if (net.before && span.view == "NEW_AND_OLD_IMAGES") line.emplace_back("OldImage", &*net.before);
    if (net.after) line.emplace_back("NewImage", &*net.after);
    files.add(line);
  }
}

nlohmann::ordered_json summary_of(const storage::Resource& job, const Span& span, const ExportFiles& files) {
  const Json& document = job.document;
  const auto member = [&](const char* name) { return document.contains(name) ? document.at(name) : Json(); };
  nlohmann::ordered_json out;
  out["version"] = span.incremental ? "2023-08-01" : "2020-06-30";
  out["exportArn"] = job.arn;
  out["startTime"] = aws::iso8601_ms(job.created);
  out["endTime"] = aws::iso8601_ms(job.hidden.at("EndsAt").get<aws::Millis>());
  out["tableArn"] = member("TableArn");
  out["tableId"] = member("TableId");
  if (span.incremental) {
    out["exportFromTime"] = aws::iso8601_ms(span.from);
    out["exportToTime"] = aws::iso8601_ms(span.to);
  } else {
    out["exportTime"] = aws::iso8601_ms(span.to);
  }
  out["s3Bucket"] = member("S3Bucket");
  out["s3Prefix"] = member("S3Prefix");
  out["s3SseAlgorithm"] = member("S3SseAlgorithm");
  out["s3SseKmsKeyId"] = member("S3SseKmsKeyId");
  out["manifestFilesS3Key"] = files.manifest_key();
  out["billedSizeBytes"] = member("BilledSizeBytes");
  out["itemCount"] = member("ItemCount");
  out["outputFormat"] = member("ExportFormat");
  if (span.incremental) {
    out["outputView"] = span.view;
    out["exportType"] = "INCREMENTAL_EXPORT";
  }
  return out;
}

void write_export(RequestContext& context, const Table& table, const Span& span, storage::Resource& job) {
  Json& document = job.document;
  const bool kms = document.at("S3SseAlgorithm") == "KMS";
  ExportFiles files(context, {{document.at("S3Bucket").get<std::string>(), "", document.value("S3BucketOwner", ""),
                               kms ? "aws:kms" : "AES256", document.value("S3SseKmsKeyId", "")},
                              document.value("S3Prefix", ""),
                              job.id,
                              document.at("ExportFormat").get<std::string>(),
                              span.incremental});
  std::int64_t billed = kLeastBilledIncrement;
  if (span.incremental) {
    write_changes(context, table, span, files);
  } else {
    billed = write_items(context, table, span, files);
  }
  document["ItemCount"] = files.items();
  document["BilledSizeBytes"] = billed;
  document["ExportManifest"] = files.summary_key();
  files.finish(summary_of(job, span, files));
}

storage::Resource new_export(RequestContext& context, const Input& input, const Table& table, const Span& span,
                             const std::string& token) {
  storage::Resource job;
  job.kind = kExport.kind;
  job.id = new_job_id(context);
  job.arn = table.arn + "/export/" + job.id;
  job.created = context.now;
  job.document = {{"ExportArn", job.arn},
                  {"ExportStatus", "COMPLETED"},
                  {"StartTime", context.timestamp()},
                  {"TableArn", table.arn},
                  {"TableId", table.document().at("TableId")},
                  {"ClientToken", token},
                  {"DestinationType", "S3"},  // the service's, not in the API's model
                  {"ExportFormat", input.str("ExportFormat", "DYNAMODB_JSON")},
                  {"S3SseAlgorithm", input.str("S3SseAlgorithm", "AES256")}};
  for (const char* member : {"S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseKmsKeyId", "ExportType"}) {
    if (input.has(member)) job.document[member] = input.json(member);
  }
  if (span.incremental) {
    job.document["IncrementalExportSpecification"] = {{"ExportFromTime", aws::seconds(span.from)},
                                                      {"ExportToTime", aws::seconds(span.to)},
                                                      {"ExportViewType", span.view}};
  } else {
    job.document["ExportTime"] = aws::seconds(span.to);
  }
  set_end(context, job, "EndTime", kExportTakes);
  return job;
}

Json parameters_of(const Input& input) {
  Json out = input.all();
  out.erase("ClientToken");
  return out;
}

}  // namespace

Json export_table_to_point_in_time(RequestContext& context, const Input& input) {
  const Table table = exported_table(context, input.str("TableArn"));
  const std::string token = input.str("ClientToken", aws::uuid());
  const Json parameters = parameters_of(input);
  if (const auto before = job_with_token(context, kExport, token)) {
    if (before->hidden.at("Parameters") != parameters)
      throw AwsError("ExportConflictException", 400,
                     "Export conflict: Duplicate request detected with conflicting parameters");
    return {{"ExportDescription", job_description(context, kExport, *before)}};
  }
  check_encryption(input);
  const Span span = span_asked(context, input, table);
  storage::Resource job = new_export(context, input, table, span, token);
  job.hidden["Parameters"] = parameters;
  try {
    write_export(context, table, span, job);
  } catch (const AwsError& refused) {
    for (const char* member : {"ItemCount", "BilledSizeBytes", "ExportManifest"}) job.document.erase(member);
    const auto failure = failure_of(context, refused);
    job.document["ExportStatus"] = "FAILED";
    job.document["FailureCode"] = failure.code;
    job.document["FailureMessage"] = failure.message;
  }
  context.resources().put(job);
  return {{"ExportDescription", started_description(kExport, job)}};
}

Json describe_export(RequestContext& context, const Input& input) {
  const auto job = require_job(context, kExport, input.str("ExportArn"), [](const std::string& reason) {
    return AwsError("ExportNotFoundException", 400, "Export not found: " + reason);
  });
  return {{"ExportDescription", job_description(context, kExport, job)}};
}

Json list_exports(RequestContext& context, const Input& input) {
  // Those of the table that has the name now: an export of one that is gone is not listed under its ARN (recorded too).
  const auto arn = input.find_str("TableArn");
  const auto table = arn ? find_table(context, *arn) : std::nullopt;
  const auto wanted = [&](const storage::Resource& job) {
    return !arn || (table && job.document.at("TableId") == table->document().at("TableId"));
  };
  return job_page(context, input, kExport, "ExportSummaries", "MaxResults", wanted, [&](const storage::Resource& job) {
    return Json{{"ExportArn", job.arn},
                {"ExportStatus", job_description(context, kExport, job).at("ExportStatus")},
                {"ExportType", job.document.value("ExportType", "FULL_EXPORT")}};
  });
}

}  // namespace orrery::dynamodb
