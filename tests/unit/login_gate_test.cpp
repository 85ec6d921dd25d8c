#include "engines/login_gate.hpp"

#include <gtest/gtest.h>

namespace orrery::engines {
namespace {

std::string element(char tag, const std::string& content) {
  std::string out(1, tag);
  if (content.size() < 128) {
    out += static_cast<char>(content.size());
  } else {
    out += static_cast<char>(0x82);
    out += static_cast<char>(content.size() >> 8);
    out += static_cast<char>(content.size() & 255);
  }
  return out + content;
}

std::string bind_of(const std::string& name, const std::string& password) {
  const auto request = element(0x02, "\x03") + element(0x04, name) + element(static_cast<char>(0x80), password);
  return element(0x30, element(0x02, "\x07") + element(0x60, request));
}

int code_of(const std::string& answer) {
  // SEQUENCE, messageID 7, bind response, ENUMERATED
  EXPECT_EQ(answer.substr(0, 9), std::string("\x30\x0c\x02\x01\x07\x61\x07\x0a\x01", 9));
  return answer.size() > 9 ? answer[9] : -1;
}

TEST(LoginGate, JudgesTheNameAndTheTokenOfABind) {
  TokenLogin seen;
  const LoginGate::Judge judge = [&](const TokenLogin& login) {
    seen = login;
    return login.token.size() == 3000;
  };
  EXPECT_EQ(code_of(answer_ldap(bind_of("rds/1/us-east-1/db-A a user", std::string(3000, 'x')), judge)), 0);
  EXPECT_EQ(seen.engine, "rds/1/us-east-1/db-A");
  EXPECT_EQ(seen.user, "a user");
  EXPECT_EQ(code_of(answer_ldap(bind_of("rds/1/us-east-1/db-A user", "short"), judge)), 49);
}

TEST(LoginGate, NeverAsksForAnEmptyPasswordOrName) {
  const LoginGate::Judge judge = [](const TokenLogin&) { return true; };
  EXPECT_EQ(code_of(answer_ldap(bind_of("engine user", ""), judge)), 49);
  EXPECT_EQ(code_of(answer_ldap(bind_of("", "token"), judge)), 49);
}

TEST(LoginGate, AnswersOtherRequestsWithAProtocolErrorAndClosesOnNonsense) {
  const LoginGate::Judge judge = [](const TokenLogin&) { return true; };
  EXPECT_EQ(code_of(answer_ldap(element(0x30, element(0x02, "\x07") + element(0x63, "search")), judge)), 2);
  EXPECT_EQ(answer_ldap(element(0x30, element(0x02, "\x07") + std::string("\x42\x00", 2)), judge), "");
  EXPECT_EQ(answer_ldap("GET / HTTP/1.1", judge), "");
  const auto whole = bind_of("engine user", std::string(300, 'x'));
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(answer_ldap(whole.substr(0, length), judge), "") << length;
}

TEST(LoginGate, KnowsHowLongAMessageIs) {
  EXPECT_EQ(ldap_message_length(""), 0U);
  EXPECT_EQ(ldap_message_length("\x30"), 0U);
  EXPECT_EQ(ldap_message_length(std::string("\x30\x82\x01", 3)), 0U);
  EXPECT_EQ(ldap_message_length(std::string("\x30\x82\x01\x02", 4)), 4U + 258);
  EXPECT_EQ(ldap_message_length("GET"), std::string_view::npos);
  EXPECT_EQ(ldap_message_length("\x30\x84\x7f\xff\xff\xff"), std::string_view::npos);
}

}  // namespace
}  // namespace orrery::engines
