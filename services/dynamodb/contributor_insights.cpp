#include "services/dynamodb/contributor_insights.hpp"

#include "registry/pagination.hpp"
#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

// Checks, words and answers as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

constexpr const char* kInsights = "ContributorInsights";  // by index; "" is the table
constexpr std::size_t kMostInsights = 100;
constexpr std::size_t kMostRules = 100;  // CloudWatch's quota of a region
constexpr aws::Millis kTakes = 2'000;

/// A table, or its global index.
struct Subject {
  Table table;
  std::string index;
};

AwsError insights_index_not_found(const Subject& subject) {
  return {"ResourceNotFoundException", 400,
          "Requested resource not found: Index: " + subject.index + " not found for table: " + subject.table.name};
}

Subject subject(RequestContext& context, const Input& input) {
  Subject out{require_known_table(context, input.str("TableName")), input.str("IndexName")};
  if (out.index.empty()) return out;
  const Index* index = out.table.index(out.index);
  if (!index || index->kind != IndexKind::global ||
      recognition(context, out.table.resource, out.index) == Recognition::none) {
    throw insights_index_not_found(out);
  }
  return out;
}

void check_active(const RequestContext& context, const Subject& subject) {
  const storage::Resource& table = subject.table.resource;
  const auto refuse = [](const std::string& status) {
    throw validation("Table or Index is not in a valid state to update Key Access Insights: " + status +
                     " must be ACTIVE to enable ContributorInsights.");
  };
  if (recognition(context, table) != Recognition::full) refuse("TableStatus");
  if (recognition(context, table, subject.index) != Recognition::full) refuse("IndexStatus");
}

/// What is kept for a table or index; null for one that never had insights.
Json insights_of(const storage::Resource& table, const std::string& index) {
  const auto all = table.hidden.find(kInsights);
  if (all == table.hidden.end() || !all->contains(index)) return {};
  return all->at(index);
}

bool under_way(const RequestContext& context, const Json& held) {
  return context.now < held.value("Until", aws::Millis{0});
}

/// DISABLED for none.
std::string insights_status(const RequestContext& context, const Json& held) {
  if (held.is_null()) return "DISABLED";
  const std::string status = held.at("Status").get<std::string>();
  if (!under_way(context, held)) return status;
  return status == "DISABLED" ? "DISABLING" : "ENABLING";
}

Json summary(const std::string& table, const std::string& index, const Json& held, const std::string& status) {
  Json out = {{"TableName", table}, {"ContributorInsightsStatus", status}};
  if (!index.empty()) out["IndexName"] = index;
  if (!held.is_null()) out["ContributorInsightsMode"] = held.at("Mode");
  return out;
}

/// The CloudWatch rules behind it: of the hash key, and of hash and range key together, by accesses and by throttles.
Json rules(const Table& table, const std::string& index, const Json& held) {
  Json out = Json::array();
  if (held.is_null() || held.at("Status") != "ENABLED") return out;
  const bool range = !(index.empty() ? table.key : table.index(index)->key).range.empty();
  const std::string subject = table.name + (index.empty() ? "" : "-" + index);
  const std::string suffix = "-" + std::to_string(held.value("RulesMade", held.at("Changed").get<std::int64_t>()));
  for (const char* kind : {"PKC", "PKT", "SKC", "SKT"}) {
    if (kind[0] == 'S' && !range) continue;
    if (kind[2] == 'C' && held.at("Mode") == "THROTTLED_KEYS") continue;
    out.push_back("DynamoDBContributorInsights-" + std::string(kind) + "-" + subject + suffix);
  }
  return out;
}

std::vector<std::string> insights_subjects(const Table& table) {
  std::vector<std::string> out = {""};
  for (const auto& index : table.indexes) {
    if (index.kind == IndexKind::global) out.push_back(index.name);
  }
  return out;
}

/// The rules of all other tables and indexes of the region.
std::size_t rules_beside(RequestContext& context, const Subject& subject) {
  std::size_t count = 0;
  for (auto& resource : context.resources().list(Table::kKind)) {
    if (!resource.hidden.contains(kInsights)) continue;
    const Table table = table_of(std::move(resource));
    for (const auto& index : insights_subjects(table)) {
      if (table.name == subject.table.name && index == subject.index) continue;
      count += rules(table, index, insights_of(table.resource, index)).size();
    }
  }
  return count;
}

