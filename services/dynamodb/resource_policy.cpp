#include "services/dynamodb/resource_policy.hpp"
#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/policy_document.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/stream.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

namespace {

// Order of checks and words as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB, moto's tests against AWS).
// Hidden members of a table or stream: Policy (its form), PolicyRevision, which is the time of its last change, and
// PolicyChange: when that was, or the policy's deletion, and what was there before.

constexpr aws::Millis kPending = 1'500;  // about
constexpr aws::Millis kInterval = 15'000;

struct Policed {
  PolicyOf of = PolicyOf::table;
  std::string arn, table, name;  ///< the name is the table's, or the stream's label
};

AwsError not_a_resource(const std::string& arn) {
  return invalid_parameter("Provided Arn is not a DynamoDB resource arn: " + arn);
}

/// What ResourceArn names, whether or not it is there.
Policed policed(const RequestContext& context, const Input& input) {
  const std::string arn = input.str("ResourceArn");
  if (!arn.starts_with("arn:")) throw invalid_parameter("ARNs must start with 'arn:': " + arn);
  const aws::Arn parts = aws::parse_arn(arn), own = aws::parse_arn(context.arn("table/"));
  if (parts.service != own.service || !parts.resource.starts_with("table/")) throw not_a_resource(arn);
  if (parts.account != own.account)
    throw validation("This action is only supported by accounts that match the resource owner’s account.");
  if (parts.region != own.region || parts.partition != own.partition)
    throw invalid_parameter("Invalid resource Arn: " + arn);
  const std::string name = table_name(arn), rest = parts.resource.substr(sizeof "table/" - 1 + name.size());
  constexpr std::string_view kStream = "/stream/", kIndex = "/index/";
  if (rest.empty()) return {PolicyOf::table, arn, name, name};
  if (rest.starts_with(kStream)) return {PolicyOf::stream, arn, name, rest.substr(kStream.size())};
  if (rest.starts_with(kIndex)) {
    throw invalid_parameter("Invalid resource arn provided, only table or stream is accepted. Provided resource arn: " +
                            arn);
  }
  throw not_a_resource(arn);
}

storage::Resource find_policed(RequestContext& context, const Policed& what) {
  if (what.of == PolicyOf::stream) {
    auto stream = find_stream(context, what.arn);
    if (stream) return std::move(stream->resource);
    throw AwsError("ResourceNotFoundException", 400,
                   "Requested resource not found: Stream: " + what.name + " not found for Table: " + what.table);
  }
  auto table = find_table(context, what.arn);
  if (!table || just_created(context, table->resource)) throw table_not_found(what.table);
  return std::move(table->resource);
}

storage::Resource policed_resource(RequestContext& context, const Policed& what) {
  storage::Resource resource = find_policed(context, what);
  check_denial(context, resource);
  return resource;
}

AwsError policy_not_found(const std::string& why) {
  return {"PolicyNotFoundException", 400, "Resource-based policy not found for the provided ResourceArn: " + why};
}

/// How long ago the policy was last changed.
aws::Millis since_change(const RequestContext& context, const Json& hidden) {
  const auto change = hidden.find("PolicyChange");
  return change == hidden.end() ? kInterval : context.now - change->at("At").get<aws::Millis>();
}

/// With realistic lifecycles, changes are made one after the other, and reads see them late.
bool pending(const RequestContext& context, const Json& hidden) {
  return context.settings.lifecycle == Lifecycle::realistic && since_change(context, hidden) < kPending;
}

/// For a while after a deletion its time is the revision.
std::string held_revision(const RequestContext& context, const Json& hidden) {
  if (hidden.contains("Policy")) return hidden.at("PolicyRevision").get<std::string>();
  return since_change(context, hidden) < kInterval ? hidden.at("PolicyChange").at("At").dump() : "";
}

/// The revision that ExpectedRevisionId names, or NO_POLICY, must be the one that is there.
void check_revision(const RequestContext& context, const Input& input, const Policed& what, const Json& hidden) {
  const auto expected = input.find_str("ExpectedRevisionId");
  if (!expected) return;
  const std::string kind = what.of == PolicyOf::table ? "table " : "stream ";
  const std::string held = held_revision(context, hidden);
  if (*expected == "NO_POLICY") {
    if (!hidden.contains("Policy")) return;
    throw policy_not_found("Requested policy update expecting none to be present for " + kind + what.name +
                           ", but a policy exists with revision id " + held + ".");
  }
  if (hidden.contains("Policy") && *expected == held) return;
  throw policy_not_found(
      "Requested update for policy with revision id " + *expected + ", but " +
      (held.empty() ? kind + what.name + " has no associated policy."
                    : "the policy associated to target " + kind + what.name + " has revision id " + held + "."));
}

void check_interval(const RequestContext& context, const Policed& what, const Json& hidden) {
  if (context.settings.lifecycle != Lifecycle::realistic || since_change(context, hidden) >= kInterval) return;
  const bool table = what.of == PolicyOf::table;
  if (pending(context, hidden)) {
    throw still_in_use(std::string(table ? "Table" : "Stream") +
                       " is pending previous resource-based policy update: " + what.name);
  }
  const aws::Millis again = hidden.at("PolicyChange").at("At").get<aws::Millis>() + kInterval;
  throw AwsError("ThrottlingException", 400,
                 "Resource-based policy for " + std::string(table ? "table " : "stream ") + what.name +
                     " modified within the previous " + std::to_string(kInterval) +
                     " milliseconds. Please try again after " + aws::iso8601_ms(again) + ".");
}

/// Notes a change that is about to be made, and returns its time: later than that of the last.
aws::Millis note_change(const RequestContext& context, Json& hidden) {
  Json before = Json::object();
  for (const char* member : {"Policy", "PolicyRevision"}) {
    if (hidden.contains(member)) before[member] = hidden.at(member);
  }
  const auto last = hidden.value("PolicyChange", Json::object()).value("At", aws::Millis{0});
  const aws::Millis at = std::max(context.now, last + 1);
  hidden["PolicyChange"] = {{"At", at}, {"Before", std::move(before)}};
  return at;
}

void keep_policy(const RequestContext& context, Json& hidden, std::string form) {
  hidden["PolicyRevision"] = std::to_string(note_change(context, hidden));
  hidden["Policy"] = std::move(form);
}

}  // namespace

