#include "services/s3/post_policy.hpp"

#include <set>

#include "aws/ids.hpp"
#include "aws/text.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

AwsError invalid_policy(const std::string& why) {
  return errors::make("InvalidPolicyDocument", 400, "Invalid Policy: " + why);
}

AwsError against_policy(const std::string& why) {
  return errors::make("AccessDenied", 403, "Invalid according to Policy: " + why);
}

Json parse_policy_text(const std::string& base64) {
  std::string text;
  if (!aws::base64_decode(base64, text)) throw invalid_policy("Invalid Base64.");
  Json policy = Json::parse(text, nullptr, false);
  if (policy.is_discarded() || !policy.is_object()) throw invalid_policy("Invalid JSON.");
  return policy;
}

void check_expiration(const Json& policy, aws::Millis now) {
  const auto found = policy.find("expiration");
  if (found == policy.end() || !found->is_string()) throw invalid_policy("Policy is missing expiration.");
  const std::string text = found->get<std::string>();
  aws::Millis until = 0;
  // ISO 8601 in UTC alone.
  if (!text.ends_with('Z') || text.find('T') == std::string::npos || !aws::parse_timestamp(text, until)) {
    throw invalid_policy("Invalid 'expiration' value: '" + text + "'");
  }
  if (until <= now) throw against_policy("Policy expired.");
}

class Conditions {
 public:
  Conditions(const http::Headers& fields, const std::string& bucket, std::uint64_t size)
      : fields_(fields), bucket_(bucket), size_(size) {}

  void check(const Json& condition) {
    if (condition.is_object()) {
      if (condition.empty())
        throw invalid_policy("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
      for (const auto& [name, value] : condition.items()) {
        if (!value.is_string()) throw invalid_policy("Invalid Simple-Condition: value must be a string.");
        compare("eq", name, value.get<std::string>(), Json::array({"eq", "$" + name, value}));
      }
      return;
    }
    if (!condition.is_array() || condition.size() != 3 || !condition[0].is_string()) {
      throw invalid_policy("Invalid Condition: must be an object or an array of three.");
    }
    const std::string operation = aws::lower(condition[0].get<std::string>());
    if (operation == "content-length-range") return check_range(condition);
    if ((operation != "eq" && operation != "starts-with") || !condition[1].is_string() || !condition[2].is_string()) {
      throw invalid_policy("Invalid Condition: unknown operation '" + operation + "'.");
    }
    const std::string name = condition[1];
    if (!name.starts_with('$')) throw invalid_policy("Invalid Condition: field name must begin with '$'.");
    compare(operation, name.substr(1), condition[2].get<std::string>(), condition);
  }

  /// "Each form field … must appear in the list of conditions."
  void refuse_others() const {
    static const std::set<std::string> kFree{"policy", "signature", "x-amz-signature", "awsaccesskeyid", "file"};
    if (!named_.contains("bucket")) throw against_policy("Extra input fields: bucket");
    for (const auto& [field, value] : fields_) {
      const std::string name = aws::lower(field);
      if (kFree.contains(name) || name.starts_with("x-ignore-") || named_.contains(name)) continue;
      throw against_policy("Extra input fields: " + name);
    }
  }

 private:
  void compare(const std::string& operation, const std::string& field, const std::string& wanted,
               const Json& condition) {
    const std::string name = aws::lower(field);
    named_.insert(name);
    const std::string value = name == "bucket" ? bucket_ : std::string(fields_.get(name));
    const bool holds = operation == "eq" ? value == wanted : value.starts_with(wanted);
    if (!holds) throw against_policy("Policy Condition failed: " + condition.dump());
  }

  void check_range(const Json& condition) const {
    if (!condition[1].is_number_integer() || !condition[2].is_number_integer() ||
        condition[1].get<std::int64_t>() < 0 || condition[2].get<std::int64_t>() < 0) {
      throw invalid_policy("Invalid content-length-range: must be two non-negative integers.");
    }
    const auto least = condition[1].get<std::uint64_t>(), most = condition[2].get<std::uint64_t>();
    if (size_ > most) {
      throw errors::make("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
          .with("ProposedSize", std::to_string(size_))
          .with("MaxSizeAllowed", std::to_string(most));
    }
    if (size_ < least) {
      throw errors::make("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")
          .with("ProposedSize", std::to_string(size_))
          .with("MinSizeAllowed", std::to_string(least));
    }
  }

  const http::Headers& fields_;
  const std::string& bucket_;
  const std::uint64_t size_;
  std::set<std::string> named_;
};

}  // namespace

void check_post_policy(const http::Headers& fields, const std::string& bucket, std::uint64_t size, aws::Millis now) {
  const Json policy = parse_policy_text(std::string(fields.get("policy")));
  check_expiration(policy, now);
  const auto conditions = policy.find("conditions");
  if (conditions == policy.end() || !conditions->is_array() || conditions->empty()) {
    throw invalid_policy("Policy is missing conditions.");
  }
  Conditions checked(fields, bucket, size);
  for (const auto& condition : *conditions) checked.check(condition);
  checked.refuse_others();
}

}  // namespace orrery::s3