/// CloudWatch makes all of the rules or none.
void make_rules(RequestContext& context, const Subject& subject, Json& held) {
  if (rules_beside(context, subject) + rules(subject.table, subject.index, held).size() <= kMostRules) return;
  held["Status"] = "FAILED";
  held["Failure"] = {
      {"ExceptionName", "LimitExceededException"},
      {"ExceptionDescription",
       "Amazon CloudWatch Contributor Insights rule limit reached. Please disable Contributor Insights for other "
       "tables/indexes OR disable other CloudWatch Contributor Insights rules before retrying."}};
}

/// The insights after an ENABLE or a DISABLE; `before` where it changes nothing.
Json changed_insights(RequestContext& context, const Subject& subject, const Json& before, bool enable,
                      const std::string& mode) {
  const std::string was = before.is_null() ? "DISABLED" : before.at("Status").get<std::string>();
  if (enable ? was == "ENABLED" && before.at("Mode") == mode : was == "DISABLED") return before;
  Json held = {{"Status", enable ? "ENABLED" : "DISABLED"},
               {"Mode", enable ? Json(mode) : before.at("Mode")},
               {"Changed", context.now},
               {"Until", context.now + lasting(context, kTakes)}};
  const bool stays = enable && was == "ENABLED";  // the rules that the mode still has
  held["RulesMade"] = stays ? before.value("RulesMade", before.at("Changed")) : Json(context.now);
  if (enable) {
    make_rules(context, subject, held);
  } else if (before.contains("Failure")) {
    held["Failure"] = before.at("Failure");  // shown until it is DISABLED
  }
  return held;
}

}  // namespace

void forget_insights(storage::Resource& table, const std::string& index) {
  if (const auto all = table.hidden.find(kInsights); all != table.hidden.end()) all->erase(index);
}

Json update_contributor_insights(RequestContext& context, const Input& input) {
  Subject asked = subject(context, input);
  check_active(context, asked);
  check_table_key(context, asked.table.document());
  const bool enable = input.str("ContributorInsightsAction") == "ENABLE";
  const std::string mode = input.str("ContributorInsightsMode", "ACCESSED_AND_THROTTLED_KEYS");
  const Json before = insights_of(asked.table.resource, asked.index);
  const Json held = changed_insights(context, asked, before, enable, mode);
  if (held == before) return summary(asked.table.name, asked.index, held, insights_status(context, held));
  asked.table.resource.hidden[kInsights][asked.index] = held;
  context.resources().put(asked.table.resource);
  return summary(asked.table.name, asked.index, held, enable ? "ENABLING" : "DISABLING");
}

Json describe_contributor_insights(RequestContext& context, const Input& input) {
  const auto [table, index] = subject(context, input);
  const Json held = insights_of(table.resource, index);
  const std::string status = insights_status(context, held);
  Json out = summary(table.name, index, held, status);
  if (held.is_null()) return out;
  out["LastUpdateDateTime"] = aws::seconds(held.at("Changed").get<aws::Millis>());
  if (status == "ENABLED") out["ContributorInsightsRuleList"] = rules(table, index, held);
  if (held.contains("Failure") && (status == "FAILED" || status == "DISABLING"))
    out["FailureException"] = held.at("Failure");
  return out;
}

Json list_contributor_insights(RequestContext& context, const Input& input) {
  const auto name = input.find_str("TableName");
  if (name) require_known_table(context, *name);
  std::vector<Json> all;
  for (auto& resource : context.resources().list(Table::kKind)) {
    if (name && resource.id != table_name(*name)) continue;
    const Table table = table_of(std::move(resource));
    for (const auto& index : insights_subjects(table)) {
      const Json held = insights_of(table.resource, index);
      all.push_back(summary(table.name, index, held, insights_status(context, held)));
    }
  }
  const auto key = [](const Json& one) {
    return one.at("TableName").get<std::string>() + "/" + one.value("IndexName", "");
  };
  const auto disabled = [](const Json& one) { return one.at("ContributorInsightsStatus") == "DISABLED"; };
  // A list of all tables has pages of all that could have insights, and shows of each page what has.
  if (name) std::erase_if(all, disabled);
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, input.integer("MaxResults", kMostInsights)));
  const auto next = paginate(all, most, input.find_str("NextToken"), key, validation("Invalid NextToken"));
  std::erase_if(all, disabled);
  Json out = {{"ContributorInsightsSummaries", all}};
  if (next) out["NextToken"] = *next;
  return out;
}

}  // namespace orrery::dynamodb
