#include "services/s3/config_rules.hpp"

#include <set>
#include <tuple>

#include "aws/ids.hpp"
#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

const Json& rules_of(const Json& document, std::string_view name, std::size_t most) {
  const auto found = document.find(name);
  if (found == document.end() || !found->is_array() || found->empty() || found->size() > most) {
    throw errors::malformed_xml();
  }
  return *found;
}

/// Gives rules without an id one, and refuses two with the same.
void complete_ids(Json& rules, const std::string& member) {
  std::set<std::string> seen;
  for (auto& rule : rules) {
    if (rule.value(member, "").empty()) rule[member] = aws::uuid();
    const std::string id = rule.at(member);
    if (id.size() > 255) throw errors::invalid_argument("ID length should not exceed allowed limit of 255", "ID", id);
    if (!seen.insert(id).second) {
      throw errors::invalid_argument("Rule ID must be unique. Found same ID for more than one rule", "ID", id);
    }
  }
}

void check_lifecycle_date(const Json& action) {
  const auto date = action.find("Date");
  if (date != action.end() && static_cast<std::int64_t>(date->get<double>()) % 86'400 != 0) {
    throw errors::invalid_argument("'Date' must be at midnight GMT", "Date", date->dump());
  }
}

void check_lifecycle_days(const Json& action, std::string_view member) {
  const auto days = action.find(member);
  if (days != action.end() && days->get<std::int64_t>() <= 0) {
    throw errors::invalid_argument("'" + std::string(member) + "' for Expiration action must be a positive integer",
                                   std::string(member), days->dump());
  }
}

/// The rules of a notification's Filter.Key. Their names come with either first letter and read back with a capital, as
/// in the answers of AWS that LocalStack's tests recorded; Terraform's provider lowers what it reads.
void complete_key_filter(Json& configuration) {
  const Json::json_pointer place("/Filter/Key/FilterRules");
  if (!configuration.contains(place)) return;
  for (auto& rule : configuration[place]) {
    if (!rule.contains("Name") || !rule.contains("Value")) throw errors::malformed_xml();
    rule["Name"] = rule["Name"] == "prefix" || rule["Name"] == "Prefix" ? "Prefix" : "Suffix";
    if (rule["Value"] == "") throw errors::invalid_argument("filter value cannot be empty", rule["Name"], "");
  }
}

}  // namespace

void check_encryption(RequestContext&, const Bucket&, Json& document) {
  rules_of(document, "Rules", 1);
  Json& rule = document["Rules"][0];
  if (const auto by_default = rule.find("ApplyServerSideEncryptionByDefault"); by_default != rule.end()) {
    const std::string algorithm = by_default->value("SSEAlgorithm", "");
    if (algorithm == "AES256" && by_default->contains("KMSMasterKeyID")) {
      throw errors::invalid_argument(
          "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
          "aws:kms:dsse",
          "ApplyServerSideEncryptionByDefault", algorithm);
    }
  } else {
    rule["ApplyServerSideEncryptionByDefault"] = {{"SSEAlgorithm", "AES256"}};
  }
  if (!rule.contains("BucketKeyEnabled")) rule["BucketKeyEnabled"] = false;
}

void check_public_access_block(RequestContext&, const Bucket&, Json& document) {
  for (const char* member : {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}) {
    if (!document.contains(member)) document[member] = false;
  }
}

void check_ownership(RequestContext& context, const Bucket& bucket, Json& document) {
  const Json& rules = rules_of(document, "Rules", 1);
  if (rules[0].at("ObjectOwnership") != "BucketOwnerEnforced") return;
  const auto acl = store_of(context).config(bucket.name, "acl");
  if (acl && acl->size() > 1) {
    throw errors::make("InvalidBucketAclWithObjectOwnership", 400,
                       "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
  }
}

void check_cors(RequestContext&, const Bucket&, Json& document) {
  for (const auto& rule : rules_of(document, "CORSRules", 100)) {
    for (const auto& method : rule.at("AllowedMethods")) {
      const std::string text = method.get<std::string>();
      if (text != "GET" && text != "PUT" && text != "POST" && text != "DELETE" && text != "HEAD") {
        throw errors::invalid_request("Found unsupported HTTP method in CORS config. Unsupported method is " + text);
      }
    }
    for (const auto& origin : rule.at("AllowedOrigins")) {
      const std::string text = origin.get<std::string>();
      if (std::count(text.begin(), text.end(), '*') > 1) {
        throw errors::invalid_request("AllowedOrigin \"" + text + "\" can not have more than one wildcard.");
      }
    }
  }
}

void check_routing(const Json& document) {
  for (const auto& rule : document.value("RoutingRules", Json::array())) {
    if (rule.contains("Condition") && rule["Condition"].empty()) {
      throw errors::invalid_request(
          "Condition cannot be empty. To redirect all requests without a condition, the condition "
          "element shouldn't be present.");
    }
    if (!rule.contains("Redirect")) throw errors::malformed_xml();
    const Json& redirect = rule["Redirect"];
    if (redirect.contains("ReplaceKeyPrefixWith") && redirect.contains("ReplaceKeyWith")) {
      throw errors::invalid_request("You can only define ReplaceKeyPrefix or ReplaceKey but not both.");
    }
  }
}

void check_website(RequestContext&, const Bucket&, Json& document) {
  if (document.contains("RedirectAllRequestsTo")) {
    if (document.size() > 1) {
      throw errors::invalid_argument(
          "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.", "RedirectAllRequestsTo",
          "");
    }
    return;
  }
  if (!document.contains("IndexDocument")) {
    throw errors::invalid_argument(
        "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty", "IndexDocument", "null");
  }
  const std::string suffix = document["IndexDocument"].value("Suffix", "");
  if (suffix.empty() || suffix.find('/') != std::string::npos) {
    throw errors::invalid_argument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix);
  }
  check_routing(document);
}

