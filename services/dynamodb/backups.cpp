#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::int64_t kLongestRecovery = 35;

AwsError table_name_missing(const Input& input) {
  return {"TableNotFoundException", 400, "Table not found: " + table_name(input.str("TableName"))};
}

Json description(RequestContext& context, const Table& table) {
  Json point_in_time = {{"PointInTimeRecoveryStatus", "DISABLED"}};
  const Json& hidden = table.resource.hidden;
  if (hidden.contains("PointInTimeRecovery")) {
    const std::int64_t days = hidden.at("PointInTimeRecovery").at("Days").get<std::int64_t>();
    const double enabled = hidden.at("PointInTimeRecovery").at("Since").get<double>();
    point_in_time = {{"PointInTimeRecoveryStatus", "ENABLED"},
                     {"RecoveryPeriodInDays", days},
                     {"EarliestRestorableDateTime", std::max(enabled, context.timestamp() - static_cast<double>(days) * 86400)},
                     {"LatestRestorableDateTime", context.timestamp()}};
  }
  return {{"ContinuousBackupsDescription",
           {{"ContinuousBackupsStatus", "ENABLED"}, {"PointInTimeRecoveryDescription", std::move(point_in_time)}}}};
}

}  // namespace

Json describe_continuous_backups(RequestContext& context, const Input& input) {
  const auto table = find_table(context, input.str("TableName"));
  if (!table) throw table_name_missing(input);
  return description(context, *table);
}

Json update_continuous_backups(RequestContext& context, const Input& input) {
  auto table = find_table(context, input.str("TableName"));
  if (!table) throw table_name_missing(input);
  const Input specification = input.object("PointInTimeRecoverySpecification");
  const auto days = specification.find_integer("RecoveryPeriodInDays");
  Json& hidden = table->resource.hidden;
  if (specification.flag("PointInTimeRecoveryEnabled")) {
    const bool held = hidden.contains("PointInTimeRecovery");
    const double since = held ? hidden.at("PointInTimeRecovery").at("Since").get<double>() : context.timestamp();
    const std::int64_t before = held ? hidden.at("PointInTimeRecovery").at("Days").get<std::int64_t>() : kLongestRecovery;
    hidden["PointInTimeRecovery"] = {{"Since", since}, {"Days", days.value_or(before)}};
  } else {
    if (days) throw validation("RecoveryPeriodInDays can only be specified when point in time recovery is enabled");
    hidden.erase("PointInTimeRecovery");
  }
  context.resources().put(table->resource);
  return description(context, *table);
}

}  // namespace orrery::dynamodb
