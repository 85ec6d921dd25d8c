#include "services/rds/watching.hpp"

#include <algorithm>
#include <iterator>

#include "aws/ids.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/security.hpp"

namespace orrery::rds {

namespace {

void settle_enhanced(RequestContext& context, const Input& input, Json& document) {
  const std::int64_t interval =
      input.integer("MonitoringInterval", document.value("MonitoringInterval", std::int64_t{0}));
  const std::string role = input.str("MonitoringRoleArn", interval == 0 ? "" : document.value("MonitoringRoleArn", ""));
  static constexpr std::int64_t kIntervals[] = {0, 1, 5, 10, 15, 30, 60};
  if (std::find(std::begin(kIntervals), std::end(kIntervals), interval) == std::end(kIntervals))
    throw invalid_parameter_value("Invalid MonitoringInterval: " + std::to_string(interval) +
                                  ". Valid values are 0, 1, 5, 10, 15, 30, 60.");
  if (interval > 0 && role.empty())
    throw invalid_parameter_combination(
        "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.");
  if (interval == 0 && !role.empty())
    throw invalid_parameter_combination(
        "You must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value.");
  document["MonitoringInterval"] = interval;
  if (interval == 0) {
    document.erase("MonitoringRoleArn");
    document.erase("EnhancedMonitoringResourceArn");
    return;
  }
  if (!context.peers.iam->role(context, role))
    throw invalid_parameter_value(
        "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING");
  document["MonitoringRoleArn"] = role;
  // A cluster has no operating system of its own.
  if (document.contains("DbiResourceId"))
    document["EnhancedMonitoringResourceArn"] =
        aws::arn("logs", context.region, context.account,
                 "log-group:RDSOSMetrics:log-stream:" + document.at("DbiResourceId").get<std::string>());
}

bool valid_retention(std::int64_t days) {
  return days == 7 || days == 731 || (days % 31 == 0 && days / 31 >= 1 && days / 31 <= 23);
}

void settle_insights(RequestContext& context, const Input& input, Json& document) {
  const bool on = input.flag("EnablePerformanceInsights", document.value("PerformanceInsightsEnabled", false));
  const std::string mode = input.str("DatabaseInsightsMode", document.value("DatabaseInsightsMode", "standard"));
  const std::string key = input.str("PerformanceInsightsKMSKeyId");
  const auto days = input.find_integer("PerformanceInsightsRetentionPeriod");
  if (!on && (!key.empty() || days))
    throw invalid_parameter_combination("Performance Insights must be enabled to set its KMS key or retention period.");
  document["PerformanceInsightsEnabled"] = on;
  document["DatabaseInsightsMode"] = mode;
  if (!on) {
    if (mode == "advanced")
      throw invalid_parameter_combination(
          "To enable the Advanced mode of Database Insights, you must enable Performance Insights.");
    document.erase("PerformanceInsightsKMSKeyId");
    document.erase("PerformanceInsightsRetentionPeriod");
    return;
  }
  const std::int64_t kept = days.value_or(document.value("PerformanceInsightsRetentionPeriod", std::int64_t{7}));
  if (!valid_retention(kept))
    throw invalid_parameter_value("Invalid Performance Insights retention period: " + std::to_string(kept));
  if (mode == "advanced" && kept < 465)
    throw invalid_parameter_combination(
        "To enable the Advanced mode of Database Insights, set PerformanceInsightsRetentionPeriod to at least 465 "
        "days.");
  document["PerformanceInsightsRetentionPeriod"] = kept;
  const std::string before = document.value("PerformanceInsightsKMSKeyId", "");
  const std::string arn = key.empty() && !before.empty() ? before : key_arn(context, key);
  if (!before.empty() && arn != before)
    throw invalid_parameter_combination("You can't change your Performance Insights KMS key.");
  document["PerformanceInsightsKMSKeyId"] = arn;
}

}  // namespace

void settle_monitoring(RequestContext& context, const Input& input, Json& document) {
  settle_enhanced(context, input, document);
  settle_insights(context, input, document);
}

void change_log_exports(const Engine& engine, const ChosenVersion& version, const Input& input, Json& document) {
  const Input configuration = input.object("CloudwatchLogsExportConfiguration");
  const auto enable = configuration.strings("EnableLogTypes"), disable = configuration.strings("DisableLogTypes");
  check_log_types(engine, version, enable);
  check_log_types(engine, version, disable);
  std::vector<std::string> types = document.value("EnabledCloudwatchLogsExports", std::vector<std::string>{});
  std::erase_if(
      types, [&](const std::string& type) { return std::find(disable.begin(), disable.end(), type) != disable.end(); });
  for (const std::string& type : enable)
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  std::sort(types.begin(), types.end());
  document.erase("EnabledCloudwatchLogsExports");
  if (!types.empty()) document["EnabledCloudwatchLogsExports"] = types;
}

}  // namespace orrery::rds
