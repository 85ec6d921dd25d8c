#include "registry/pagination.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

namespace {

constexpr const char* kInsights = "ContributorInsights";  // by index; "" is the table
constexpr std::size_t kMostInsights = 100;

struct Subject {
  Table table;
  std::string index;
};

Subject subject(RequestContext& context, const Input& input) {
  Subject out{require_described_table(context, input.str("TableName")), input.str("IndexName")};
  if (!out.index.empty() && !out.table.index(out.index)) {
    throw AwsError("ResourceNotFoundException", 400,
                   "Requested resource not found: Index: " + out.index + " not found");
  }
  return out;
}

Json summary(const std::string& table, const std::string& index, const Json& held) {
  Json out = {{"TableName", table}, {"ContributorInsightsStatus", held.at("Status")}};
  if (!index.empty()) out["IndexName"] = index;
  if (held.contains("Mode")) out["ContributorInsightsMode"] = held.at("Mode");
  return out;
}

/// The CloudWatch rules behind it: of the hash key, and of hash and range key together, by accesses and by throttles.
Json rules(const Table& table, const std::string& index, const Json& held) {
  const bool range = !(index.empty() ? table.key : table.index(index)->key).range.empty();
  const std::string subject = table.name + (index.empty() ? "" : "-" + index);
  const std::string suffix = "-" + std::to_string(held.at("Changed").get<std::int64_t>());
  Json out = Json::array();
  for (const char* kind : {"PKC", "PKT", "SKC", "SKT"}) {
    if (kind[0] == 'S' && !range) continue;
    if (kind[2] == 'C' && held.at("Mode") == "THROTTLED_KEYS") continue;
    out.push_back("DynamoDBContributorInsights-" + std::string(kind) + "-" + subject + suffix);
  }
  return out;
}

}  // namespace

Json update_contributor_insights(RequestContext& context, const Input& input) {
  auto [table, index] = subject(context, input);
  const bool enable = input.str("ContributorInsightsAction") == "ENABLE";
  Json& held = table.resource.hidden[kInsights][index];
  const std::string before = held.is_null() ? "ACCESSED_AND_THROTTLED_KEYS" : held.at("Mode").get<std::string>();
  held = {{"Status", enable ? "ENABLED" : "DISABLED"},
          {"Mode", input.str("ContributorInsightsMode", before)},
          {"Changed", context.now}};
  const Json out = summary(table.name, index, held);
  context.resources().put(table.resource);
  return out;
}

Json describe_contributor_insights(RequestContext& context, const Input& input) {
  const auto [table, index] = subject(context, input);
  const Json insights = table.resource.hidden.value(kInsights, Json::object());
  const auto held = insights.find(index);
  if (held == insights.end()) return summary(table.name, index, {{"Status", "DISABLED"}});
  Json out = summary(table.name, index, *held);
  out["LastUpdateDateTime"] = aws::seconds(held->at("Changed").get<aws::Millis>());
  if (held->at("Status") == "ENABLED") out["ContributorInsightsRuleList"] = rules(table, index, *held);
  return out;
}

Json list_contributor_insights(RequestContext& context, const Input& input) {
  const auto name = input.find_str("TableName");
  if (name) require_described_table(context, *name);
  std::vector<Json> all;
  for (const auto& table : context.resources().list(Table::kKind)) {
    if (name && table.id != table_name(*name)) continue;
    const Json insights = table.hidden.value(kInsights, Json::object());
    for (const auto& [index, held] : insights.items()) all.push_back(summary(table.id, index, held));
  }
  const auto key = [](const Json& one) {
    return one.at("TableName").get<std::string>() + "/" + one.value("IndexName", "");
  };
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, input.integer("MaxResults", kMostInsights)));
  const auto next = paginate(all, most, input.find_str("NextToken"), key, validation("Invalid NextToken"));
  Json out = {{"ContributorInsightsSummaries", all}};
  if (next) out["NextToken"] = *next;
  return out;
}

}  // namespace orrery::dynamodb
