#include <gtest/gtest.h>

#include <random>

#include "wire/json_text.hpp"
#include "wire/scalars.hpp"

namespace orrery::wire {
namespace {

TEST(WireJson, ReadsWhatNlohmannReads) {
  const std::string cases[] = {
      R"({"a": [1, -1, 0, -0, 1.5, 1e3, 1E-2, true, false, null, "", {}, []]})",
      R"({"twice": 1, "twice": {"b": 2}})",
      R"(["\"\\\/\b\f\n\r\t", "\u00e4\ud83d\ude00", "ä😀"])",
      "\xef\xbb\xbf{}",
      " \t\r\n[ ] \n",
      "18446744073709551615",
      "-9223372036854775808",
      "123456789012345678901234567890",
      R"("alone")",
      R"({"nul\u0000inside": "\u0000"})",
  };
  for (const auto& text : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(parse_json(text), Json::parse(text));
    EXPECT_EQ(parse_json(text).dump(), Json::parse(text).dump());
  }
}

TEST(WireJson, ReadsLongTexts) {
  Json document;
  std::mt19937 random(3);
  for (int n = 0; n < 20'000; ++n)
    document["name" + std::to_string(n)] = {static_cast<std::int64_t>(random()) - 2'000'000'000, "text",
                                            random() / 7.0};
  const std::string text = document.dump();
  ASSERT_GT(text.size(), 500'000u);
  EXPECT_EQ(parse_json(text), document);
  EXPECT_EQ(parse_json("[]"), Json::array());  // and short ones after them
}

TEST(WireJson, RefusesWhatIsNoJson) {
  const std::string deep(kMaxDepth + 1, '['), deeper(100'000, '[');
  const std::string cases[] = {
      "",
      "{",
      "[1,]",
      R"({"a":1,})",
      "{'a':1}",
      "[01]",
      "nul",
      "[1] []",
      "\"\xff\"",
      "\"\xed\xa0\x80\"",
      R"("\ud800")",
      "\"\n\"",
      "[1e999]",
      R"({"a" 1})",
      R"({1: 2})",
      deep,
      deep + std::string(kMaxDepth + 1, ']'),
      deeper,
      deeper + std::string(100'000, ']'),
  };
  for (const auto& text : cases) {
    SCOPED_TRACE(text.substr(0, 40));
    EXPECT_THROW(parse_json(text), Malformed);
  }
}

}  // namespace
}  // namespace orrery::wire