void check_logging(RequestContext& context, const Bucket& bucket, Json& document) {
  const auto enabled = document.find("LoggingEnabled");
  if (enabled == document.end()) return;
  const auto target = store_of(context).bucket(enabled->value("TargetBucket", ""));
  if (!target || target->account != bucket.account) {
    throw errors::make("InvalidTargetBucketForLogging", 400, "The target bucket for logging does not exist")
        .with("TargetBucket", enabled->value("TargetBucket", ""));
  }
  if (target->region != bucket.region) {
    // Two t: so S3 spells it.
    throw errors::make("CrossLocationLoggingProhibitted", 403, "Cross S3 location logging not allowed. ")
        .with("TargetBucketLocation", target->region);
  }
}

void check_replication(RequestContext& context, const Bucket& bucket, Json& document) {
  if (bucket.versioning != Versioning::enabled) {
    throw errors::invalid_request("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
  }
  rules_of(document, "Rules", 1000);
  complete_ids(document["Rules"], "ID");
  for (const auto& rule : document["Rules"]) {
    const std::string arn = rule.at("Destination").value("Bucket", "");
    const auto target = store_of(context).bucket(arn.substr(std::min(arn.size(), arn.rfind(':') + 1)));
    if (!target || target->versioning != Versioning::enabled) {
      throw errors::invalid_request("Destination bucket must have versioning enabled.");
    }
    if (rule.contains("Filter") && !rule.contains("Priority")) {
      throw errors::invalid_request(
          "Priority must be specified for this version of Cross Region Replication "
          "configuration schema. Please refer to S3 Developer Guide for more information.");
    }
  }
}

void check_accelerate(RequestContext&, const Bucket& bucket, Json&) {
  if (bucket.name.find('.') != std::string::npos) {
    throw errors::invalid_request(
        "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
  }
}

void check_object_lock(RequestContext&, const Bucket& bucket, Json& document) {
  if (bucket.versioning != Versioning::enabled) {
    throw errors::invalid_bucket_state(
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
  }
  if (document.value("ObjectLockEnabled", "") != "Enabled") throw errors::malformed_xml();
  if (!document.contains("Rule")) return;
  const Json& rule = document["Rule"];
  const Json retention = rule.value("DefaultRetention", Json::object());
  if (!retention.contains("Mode") || retention.contains("Days") == retention.contains("Years"))
    throw errors::malformed_xml();
  const bool days = retention.contains("Days");
  const auto period = retention.at(days ? "Days" : "Years").get<std::int64_t>();
  if (period <= 0) {
    throw errors::invalid_argument("Default retention period must be a positive integer value.",
                                   days ? "Days" : "Years", std::to_string(period));
  }
  if (period > (days ? 36500 : 100)) {
    throw errors::invalid_argument("Default retention period too large", days ? "Days" : "Years",
                                   std::to_string(period));
  }
}

void check_notification(RequestContext&, const Bucket&, Json& document) {
  constexpr std::tuple<const char*, const char*, const char*> kKinds[] = {
      {"TopicConfigurations", "TopicArn", "Topic"},
      {"QueueConfigurations", "QueueArn", "Queue"},
      {"LambdaFunctionConfigurations", "LambdaFunctionArn", "CloudFunction"}};
  for (const auto& [kind, member, element] : kKinds) {
    if (!document.contains(kind)) continue;
    complete_ids(document[kind], "Id");
    for (auto& rule : document[kind]) {
      const std::string arn = rule.value(member, "");
      if (!aws::parse_arn(arn).valid()) throw errors::invalid_argument("The ARN could not be parsed", element, arn);
      complete_key_filter(rule);
    }
  }
}

void check_lifecycle_filter(const Json& rule) {
  const Json filter = rule.value("Filter", Json::object());
  std::set<std::string> seen;
  for (const auto& tag : filter.value("And", Json::object()).value("Tags", Json::array())) {
    if (!seen.insert(tag.value("Key", "")).second) throw errors::invalid_request("Duplicate Tag Keys are not allowed.");
  }
}

void check_lifecycle(RequestContext&, const Bucket&, Json& document) {
  rules_of(document, "Rules", 1000);
  complete_ids(document["Rules"], "ID");
  for (const auto& rule : document["Rules"]) {
    const std::string status = rule.value("Status", "");
    if (status != "Enabled" && status != "Disabled") throw errors::malformed_xml();
    if (rule.contains("Filter") == rule.contains("Prefix")) throw errors::malformed_xml();
    if (rule.contains("Filter") && rule["Filter"].size() > 1) throw errors::malformed_xml();
    check_lifecycle_filter(rule);
    bool acts = false;
    for (const char* action : {"Expiration", "Transitions", "NoncurrentVersionTransitions",
                               "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"}) {
      acts = acts || rule.contains(action);
    }
    if (!acts) {
      throw errors::invalid_request("At least one action needs to be specified in a rule");
    }
    if (rule.contains("Expiration")) {
      const Json& expiration = rule["Expiration"];
      if (expiration.contains("ExpiredObjectDeleteMarker") && expiration.size() > 1) throw errors::malformed_xml();
      check_lifecycle_days(rule["Expiration"], "Days");
      check_lifecycle_date(rule["Expiration"]);
    }
    for (const auto& transition : rule.value("Transitions", Json::array())) check_lifecycle_date(transition);
    if (rule.contains("NoncurrentVersionExpiration")) {
      if (!rule["NoncurrentVersionExpiration"].contains("NoncurrentDays")) throw errors::malformed_xml();
      check_lifecycle_days(rule["NoncurrentVersionExpiration"], "NoncurrentDays");
    }
  }
}

}  // namespace orrery::s3
