#include "services/dynamodb/backup.hpp"
#include "services/dynamodb/change_log.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/recovery.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::int64_t kLongestRecovery = 35;
constexpr aws::Millis kDay = 24 * 3600 * 1000;

Table require_recoverable(RequestContext& context, const std::string& name_or_arn) {
  auto table = find_table(context, name_or_arn);
  if (!table) throw table_name_not_found(table_name(name_or_arn));
  return std::move(*table);
}

/// Null where point-in-time recovery is not enabled.
const Json* recovery(const Table& table) {
  const auto found = table.resource.hidden.find("PointInTimeRecovery");
  return found == table.resource.hidden.end() ? nullptr : &*found;
}

double earliest(RequestContext& context, const Json& recovery) {
  const double days = recovery.at("Days").get<double>();
  return std::max(recovery.at("Since").get<double>(), context.timestamp() - days * 86400);
}

Json description(RequestContext& context, const Table& table) {
  Json point_in_time = {{"PointInTimeRecoveryStatus", "DISABLED"}};
  if (const Json* held = recovery(table)) {
    point_in_time = {{"PointInTimeRecoveryStatus", "ENABLED"},
                     {"RecoveryPeriodInDays", held->at("Days")},
                     {"EarliestRestorableDateTime", earliest(context, *held)},
                     {"LatestRestorableDateTime", context.timestamp()}};
  }
  return {{"ContinuousBackupsDescription",
           {{"ContinuousBackupsStatus", "ENABLED"}, {"PointInTimeRecoveryDescription", std::move(point_in_time)}}}};
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
  const auto name = input.find_str("SourceTableName"), arn = input.find_str("SourceTableArn");
  if (name.has_value() == arn.has_value())
    throw validation("Must provide exactly one of: sourceTableArn, sourceTableName");
  const Table source = require_recoverable(context, name ? *name : *arn);
  const Json* held = recovery(source);
  if (!held) throw recovery_unavailable(source.name);
  const bool latest = input.flag("UseLatestRestorableTime");
  const bool timed = input.has("RestoreDateTime");
  if (latest == timed) {
    throw invalid_request("Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both");
  }
  const double time = timed ? input.number("RestoreDateTime") : context.timestamp();
  // Clients cut the earliest time to whole seconds.
  if (time < std::floor(earliest(context, *held)) || time > context.timestamp())
    throw AwsError("InvalidRestoreTimeException", 400,
                   "RestoreDateTime is not within the restorable window of table " + source.name);
  const Table table = restored_table(context, input, source.document(), {{"RestoreDateTime", time}});
  Table plain = table;  // its indexes are filled once, at the end
  plain.indexes.clear();
  copy_as_of(context, source, plain, static_cast<aws::Millis>(time * 1000));
  fill_indexes(context, table);
  return {{"TableDescription", begun(context, table.resource, table.document())}};
}

}  // namespace orrery::dynamodb
