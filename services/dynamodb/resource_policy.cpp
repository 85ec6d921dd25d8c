#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/stream.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostPolicyBytes = 20 * 1024;

/// The table or stream that a policy is of.
storage::Resource policed_resource(RequestContext& context, const Input& input) {
  const std::string arn = input.str("ResourceArn");
  if (arn.find("/stream/") != std::string::npos) {
    auto stream = find_stream(context, arn);
    if (!stream) throw resource_not_found();
    return std::move(stream->resource);
  }
  auto table = find_table(context, arn);
  if (!table) throw table_not_found(table_name(arn));
  return std::move(table->resource);
}

AwsError policy_not_found(const std::string& arn) {
  return {"PolicyNotFoundException", 400, "Resource-based policy not found for the provided ResourceArn: " + arn};
}

/// The revision that ExpectedRevisionId names, or NO_POLICY, must be the one that is there.
void check_revision(const Input& input, const Json& hidden) {
  const auto expected = input.find_str("ExpectedRevisionId");
  if (!expected) return;
  const std::string held = hidden.contains("Policy") ? hidden.at("PolicyRevision").get<std::string>() : "NO_POLICY";
  if (*expected != held) throw policy_not_found(input.str("ResourceArn"));
}

}  // namespace

void set_policy(Json& hidden, const std::string& policy) {
  const Json parsed = Json::parse(policy, nullptr, false);
  if (policy.size() > kMostPolicyBytes)
    throw invalid_parameter("Maximum policy size of " + std::to_string(kMostPolicyBytes) + " bytes exceeded");
  if (!parsed.is_object()) throw invalid_parameter("Invalid policy document: This policy contains invalid Json");
  if (!parsed.contains("Statement") || parsed.at("Statement").empty())
    throw invalid_parameter("Invalid policy document: Could not parse the policy: Statement is empty!");
  hidden["Policy"] = policy;
  hidden["PolicyRevision"] = std::to_string(std::stoull(aws::random_hex(12), nullptr, 16));
}

Json get_resource_policy(RequestContext& context, const Input& input) {
  const storage::Resource resource = policed_resource(context, input);
  const Json& hidden = resource.hidden;
  if (!hidden.contains("Policy")) throw policy_not_found(input.str("ResourceArn"));
  return {{"Policy", hidden.at("Policy")}, {"RevisionId", hidden.at("PolicyRevision")}};
}

Json put_resource_policy(RequestContext& context, const Input& input) {
  storage::Resource resource = policed_resource(context, input);
  input.acknowledge("ConfirmRemoveSelfResourceAccess", "a guard of the caller's; no caller is locked out here");
  check_revision(input, resource.hidden);
  set_policy(resource.hidden, input.str("Policy"));
  context.resources().put(resource);
  return {{"RevisionId", resource.hidden.at("PolicyRevision")}};
}

Json delete_resource_policy(RequestContext& context, const Input& input) {
  storage::Resource resource = policed_resource(context, input);
  Json& hidden = resource.hidden;
  check_revision(input, hidden);
  if (!hidden.contains("Policy")) return Json::object();
  const Json revision = hidden.at("PolicyRevision");
  hidden.erase("Policy");
  hidden.erase("PolicyRevision");
  context.resources().put(resource);
  return {{"RevisionId", revision}};
}

}  // namespace orrery::dynamodb
