#include "aws/ids.hpp"
#include "services/dynamodb/backup.hpp"
#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/policy_document.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

constexpr double kSystemLifeSeconds = 35 * 24 * 3600;
constexpr std::size_t kMostBackups = 100;

AwsError backup_not_found(const std::string& arn) {
  return {"BackupNotFoundException", 400, "Backup not found: " + arn};
}

/// "eu-west-1" and its like; of another AWS takes no ARN.
bool region_name(std::string_view name) {
  static constexpr std::string_view kDirections[] = {"north",     "south",     "east",      "west",     "central",
                                                     "northeast", "northwest", "southeast", "southwest"};
  const auto number = name.rfind('-');
  if (number == std::string_view::npos || number + 1 == name.size()) return false;
  const auto direction = name.rfind('-', number - 1);
  if (direction == std::string_view::npos || direction < 2) return false;
  const auto word = name.substr(direction + 1, number - direction - 1);
  return std::find(std::begin(kDirections), std::end(kDirections), word) != std::end(kDirections) &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(number) + 1, name.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

aws::Arn backup_arn(const RequestContext& context, const std::string& arn) {
  auto parts = aws::parse_arn(arn);
  if (!parts.resource.starts_with("table/") || parts.resource.find("/backup/") == std::string::npos)
    throw validation("Invalid Backup ARN");
  if (parts.partition != "aws" || parts.service != "dynamodb" || (!parts.region.empty() && !region_name(parts.region)))
    throw invalid_request("BackupArn is not valid");
  if (parts.region.empty() || parts.account != context.account) throw access_denied();
  return parts;
}

/// The backup of this region, whatever region the ARN names: AWS looks at no more than the rest of it, and answers it
/// as it was given (recorded in 2026, aws-controllers-k8s' notes on DynamoDB).
storage::Resource require_backup(RequestContext& context, const std::string& arn) {
  const auto parts = backup_arn(context, arn);
  auto backup = context.resources().find(kBackup, arn.substr(arn.rfind('/') + 1));
  if (!backup || aws::parse_arn(backup->arn).resource != parts.resource) throw backup_not_found(arn);
  backup->document["BackupDetails"]["BackupArn"] = arn;
  return std::move(*backup);
}

Json picked(const Json& source, std::initializer_list<const char*> members) {
  Json out = Json::object();
  for (const char* member : members) {
    if (source.contains(member)) out[member] = source.at(member);
  }
  return out;
}

Json capacity_of(const Json& description) {
  return picked(description.at("ProvisionedThroughput"), {"ReadCapacityUnits", "WriteCapacityUnits"});
}

Json source_details(const Table& table, const ItemStore::Usage& usage) {
  const Json& document = table.document();
  Json out = picked(document, {"TableName", "TableId", "TableArn", "KeySchema", "OnDemandThroughput"});
  out["TableCreationDateTime"] = document.at("CreationDateTime");
  out["TableSizeBytes"] = usage.bytes;
  out["ItemCount"] = usage.items;
  out["ProvisionedThroughput"] = capacity_of(document);
  const auto billing = document.find("BillingModeSummary");
  out["BillingMode"] = billing == document.end() ? Json("PROVISIONED") : billing->at("BillingMode");
  return out;
}

Json source_features(const Table& table) {
  const Json& document = table.document();
  Json out = picked(document, {"SSEDescription"});
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!document.contains(member)) continue;
    for (const auto& index : document.at(member)) {
      Json info = picked(index, {"IndexName", "KeySchema", "Projection", "OnDemandThroughput"});
      if (index.contains("ProvisionedThroughput")) info["ProvisionedThroughput"] = capacity_of(index);
      out[member].push_back(std::move(info));
    }
  }
  if (document.contains("StreamSpecification")) out["StreamDescription"] = document.at("StreamSpecification");
  if (!table.expiry.empty())
    out["TimeToLiveDescription"] = {{"TimeToLiveStatus", "ENABLED"}, {"AttributeName", table.expiry}};
  return out;
}

Json make_backup(RequestContext& context, const Table& table, const std::string& name, const std::string& type) {
  ItemStore store(context.tx);
  const auto usage = store.usage(table);
  storage::Resource backup;
  backup.kind = kBackup;
  // AWS: "01489602797149-73d8d5bc", when it was made and eight digits.
  const bool system = type == "SYSTEM";
  aws::Millis made = context.now;
  do {
    backup.id = "0" + std::to_string(made++) + "-" + (system ? "00000000" : aws::random_hex(8));
  } while (context.resources().exists(kBackup, backup.id));
  backup.arn = table.arn + "/backup/" + backup.id;
  backup.created = context.now;
  Json details = {{"BackupArn", backup.arn},     {"BackupName", name}, {"BackupSizeBytes", usage.bytes},
                  {"BackupStatus", "AVAILABLE"}, {"BackupType", type}, {"BackupCreationDateTime", context.timestamp()}};
  if (system) details["BackupExpiryDateTime"] = context.timestamp() + kSystemLifeSeconds;
  backup.document = {{"BackupDetails", details},
                     {"SourceTableDetails", source_details(table, usage)},
                     {"SourceTableFeatureDetails", source_features(table)}};
  backup.hidden = {{"Items", store.allocate()}, {"Table", table.document()}};
  store.copy(table.id, backup.hidden.at("Items").get<std::int64_t>());
  context.resources().put(backup);
  return details;
}

