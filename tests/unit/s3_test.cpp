#include <gtest/gtest.h>

#include "aws/json.hpp"
#include "aws/json_text.hpp"

namespace orrery::s3 {
namespace {

TEST(JsonMembers, AreThoseOfTheTree) {
  const Json tree{{"Flat", "text"}, {"Metadata", {{"a", "},\"StorageClass\":\"x"}, {"b\"", "\\"}}}, {"Number", 5},
                  {"Quoted", "a\"b\\"}, {"Rows", {1, {{"x", "]"}}, "}"}}, {"Empty", ""}, {"Last", Json::object()}};
  const std::string text = tree.dump();
  std::string_view left = text;
  std::size_t seen = 0;
  for (aws::JsonMember member; aws::next_json_member(left, member); ++seen) {
    const Json& expected = tree.at(std::string(member.name));
    const std::string value(member.value);
    EXPECT_EQ(Json::parse(expected.is_string() ? '"' + value + '"' : value), expected);
  }
  EXPECT_EQ(seen, tree.size());
  std::string_view none = "{}";
  aws::JsonMember member;
  EXPECT_FALSE(aws::next_json_member(none, member));
}

}  // namespace
}  // namespace orrery::s3
