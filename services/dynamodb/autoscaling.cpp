#include "services/dynamodb/autoscaling.hpp"

#include "aws/ids.hpp"
#include "registry/findings.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/quotas.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

// Checks, words and answers as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

constexpr const char* kSettings = "AutoScaling";  // by index ("" is the table), then by what is scaled

const char* settings_of(Scaled what) { return what == Scaled::reads ? "Reads" : "Writes"; }

const char* units_member(Scaled what) { return what == Scaled::reads ? "ReadCapacityUnits" : "WriteCapacityUnits"; }

std::string metric_of(Scaled what) {
  return what == Scaled::reads ? "DynamoDBReadCapacityUtilization" : "DynamoDBWriteCapacityUtilization";
}

std::string linked_role(const RequestContext& context) {
  return "arn:aws:iam::" + context.account +
         ":role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
         "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable";
}

/// DynamoDB passes on what Application Auto Scaling says.
AwsError passed_on(const RequestContext& context, const std::string& message) {
  return validation(message +
                    " (Service: AWSApplicationAutoScaling; Status Code: 400; Error Code: ValidationException; "
                    "Request ID: " +
                    context.request_id + "; Proxy: null)");
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "'" : ", '") + name + "'";
  return out;
}

/// Of the members that say how to scale, those that `update` has and those that it has not.
struct ScalingMembers {
  std::vector<std::string> given, missing;
};

ScalingMembers scaling_members(const Input& update) {
  ScalingMembers out;
  for (const char* member : {"MaximumUnits", "ScalingPolicyUpdate", "MinimumUnits"})
    (update.has(member) ? out.given : out.missing).emplace_back(member);
  return out;
}

/// "10.0", "90.1", as Java writes them.
std::string decimal(double value) {
  std::string text = Json(value).dump();
  return text.find_first_of(".eE") == std::string::npos ? text + ".0" : text;
}

void check_target(const RequestContext& context, Scaled what, double target) {
  constexpr double kLeast = 10, kMost = 90;  // the documentation's least is 20
  const std::string was = ", but was '" + decimal(target) + "'.";
  if (target <= 0)
    throw passed_on(
        context, "For target tracking scaling, target value must be between '8.51592E-109' and '1.174271E108'" + was);
  if (target < kLeast || target > kMost) {
    throw passed_on(context, "For predefined metric type " + metric_of(what) +
                                 ", target value must be between '10.0' and '90.0'" + was);
  }
}

/// DynamoDB works as its own service-linked role, which may pass no role on.
void check_role(const RequestContext& context, const Input& update) {
  const auto role = update.find_str("AutoScalingRoleArn");
  if (!role || *role == linked_role(context)) return;
  throw passed_on(context, "User: arn:aws:sts::" + context.account +
                               ":assumed-role/AWSServiceRoleForDynamoDBReplication/DynamoDBReplication is not "
                               "authorized to perform: iam:PassRole on resource: " +
                               *role + " because no identity-based policy allows the iam:PassRole action");
}

std::string policy_name(const storage::Resource& table, const std::string& index, Scaled what) {
  return metric_of(what) + ":table/" + table.id + (index.empty() ? "" : "/index/" + index);
}

Json scaling_policy(const RequestContext& context, const storage::Resource& table, const std::string& index,
                    Scaled what, const Input& update) {
  const Input tracking = update.object("TargetTrackingScalingPolicyConfiguration");
  const double target = tracking.number("TargetValue");
  check_target(context, what, target);
  Json configuration = {{"TargetValue", target}};
  if (const auto disabled = tracking.find_flag("DisableScaleIn")) configuration["DisableScaleIn"] = *disabled;
  for (const char* member : {"ScaleInCooldown", "ScaleOutCooldown"}) {
    if (const auto seconds = tracking.find_integer(member)) configuration[member] = *seconds;
  }
  return {{"PolicyName", update.str("PolicyName", policy_name(table, index, what))},
          {"TargetTrackingScalingPolicyConfiguration", std::move(configuration)}};
}

/// Whether DynamoDB sees to it that writes scale: in global tables whose capacity is provisioned.
bool scales_by_itself(const Json& document) {
  return billing_mode(document) == "PROVISIONED" && !document.value("Replicas", Json::array()).empty();
}

void fit_capacity(RequestContext& context, storage::Resource& table, const std::string& index, Scaled what,
                  std::int64_t least, std::int64_t most) {
  Json* described = scaled_description(table.document, index);
  if (!described) return;
  const auto held = described->at("ProvisionedThroughput").at(units_member(what)).get<std::int64_t>();
  // Beyond the quota scaling fails, and the caller does not hear of it.
  const std::int64_t fitting = std::min(std::clamp(held, least, most), std::max(held, kTableCapacity));
  if (fitting == held) return;
  begin_update(context, table);
  set_capacity(context, index.empty() ? table.arn : described->at("IndexArn").get<std::string>(), *described,
               units_member(what), fitting);
}

}  // namespace

