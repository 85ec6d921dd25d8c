#include "aws/ids.hpp"
#include "services/dynamodb/backup.hpp"
#include "services/dynamodb/change_log.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/policy_document.hpp"
#include "services/dynamodb/recovery.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::int64_t kLongestRecovery = 35;
constexpr aws::Millis kDay = 24 * 3600 * 1000;

// Checks, their order and their words as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

Table require_recoverable(RequestContext& context, const std::string& name_or_arn) {
  check_table_name(table_name(name_or_arn));
  auto table = find_table(context, name_or_arn);
  if (!table || recognition(context, table->resource) == Recognition::none)
    throw table_name_not_found(table_name(name_or_arn));
  check_denial(context, table->resource);
  return std::move(*table);
}

/// Null where point-in-time recovery is not enabled.
const Json* recovery(const Table& table) {
  const auto found = table.resource.hidden.find("PointInTimeRecovery");
  return found == table.resource.hidden.end() ? nullptr : &*found;
}

/// In whole seconds, as clients read it.
double earliest(RequestContext& context, const Json& recovery) {
  const double days = recovery.at("Days").get<double>();
  return std::floor(std::max(recovery.at("Since").get<double>(), context.timestamp() - days * 86400));
}

/// AWS is five minutes behind.
double latest(RequestContext& context, const Json& recovery) {
  if (context.settings.lifecycle == Lifecycle::immediate) return context.timestamp();
  return std::max(earliest(context, recovery), std::floor(context.timestamp() - 300));
}

Json description(RequestContext& context, const Table& table) {
  Json point_in_time = {{"PointInTimeRecoveryStatus", "DISABLED"}};
  if (const Json* held = recovery(table)) {
    point_in_time = {{"PointInTimeRecoveryStatus", "ENABLED"},
                     {"RecoveryPeriodInDays", held->at("Days")},
                     {"EarliestRestorableDateTime", earliest(context, *held)},
                     {"LatestRestorableDateTime", latest(context, *held)}};
  }
  return {{"ContinuousBackupsDescription",
           {{"ContinuousBackupsStatus", backups_enabled(context, table.resource) ? "ENABLED" : "DISABLED"},
            {"PointInTimeRecoveryDescription", std::move(point_in_time)}}}};
}

/// A table in another region is named by its ARN, and is there only for who has the encryption of the copy named.
Table restore_source(RequestContext& context, const Input& input) {
  const auto name = input.find_str("SourceTableName"), arn = input.find_str("SourceTableArn");
  if (!arn) return require_recoverable(context, *name);
  const auto parts = aws::parse_arn(*arn);
  if (!parts.valid()) throw invalid_parameter("sourceTableArn is not a valid ARN");
  if (parts.account != context.account)
    throw validation("This action is only supported by accounts that match the resource owner\u2019s account.");
  check_restore_region(context, input, parts.region);
  const InRegion there(context, parts.region);
  auto table = find_table(context, *arn);
  if (!table || recognition(context, table->resource) == Recognition::none)
    throw AwsError("TableNotFoundException", 400, "Table not found");
  return std::move(*table);
}

/// When the copy is to be like.
double restore_time(RequestContext& context, const Input& input, const Json& recovery) {
  const double first = earliest(context, recovery), last = latest(context, recovery);
  if (!input.has("RestoreDateTime")) return last;
  const double time = input.number("RestoreDateTime");
  const auto text = [](double seconds) { return aws::iso8601(static_cast<aws::Millis>(seconds * 1000)); };
  if (time >= first && time <= last) return time;
  throw AwsError("InvalidRestoreTimeException", 400,
                 "RestoreDateTime '" + text(time) + "' must be within EarliestRestorableDateTime '" + text(first) +
                     "' and LatestRestorableDateTime '" + text(last) + "'");
}