void erase_backup(RequestContext& context, const storage::Resource& backup) {
  ItemStore(context.tx).drop_items(backup.hidden.at("Items").get<std::int64_t>());
  context.resources().erase(kBackup, backup.id);
}

/// Whether a backup is one of those that a ListBackups asks for.
bool asked_for(const Input& input, const Json& backup) {
  const Json& details = backup.at("BackupDetails");
  const std::string type = input.str("BackupType", "USER");
  const double time = details.at("BackupCreationDateTime").get<double>();
  const auto table = input.find_str("TableName");
  if (type != "ALL" && details.at("BackupType") != type) return false;
  if (time < input.number("TimeRangeLowerBound", 0) || time >= input.number("TimeRangeUpperBound", 1e12)) return false;
  return !table || backup.at("SourceTableDetails").at("TableName") == table_name(*table);
}

}  // namespace

Json create_backup(RequestContext& context, const Input& input) {
  const std::string name = input.str("BackupName");
  check_named_table(context, input.str("TableName"));
  const auto table = find_table(context, input.str("TableName"));
  if (!table || recognition(context, table->resource) != Recognition::full)
    throw table_name_not_found(table_name(input.str("TableName")));
  check_denial(context, table->resource);
  check_backups_enabled(context, *table);
  check_table_key(context, table->document());
  Json details = make_backup(context, *table, name, "USER");
  details["BackupStatus"] = "CREATING";  // already AVAILABLE to whoever asks next
  return {{"BackupDetails", std::move(details)}};
}

Json describe_backup(RequestContext& context, const Input& input) {
  return {{"BackupDescription", require_backup(context, input.str("BackupArn")).document}};
}

Json delete_backup(RequestContext& context, const Input& input) {
  storage::Resource backup = require_backup(context, input.str("BackupArn"));
  check_backup_unused(context, backup.arn, "table");
  Json& details = backup.document["BackupDetails"];
  if (details.at("BackupType") == "SYSTEM") {
    const auto expiry = static_cast<aws::Millis>(details.at("BackupExpiryDateTime").get<double>() * 1000);
    throw validation("Invalid Request: User is not allowed to delete the system backup with arn " + backup.arn +
                     ". It will automatically expire on " + aws::iso8601(expiry));
  }
  erase_backup(context, backup);
  details["BackupStatus"] = "DELETED";
  return {{"BackupDescription", std::move(backup.document)}};
}

Json list_backups(RequestContext& context, const Input& input) {
  const auto most = static_cast<std::size_t>(input.integer("Limit", kMostBackups));
  std::string after = input.str("ExclusiveStartBackupArn");
  if (!after.empty() && aws::parse_arn(after).region != context.region)
    throw invalid_request("The supplied ExclusiveStartBackupArn does not match the region");
  if (input.number("TimeRangeLowerBound", 0) > input.number("TimeRangeUpperBound", 1e12))
    throw invalid_parameter("Time range lower bound must be less than or equal to upper bound");
  after = after.substr(after.rfind('/') + 1);
  Json out = {{"BackupSummaries", Json::array()}};
  for (const auto& backup : context.resources().list(kBackup)) {
    if (!asked_for(input, backup.document) || backup.id <= after) continue;
    if (out["BackupSummaries"].size() == most) {
      out["LastEvaluatedBackupArn"] = out["BackupSummaries"].back().at("BackupArn");
      break;
    }
    Json summary = backup.document.at("BackupDetails");
    summary.update(picked(backup.document.at("SourceTableDetails"), {"TableName", "TableId", "TableArn"}));
    out["BackupSummaries"].push_back(std::move(summary));
  }
  return out;
}

Json restore_table_from_backup(RequestContext& context, const Input& input) {
  const std::string arn = input.str("BackupArn"), region = backup_arn(context, arn).region;
  check_restore_region(context, input, region);
  const storage::Resource backup = [&] {
    const InRegion there(context, region);
    return require_backup(context, arn);
  }();
  const Table table = restored_table(context, input, backup.hidden.at("Table"), {{"SourceBackupArn", backup.arn}});
  ItemStore(context.tx).copy(backup.hidden.at("Items").get<std::int64_t>(), table.id);
  fill_indexes(context, table);
  return {{"TableDescription", begun(context, table.resource, table.document())}};
}

void keep_deleted_table(RequestContext& context, const Table& table) {
  make_backup(context, table, table.name + "$DeletedTableBackup", "SYSTEM");
}

void forget_backups(RequestContext& context) {
  const std::string account = context.account, region = context.region;
  for (const auto& location : storage::locations(context.tx, "dynamodb", kBackup)) {
    // The id begins with when it was made.
    if (std::stoll(location.id) / 1000 > static_cast<std::int64_t>(context.timestamp() - kSystemLifeSeconds)) continue;
    context.account = location.account;
    context.region = location.region;
    const auto backup = context.resources().find(kBackup, location.id);
    if (backup && backup->document.at("BackupDetails").value("BackupExpiryDateTime", 1e12) <= context.timestamp())
      erase_backup(context, *backup);
  }
  context.account = account;
  context.region = region;
}

}  // namespace orrery::dynamodb