Json* scaled_description(Json& document, const std::string& index) {
  return index.empty() ? &document : find_index(document, index);
}

AwsError settings_refused(const std::string& table, const std::string& rest) {
  return validation("Failed to update settings for global table with name: ‘" + table + "’" + rest);
}

AwsError not_provisioned(const std::string& table, const std::vector<std::string>& regions,
                         const std::vector<std::string>& members) {
  std::vector<std::string> upper = regions;
  for (auto& region : upper)
    std::transform(region.begin(), region.end(), region.begin(), [](unsigned char c) { return std::toupper(c); });
  return validation("Failed to update global table with name ‘" + table + "‘. Replicas " + quoted_list(upper) +
                    " BillingMode is PayPerRequest. You must convert table's BillingMode to PROVISIONED to set "
                    "parameters: " +
                    quoted_list(members) + ".");
}

bool disables_scaling(const Input& update) { return update.flag("AutoScalingDisabled"); }

void check_scaling_form(const std::string& table, const Input& update) {
  const auto [given, missing] = scaling_members(update);
  if (disables_scaling(update)) {
    if (given.empty()) return;
    throw validation("Failed to update settings for global table with name ‘" + table + "’: Parameters " +
                     quoted_list(given) + " must be left blank when disabling auto scaling.");
  }
  if (missing.empty()) return;
  throw settings_refused(
      table, ": Parameters " + quoted_list(missing) + " are required unless auto scaling is being disabled.");
}

void set_scaling(RequestContext& context, storage::Resource& table, const std::string& index, Scaled what,
                 const Input& update) {
  check_role(context, update);
  Json& settings = table.hidden[kSettings][index];
  if (disables_scaling(update)) {
    settings.erase(settings_of(what));
    return;
  }
  const std::int64_t least = update.integer("MinimumUnits"), most = update.integer("MaximumUnits");
  if (most < least) throw passed_on(context, "Maximum capacity cannot be less than minimum capacity");
  settings[settings_of(what)] = {
      {"MinimumUnits", least},
      {"MaximumUnits", most},
      {"AutoScalingRoleArn", linked_role(context)},
      {"ScalingPolicies", {scaling_policy(context, table, index, what, update.object("ScalingPolicyUpdate"))}}};
  fit_capacity(context, table, index, what, least, most);
}

Json scaling_settings(const storage::Resource& table, const std::string& index, Scaled what) {
  const Json all = table.hidden.value(kSettings, Json::object());
  const Json of = all.contains(index) ? all.at(index) : Json::object();
  if (!of.is_object() || !of.contains(settings_of(what)))
    return {{"AutoScalingDisabled", true}, {"ScalingPolicies", Json::array()}};
  Json settings = of.at(settings_of(what));
  // They outlast a change to on-demand, and rest meanwhile.
  if (billing_mode(table.document) == "PAY_PER_REQUEST") settings["AutoScalingDisabled"] = true;
  return settings;
}

void check_indexes_scale(RequestContext& context, const storage::Resource& table) {
  static constexpr Rule kIndexCapacity{
      "dynamodb-replica-index-capacity",
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html"};
  if (!scales_by_itself(table.document)) return;
  for (const auto& index : table.document.value("GlobalSecondaryIndexes", Json::array())) {
    if (scaling_settings(table, index.at("IndexName").get<std::string>(), Scaled::writes).contains("MaximumUnits"))
      continue;
    would_refuse(context, kIndexCapacity, table.arn,
                 validation("GSI write capacity should either be Pay-Per-Request or AutoScaled."));
  }
}

void scale_new_index(const RequestContext& context, storage::Resource& table, const std::string& index) {
  if (!scales_by_itself(table.document)) return;
  table.hidden[kSettings][index][settings_of(Scaled::writes)] = {
      {"MinimumUnits", 1},
      {"MaximumUnits", 10},
      {"AutoScalingRoleArn", linked_role(context)},
      {"ScalingPolicies",
       {{{"PolicyName", policy_name(table, index, Scaled::writes)},
         {"TargetTrackingScalingPolicyConfiguration", {{"TargetValue", 70.0}}}}}}};
}

void copy_write_scaling(const storage::Resource& source, storage::Resource& replica) {
  const Json all = source.hidden.value(kSettings, Json::object());
  for (const auto& [index, settings] : all.items()) {
    const char* key = settings_of(Scaled::writes);
    if (settings.is_object() && settings.contains(key)) replica.hidden[kSettings][index][key] = settings.at(key);
  }
}

}  // namespace orrery::dynamodb