void create_with_policy(RequestContext& context, storage::Resource& table, const std::string& policy) {
  keep_policy(context, table.hidden, policy_form(context, table.arn, PolicyOf::table, policy));
}

void check_policy_settled(const RequestContext& context, const storage::Resource& table) {
  if (pending(context, table.hidden))
    throw still_in_use("Table: " + table.id + " has a pending resource-based policy update.");
}

Json get_resource_policy(RequestContext& context, const Input& input) {
  const Policed what = policed(context, input);
  const storage::Resource resource = policed_resource(context, what);
  const Json& hidden =
      pending(context, resource.hidden) ? resource.hidden.at("PolicyChange").at("Before") : resource.hidden;
  if (!hidden.contains("Policy")) throw policy_not_found(what.arn);
  return {{"Policy", policy_text(hidden.at("Policy").get<std::string>())}, {"RevisionId", hidden.at("PolicyRevision")}};
}

Json put_resource_policy(RequestContext& context, const Input& input) {
  const Policed what = policed(context, input);
  std::string form = policy_form(context, what.arn, what.of, input.str("Policy"));
  storage::Resource resource = policed_resource(context, what);
  Json& hidden = resource.hidden;
  const bool confirmed = input.flag("ConfirmRemoveSelfResourceAccess");
  check_revision(context, input, what, hidden);
  if (hidden.value("Policy", "") == form) return {{"RevisionId", hidden.at("PolicyRevision")}};
  check_interval(context, what, hidden);
  if (!confirmed) check_lockout(context, what.arn, form);
  keep_policy(context, hidden, std::move(form));
  context.resources().put(resource);
  return {{"RevisionId", hidden.at("PolicyRevision")}};
}

Json delete_resource_policy(RequestContext& context, const Input& input) {
  const Policed what = policed(context, input);
  storage::Resource resource = policed_resource(context, what);
  Json& hidden = resource.hidden;
  check_revision(context, input, what, hidden);
  const std::string revision = held_revision(context, hidden);
  if (revision.empty()) return Json::object();
  if (hidden.contains("Policy")) {
    check_interval(context, what, hidden);
    note_change(context, hidden);
    hidden.erase("Policy");
    hidden.erase("PolicyRevision");
    context.resources().put(resource);
  }
  return {{"RevisionId", revision}};
}

}  // namespace orrery::dynamodb
