#include "identity/policy.hpp"

#include <gtest/gtest.h>

#include "identity/credentials.hpp"
#include "identity/policy_json.hpp"
#include "registry/error.hpp"

namespace orrery::identity {
namespace {

std::string refusal(std::string_view document, PolicyKind kind) {
  try {
    parse_policy(document, kind);
  } catch (const AwsError& error) {
    EXPECT_EQ(error.code(), "MalformedPolicyDocument");
    return error.message();
  }
  return "";
}

TEST(Policy, ADocumentIsReadAsDeepAsItsElementsCanLie) {
  constexpr std::size_t kLevels = 1'000'000;
  const std::string deep = std::string(kLevels, '[') + "1" + std::string(kLevels, ']');
  const Json cut = policy_json(R"({"Statement":{"Condition":{"Bool":{"a:b":[true]}},"Action":)" + deep + "}}");
  const Json::json_pointer action("/Statement/Action");
  EXPECT_EQ(cut.at("Statement").at("Condition"), Json::parse(R"({"Bool":{"a:b":[true]}})"));
  EXPECT_TRUE(cut.at(action).is_array());
  EXPECT_LT(cut.dump().size(), 100U);
  EXPECT_TRUE(policy_json(deep + "]").is_discarded());
  EXPECT_EQ(refusal(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":)" + deep + "}}",
                    PolicyKind::identity),
            "Syntax errors in policy.");
}

TEST(Policy, RefusesWhatIamRefusesInItsWords) {
  const auto identity = [](std::string_view text) { return refusal(text, PolicyKind::identity); };
  EXPECT_EQ(identity("nonsense"), "Syntax errors in policy.");
  EXPECT_EQ(identity(R"({"Version":"2012-10-17","Statement":[]})"), "Syntax errors in policy.");
  EXPECT_EQ(identity(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"),
            "Policy document must be version 2012-10-17 or greater.");
  EXPECT_EQ(identity(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}})"),
            "Policy statement must contain resources.");
  EXPECT_EQ(identity(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"get","Resource":"*"}})"),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  EXPECT_EQ(identity(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"b"}})"),
            "Resource b must be in ARN format or \"*\".");
  EXPECT_EQ(
      identity(
          R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}})"),
      "Policy document should not specify a principal.");
  const auto trust = [](std::string_view text) { return refusal(text, PolicyKind::trust); };
  EXPECT_EQ(trust("{"), "This policy contains invalid Json");
  EXPECT_EQ(trust(R"({"Statement":{"Effect":"Allow","Action":"s3:*","Principal":"*"}})"),
            "AssumeRole policy may only specify STS AssumeRole actions.");
  EXPECT_EQ(trust(R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}})"), "Missing required field Principal");
  EXPECT_EQ(trust(R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}})"),
            "Has prohibited field Resource");
}

TEST(Policy, EvaluatesPrincipalsActionsAndConditions) {
  const Policy policy = parse_policy(R"({"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"sts:Assume*","Principal":{"AWS":"arn:aws:iam::111111111111:root"},
     "Condition":{"StringEquals":{"sts:ExternalId":["a","b"]}}},
    {"Effect":"Deny","Action":"sts:*","Principal":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]})",
                                     PolicyKind::trust);
  Question question;
  question.principals = {"arn:aws:iam::111111111111:user/u", "arn:aws:iam::111111111111:root"};
  question.action = "sts:AssumeRole";
  EXPECT_EQ(evaluate(policy, question), Decision::implicit_deny);
  question.context["sts:externalid"] = {"b"};
  EXPECT_EQ(evaluate(policy, question), Decision::allow);
  question.context["aws:SourceIp"] = {"10.1.2.3"};
  EXPECT_EQ(evaluate(policy, question), Decision::deny);
  question.context["aws:SourceIp"] = {"192.168.2.3"};
  EXPECT_EQ(evaluate(policy, question), Decision::allow);
  question.principals = {"arn:aws:iam::222222222222:root"};
  EXPECT_EQ(evaluate(policy, question), Decision::implicit_deny);
}

TEST(Policy, AccessKeysCarryTheirAccount) {
  const std::string key = new_access_key("AKIA", "012345678901");
  EXPECT_EQ(key.size(), 20U);
  EXPECT_EQ(account_of_access_key(key), "012345678901");
  EXPECT_EQ(account_of_access_key(new_access_key("ASIA", "999999999999")), "999999999999");
  EXPECT_FALSE(account_of_access_key("test"));
}

}  // namespace
}  // namespace orrery::identity
