#include "services/dynamodb/quotas.hpp"

#include <ctime>

#include "registry/findings.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"

namespace orrery::dynamodb {

namespace {

constexpr const char* kQuotas = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html";
constexpr Rule kDecreases{"dynamodb-throughput-decreases", kQuotas};
constexpr Rule kCombinations{"dynamodb-update-combination",
                             "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html"};
constexpr Rule kExpiryChanges{
    "dynamodb-time-to-live-changes",
    "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html"};
constexpr Rule kEncryptionChanges{"dynamodb-encryption-changes", kQuotas};
constexpr Rule kClassChanges{
    "dynamodb-table-class-changes",
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.tableclasses.html"};

AwsError limit_exceeded(const std::string& message) { return {"LimitExceededException", 400, message}; }

std::int64_t day_of(double seconds) { return static_cast<std::int64_t>(seconds) / 86400; }

/// How often the throughput was decreased on the day of `now`.
std::int64_t decreases_today(double now, const Json& throughput) {
  const auto last = throughput.find("LastDecreaseDateTime");
  if (last == throughput.end() || day_of(last->get<double>()) != day_of(now)) return 0;
  return throughput.value("NumberOfDecreasesToday", std::int64_t{0});
}

/// "Thursday, October 8, 2026 at 11:20:48 PM Coordinated Universal Time", as the service writes times in its messages.
std::string long_time(double seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  char date[64], clock[64];
  std::strftime(date, sizeof date, "%A, %B ", &utc);
  std::strftime(clock, sizeof clock, ":%M:%S %p Coordinated Universal Time", &utc);
  const int hour = utc.tm_hour % 12;
  return date + std::to_string(utc.tm_mday) + ", " + std::to_string(1900 + utc.tm_year) + " at " +
         std::to_string(hour == 0 ? 12 : hour) + clock;
}

void check_decrease(RequestContext& context, const std::string& arn, const Json& before, std::int64_t today) {
  constexpr std::int64_t kFree = 4;
  constexpr double kHour = 3600, kDay = 86400;
  if (today < kFree) return;
  const double last = before.at("LastDecreaseDateTime").get<double>();
  if (context.timestamp() >= last + kHour) return;
  const double next = std::min(last + kHour, static_cast<double>(day_of(last) + 1) * kDay);
  would_refuse(
      context, kDecreases, arn,
      limit_exceeded("Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. "
                     "After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at "
                     "most once every 3600 seconds. Number of decreases today: " +
                     std::to_string(today) + ". Last decrease at " + long_time(last) +
                     ". Next decrease can be made at " + long_time(next)));
}

void check_warm_quota(const RequestContext& context, const Input& asked, const std::string& index) {
  static constexpr std::pair<const char*, const char*> kMembers[] = {
      {"ReadUnitsPerSecond", "TableMaxReadCapacityUnits"}, {"WriteUnitsPerSecond", "TableMaxWriteCapacityUnits"}};
  for (const auto& [member, quota] : kMembers) {
    if (asked.integer(member) <= kTableCapacity) continue;
    throw limit_exceeded("Subscriber limit exceeded: Requested " + std::string(member) + " for WarmThroughput for " +
                         (index.empty() ? "table" : "index " + index) + " exceeds " + quota +
                         " of the account in region " + context.region);
  }
}

/// Why AWS would refuse the changes of an UpdateTable together; nullopt where it would not.
std::optional<std::string> conflict(const Input& update) {
  static constexpr const char* kChanges[] = {
      "ReplicaUpdates", "SSESpecification",           "TableClass",          "DeletionProtectionEnabled",
      "WarmThroughput", "OnDemandThroughput",         "StreamSpecification", "ProvisionedThroughput",
      "BillingMode",    "GlobalSecondaryIndexUpdates"};
  const auto changes =
      std::count_if(std::begin(kChanges), std::end(kChanges), [&](const char* one) { return asks_for(update, one); });
  if (changes < 2) return std::nullopt;
  static constexpr std::pair<const char*, const char*> kAlone[] = {
      {"ReplicaUpdates", "Replica modification"},
      {"SSESpecification", "Server-Side Encryption modification"},
      {"TableClass", "TableClass modification"},
      {"DeletionProtectionEnabled", "DeletionProtection modification"}};
  bool created = false;
  for (const auto& index : update.objects("GlobalSecondaryIndexUpdates")) created |= index.has("Create");
  if (created && asks_for(update, "WarmThroughput"))
    return "Create global secondary index cannot be specified when updating WarmThroughput";
  for (const auto& [member, name] : kAlone) {
    if (asks_for(update, member)) return std::string(name) + " must be the only operation in the request";
  }
  const bool capacity = update.has("ProvisionedThroughput") || update.str("BillingMode") == "PROVISIONED";
  bool indexes = false;
  for (const auto& index : update.objects("GlobalSecondaryIndexUpdates"))
    indexes |= index.has("Create") || index.has("Delete");
  if (asks_for(update, "OnDemandThroughput") &&
      (update.has("StreamSpecification") || asks_for(update, "WarmThroughput") || indexes))
    return "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request";
  if (asks_for(update, "WarmThroughput")) return "WarmThroughput must be the only operation in the request";
  if (update.has("StreamSpecification") && capacity) return "You cannot modify stream status while updating table IOPS";
  if (indexes && update.has("ProvisionedThroughput"))
    return "You cannot create or delete index while updating table IOPS";
  if (indexes && update.has("StreamSpecification"))
    return "You cannot create or delete index while changing stream status";
  return std::nullopt;
}

}  // namespace

void check_capacity(const RequestContext& context, const std::optional<Input>& provisioned, const std::string& index) {
  if (!provisioned) return;
  const std::string of = index.empty() ? "" : " for index " + index + ",", level = index.empty() ? "table" : "index";
  for (const char* member : {"ReadCapacityUnits", "WriteCapacityUnits"}) {
    constexpr std::int64_t kBound = 1'000'000'000'000;
    const std::int64_t units = provisioned->integer(member);
    if (units <= kTableCapacity) continue;
    if (units > kBound)
      throw validation("Given value " + std::to_string(units) + " for " + member + " is out of bounds");
    throw limit_exceeded(
        "The requested " + std::string(member) + (of.empty() ? "," : of) + " " + std::to_string(units) +
        ", is above the per " + level + " maximum for the account in " + context.region +
        ". Per table maximum: " + std::to_string(kTableCapacity) +
        ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.");
  }
}

void check_on_demand_maxima(const RequestContext& context, const Input& maxima, const std::string& billing_mode,
                            const std::string& index, Occasion occasion) {
  static constexpr std::pair<const char*, const char*> kMembers[] = {
      {"MaxReadRequestUnits", "TableMaxReadCapacityUnits"}, {"MaxWriteRequestUnits", "TableMaxWriteCapacityUnits"}};
  const bool created = occasion == Occasion::creation;
  for (const auto& [member, quota] : kMembers) {
    const auto units = maxima.find_integer(member);
    if (!units) continue;
    if (billing_mode == "PROVISIONED") {
      const std::string of = index.empty() ? "" : (created ? " for index: " : " for index : ") + index;
      throw invalid_parameter(std::string(member) + " for OnDemandThroughput" + of +
                              (created ? " cannot be specified when table BillingMode is PROVISIONED."
                                       : " cannot be specified when the table BillingMode is PROVISIONED"));
    }
    if (*units == 0 || *units < (created ? 0 : -1)) {
      throw invalid_parameter("Requested " + std::string(member) + " for OnDemandThroughput for " +
                              (index.empty() ? "table" : "index : " + index) + " is outside of valid range");
    }
    if (*units > kTableCapacity) {
      throw limit_exceeded("Subscriber limit exceeded: Requested " + std::string(member) +
                           " for OnDemandThroughput for " + (index.empty() ? "table" : "index : " + index) +
                           " exceeds " + quota + " of the account in region " + context.region);
    }
  }
}

void check_warm_minimum(const RequestContext& context, const Input& asked, const std::string& billing_mode,
                        const Json& provisioned, const std::string& index) {
  check_warm_quota(context, asked, index);
  static constexpr std::pair<const char*, const char*> kMembers[] = {{"ReadUnitsPerSecond", "ReadCapacityUnits"},
                                                                     {"WriteUnitsPerSecond", "WriteCapacityUnits"}};
  const Json least = warm_throughput(std::nullopt, billing_mode, provisioned);
  for (const auto& [member, of_table] : kMembers) {
    const auto units = asked.find_integer(member);
    if (!units || *units >= least.at(member).get<std::int64_t>()) continue;
    throw invalid_parameter(
        "Requested " + std::string(member) + " for WarmThroughput for " + (index.empty() ? "table" : "index " + index) +
        " is lower than " +
        (billing_mode == "PROVISIONED"
             ? std::string(of_table) + " of ProvisionedThroughput"
             : "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/"
               "developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial"));
  }
}

void check_warm_growth(const RequestContext& context, const Input& asked, const Json& held, const std::string& index) {
  check_warm_quota(context, asked, index);
  for (const char* member : {"ReadUnitsPerSecond", "WriteUnitsPerSecond"}) {
    const auto units = asked.find_integer(member);
    if (!units || *units >= held.value(member, std::int64_t{0})) continue;
    throw invalid_parameter("Requested " + std::string(member) + " for WarmThroughput for " +
                            (index.empty() ? "table" : "index " + index) +
                            " is lower than current WarmThroughput, decreasing WarmThroughput is not supported");
  }
}

void check_new_index(const RequestContext& context, const Input& index, const std::string& billing_mode,
                     Occasion occasion) {
  const std::string name = index.str("IndexName");
  const auto provisioned = index.find_object("ProvisionedThroughput");
  const bool created = occasion == Occasion::creation;
  if (billing_mode == "PROVISIONED" && !provisioned) {
    throw invalid_parameter((created ? "ProvisionedThroughput is not specified for index: "
                                     : "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ") +
                            name);
  }
  if (billing_mode != "PROVISIONED" && provisioned) {
    throw invalid_parameter((created
                                 ? "ProvisionedThroughput should not be specified for index: "
                                 : "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ") +
                            name + " when BillingMode is PAY_PER_REQUEST");
  }
  check_capacity(context, provisioned, name);
  if (const auto maxima = index.find_object("OnDemandThroughput"))
    check_on_demand_maxima(context, *maxima, billing_mode, name, Occasion::creation);
  if (const auto warm = index.find_object("WarmThroughput"))
    check_warm_minimum(context, *warm, billing_mode, throughput(provisioned), name);
}

void count_decreases_today(const RequestContext& context, Json& described) {
  Json& held = described["ProvisionedThroughput"];
  held["NumberOfDecreasesToday"] = decreases_today(context.timestamp(), held);
}

bool asks_for(const Input& update, std::string_view member) {
  if (!update.has(member)) return false;
  const auto any_of = [&](const char* one, const char* other) {
    const Input asked = update.object(member);
    return asked.has(one) || asked.has(other);
  };
  if (member == "WarmThroughput") return any_of("ReadUnitsPerSecond", "WriteUnitsPerSecond");
  if (member == "OnDemandThroughput") return any_of("MaxReadRequestUnits", "MaxWriteRequestUnits");
  return member != "GlobalSecondaryIndexUpdates" || !update.objects(member).empty();
}

void check_combination(RequestContext& context, const std::string& arn, const Input& update) {
  if (const auto why = conflict(update)) would_refuse(context, kCombinations, arn, invalid_parameter(*why));
}

Json changed_throughput(RequestContext& context, const std::string& arn, const Json& before, const Input& asked) {
  Json after = throughput(asked);
  for (const char* member : {"LastIncreaseDateTime", "LastDecreaseDateTime"}) {
    if (before.contains(member)) after[member] = before.at(member);
  }
  bool less = false, more = false;
  for (const char* member : {"ReadCapacityUnits", "WriteCapacityUnits"}) {
    less |= after.at(member) < before.at(member);
    more |= after.at(member) > before.at(member) && before.at(member) != 0;  // a table's first capacity is no increase
  }
  const std::int64_t today = decreases_today(context.timestamp(), before);
  after["NumberOfDecreasesToday"] = today + (less ? 1 : 0);
  if (less) {
    check_decrease(context, arn, before, today);
    after["LastDecreaseDateTime"] = context.timestamp();
  }
  if (more) after["LastIncreaseDateTime"] = context.timestamp();
  return after;
}

void set_capacity(RequestContext& context, const std::string& arn, Json& described, const std::string& member,
                  std::int64_t units) {
  Json& held = described["ProvisionedThroughput"];
  Json asked = {{"ReadCapacityUnits", held.at("ReadCapacityUnits")},
                {"WriteCapacityUnits", held.at("WriteCapacityUnits")}};
  asked[member] = units;
  ReadLog log;
  held = changed_throughput(context, arn, held, Input(asked, log));
  warm_at_least(described, "PROVISIONED");
}

void note_expiry_change(RequestContext& context, storage::Resource& table) {
  constexpr double kInterval = 1860;  // an hour by the documentation; 31 minutes as measured
  Json& last = table.hidden["TimeToLiveChange"];
  if (last.is_number() && context.timestamp() < last.get<double>() + kInterval) {
    would_refuse(context, kExpiryChanges, table.arn,
                 validation("Time to live has been modified multiple times within a fixed interval"));
  }
  last = context.timestamp();
}

void check_class_changes(RequestContext& context, storage::Resource& table, const std::string& prefix) {
  constexpr double kWindow = 30 * 86400;
  constexpr std::size_t kMost = 2;
  Json recent = Json::array();
  for (const auto& time : table.hidden.value("ClassChanges", Json::array())) {
    if (time.get<double>() > context.timestamp() - kWindow) recent.push_back(time);
  }
  table.hidden["ClassChanges"] = recent;
  if (recent.size() < kMost) return;
  would_refuse(context, kClassChanges, table.arn,
               limit_exceeded(prefix + "Updates to TableClass are limited to 2 times in 30 day(s)."));
}

void note_class_change(RequestContext& context, storage::Resource& table, const std::string& prefix) {
  check_class_changes(context, table, prefix);
  table.hidden["ClassChanges"].push_back(context.timestamp());
}

void note_encryption_change(RequestContext& context, storage::Resource& table) {
  constexpr aws::Millis kWindow = 86'400'000, kBetween = 21'600'000;
  constexpr std::size_t kMost = 4;
  Json& changes = table.hidden["EncryptionChanges"];
  if (changes.is_null() || changes.front().get<aws::Millis>() + kWindow <= context.now) changes = Json::array();
  if (changes.size() >= kMost) {
    const aws::Millis end = changes.front().get<aws::Millis>() + kWindow, last = changes.back().get<aws::Millis>();
    const aws::Millis next = std::min(last + kBetween, end);
    if (context.now < next) {
      would_refuse(context, kEncryptionChanges, table.arn,
                   limit_exceeded("Subscriber limit exceeded: Encryption mode changes are limited in the 24h window "
                                  "ending at " +
                                  aws::iso8601_ms(end) +
                                  ". After the first 4 change, each subsequent change in the same window can be "
                                  "performed at most once every 21600 seconds. Number of updates today: " +
                                  std::to_string(changes.size()) + ". Last change at " + aws::iso8601_ms(last) +
                                  ". Next changes can be made at " + aws::iso8601_ms(next) + "."));
    }
  }
  changes.push_back(context.now);
}

}  // namespace orrery::dynamodb
