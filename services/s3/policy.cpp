#include "services/s3/policy.hpp"

#include "identity/policy_json.hpp"
#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

constexpr std::size_t kMostBytes = 20 * 1024;

AwsError malformed(const std::string& message) { return errors::make("MalformedPolicy", 400, message); }

std::vector<std::string> texts(const Json& value) {
  std::vector<std::string> out;
  if (value.is_string()) out.push_back(value);
  if (value.is_array()) {
    for (const auto& element : value) {
      if (element.is_string()) out.push_back(element);
    }
  }
  return out;
}

/// "" for what is no text.
std::string text_at(const Json& of, const char* name, const char* otherwise) {
  const auto found = of.find(name);
  if (found == of.end()) return otherwise;
  return found->is_string() ? found->get<std::string>() : "";
}

std::vector<Json> statements(const Json& policy) {
  const auto found = policy.find("Statement");
  if (found == policy.end()) throw malformed("Missing required field Statement");
  if (found->is_object()) return {*found};
  if (!found->is_array() || found->empty()) throw malformed("Could not parse the policy: Statement is empty!");
  return found->get<std::vector<Json>>();
}

void check_statement(const Json& statement, const std::string& bucket) {
  if (!statement.is_object()) throw malformed("Statement must be an object");
  const std::string effect = text_at(statement, "Effect", "");
  if (effect != "Allow" && effect != "Deny") throw malformed("Invalid effect: " + effect);
  if (!statement.contains("Principal") && !statement.contains("NotPrincipal")) {
    throw malformed("Missing required field Principal");
  }
  if (effect == "Allow" && statement.contains("NotPrincipal")) {
    throw malformed("Allow with NotPrincipal is not allowed.");
  }
  if (!statement.contains("Action") && !statement.contains("NotAction"))
    throw malformed("Missing required field Action");
  for (const auto& action : texts(statement.value("Action", Json()))) {
    if (action != "*" && !action.starts_with("s3:")) throw malformed("Policy has invalid action");
  }
  const Json& resource =
      statement.contains("Resource") ? statement["Resource"] : statement.value("NotResource", Json());
  const auto resources = texts(resource);
  if (resources.empty()) throw malformed("Missing required field Resource");
  const std::string own = "arn:aws:s3:::" + bucket;
  for (const auto& arn : resources) {
    const bool wild = arn.find('*') != std::string::npos && own.starts_with(arn.substr(0, arn.find('*')));
    if (arn != own && !arn.starts_with(own + "/") && !wild) {
      throw malformed("Policy has invalid resource");
    }
  }
}

bool open_to_everyone(const Json& principal) {
  if (principal.is_string()) return principal == "*";
  if (!principal.is_object()) return false;
  for (const auto& one : texts(principal.value("AWS", Json()))) {
    if (one == "*") return true;
  }
  return false;
}

}  // namespace

bool is_public_policy(const Json& policy) {
  static constexpr std::string_view kFixing[] = {"aws:SourceArn",
                                                 "aws:SourceVpc",
                                                 "aws:SourceVpce",
                                                 "aws:SourceOwner",
                                                 "aws:SourceAccount",
                                                 "aws:SourceIp",
                                                 "aws:userid",
                                                 "aws:PrincipalArn",
                                                 "aws:PrincipalAccount",
                                                 "aws:PrincipalOrgID",
                                                 "s3:DataAccessPointAccount",
                                                 "s3:DataAccessPointArn",
                                                 "s3:x-amz-server-side-encryption-aws-kms-key-id"};
  for (const auto& statement : statements(policy)) {
    if (statement.value("Effect", "") != "Allow" || !open_to_everyone(statement.value("Principal", Json()))) continue;
    bool fixed = false;
    const Json conditions = statement.value("Condition", Json::object());  // items() refers to it
    for (const auto& [operation, keys] : conditions.items()) {
      for (const auto& [key, value] : keys.items()) {
        for (const auto name : kFixing) fixed = fixed || http::iequals(name, key);
      }
    }
    if (!fixed) return true;
  }
  return false;
}

Json get_bucket_policy(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const auto policy = store_of(context).config(bucket.name, "policy");
  if (!policy) {
    throw errors::make("NoSuchBucketPolicy", 404, "The bucket policy does not exist").with("BucketName", bucket.name);
  }
  return {{"Policy", *policy}};
}

Json put_bucket_policy(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  input.acknowledge("ConfirmRemoveSelfBucketAccess", "the owner's root keeps access here");
  const std::string text = input.str("Policy");
  if (text.size() > kMostBytes) {
    throw malformed("Normalized policy document exceeds the maximum allowed size of 20480 bytes.");
  }
  const Json policy = identity::policy_json(text);
  if (!policy.is_object()) throw malformed("Policies must be valid JSON and the first byte must be '{'");
  const std::string version = text_at(policy, "Version", "2008-10-17");
  if (version != "2012-10-17" && version != "2008-10-17") {
    throw malformed("The policy must contain a valid version string");
  }
  for (const auto& statement : statements(policy)) check_statement(statement, bucket.name);
  ObjectStore store = store_of(context);
  const auto block = store.config(bucket.name, "public-access-block");
  if (block && block->value("BlockPublicPolicy", false) && is_public_policy(policy)) {
    throw errors::make("AccessDenied", 403,
                       "User: " + context.principal.arn +
                           " is not authorized to perform: s3:PutBucketPolicy on resource: "
                           "\"arn:aws:s3:::" +
                           bucket.name +
                           "\" because public policies are prevented by the "
                           "BlockPublicPolicy setting in S3 Block Public Access.");
  }
  store.put_config(bucket.name, "policy", "", text);
  context.response_status = 204;  // the model says 200
  return Json::object();
}

Json delete_bucket_policy(RequestContext& context, const Input& input) {
  store_of(context).erase_config(bucket_of(context, input).name, "policy");
  return Json::object();
}

Json get_bucket_policy_status(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const auto policy = store_of(context).config(bucket.name, "policy");
  if (!policy) {
    throw errors::make("NoSuchBucketPolicy", 404, "The bucket policy does not exist").with("BucketName", bucket.name);
  }
  return {
      {"PolicyStatus", {{"IsPublic", is_public_policy(identity::policy_json(policy->get_ref<const std::string&>()))}}}};
}

}  // namespace orrery::s3