void check_restore_request(const Input& input) {
  const bool name = input.has("SourceTableName"), arn = input.has("SourceTableArn");
  if (name && arn) throw validation("Must provide exactly one of: sourceTableArn, sourceTableName");
  if (!name && !arn) throw validation("The parameter 'TableName' is required but was not present in the request");
  const bool last = input.flag("UseLatestRestorableTime"), timed = input.has("RestoreDateTime");
  if (last && timed) {
    throw invalid_request(
        "Both RestoreDateTime and UseLatestRestorableTime cannot be set for point-in-time restore request. Please "
        "specify either RestoreDateTime time or UseLatestRestorableTime");
  }
  if (!last && !timed)
    throw invalid_request("Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both");
}

/// Takes back, in a copy of the table, what happened after `time`: the newest change first.
void take_back(RequestContext& context, const Table& source, const Table& copy, aws::Millis time) {
  ItemStore store(context.tx);
  ChangeLog(context.tx).visit(source.recovery_log, 1, ChangeLog::Order::newest_first, [&](const Change& change) {
    if (change.time <= time) return false;
    const Key key = key_in_item(source.key, change.after ? *change.after : *change.before);
    if (change.before) {
      store.put(copy, key, *change.before, change.after);
    } else {
      store.erase(copy, key, *change.after);
    }
    return true;
  });
}

}  // namespace

void check_backups_enabled(const RequestContext& context, const Table& table) {
  if (backups_enabled(context, table.resource)) return;
  throw AwsError("ContinuousBackupsUnavailableException", 400,
                 "Backups are being enabled for the table: " + table.name + ". Please retry later");
}

std::optional<double> earliest_restorable(RequestContext& context, const Table& table) {
  const Json* held = recovery(table);
  return held ? std::optional(earliest(context, *held)) : std::nullopt;
}

void copy_as_of(RequestContext& context, const Table& source, const Table& copy, aws::Millis time) {
  ItemStore(context.tx).copy(source.id, copy.id);
  take_back(context, source, copy, time);
}

Json describe_continuous_backups(RequestContext& context, const Input& input) {
  check_named_table(context, input.str("TableName"));
  return description(context, require_recoverable(context, input.str("TableName")));
}

Json update_continuous_backups(RequestContext& context, const Input& input) {
  check_named_table(context, input.str("TableName"));
  Table table = require_recoverable(context, input.str("TableName"));
  check_backups_enabled(context, table);
  const Input specification = input.object("PointInTimeRecoverySpecification");
  const auto days = specification.find_integer("RecoveryPeriodInDays");
  Json& hidden = table.resource.hidden;
  ChangeLog log(context.tx);
  if (specification.flag("PointInTimeRecoveryEnabled")) {
    if (table.recovery_log == 0) {
      hidden["PointInTimeRecovery"] = {
          {"Since", context.timestamp()}, {"Days", kLongestRecovery}, {"Log", log.allocate(kLongestRecovery * kDay)}};
    }
    Json& held = hidden["PointInTimeRecovery"];
    if (days) held["Days"] = *days;
    log.keep_for(held.at("Log").get<std::int64_t>(), held.at("Days").get<std::int64_t>() * kDay);
  } else {
    if (days) throw invalid_request("Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.");
    log.drop(table.recovery_log);
    hidden.erase("PointInTimeRecovery");
  }
  context.resources().put(table.resource);
  return description(context, table);
}

Json restore_table_to_point_in_time(RequestContext& context, const Input& input) {
  check_restore_request(input);
  const Table source = restore_source(context, input);
  const Json* held = recovery(source);
  if (!held) throw recovery_unavailable(source.name);
  const double time = restore_time(context, input, *held);
  const Table table = restored_table(context, input, source.document(), {{"RestoreDateTime", time}});
  Table plain = table;  // its indexes are filled once, at the end
  plain.indexes.clear();
  copy_as_of(context, source, plain, static_cast<aws::Millis>(time * 1000));
  fill_indexes(context, table);
  return {{"TableDescription", begun(context, table.resource, table.document())}};
}

}  // namespace orrery::dynamodb
