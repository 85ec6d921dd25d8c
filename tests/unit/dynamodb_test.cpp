#include <gtest/gtest.h>

#include <random>

#include "registry/error.hpp"
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/item_codec.hpp"
#include "services/dynamodb/key.hpp"
#include "services/dynamodb/number.hpp"

namespace orrery::dynamodb {
namespace {

std::string normal(std::string_view text) { return Number::parse(text).text(); }

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const AwsError& error) {
    return error.message();
  }
  return "";
}

bool holds(const char* text, const Json& item, const Json& values = nullptr, const Json& names = nullptr) {
  Placeholders held(names, values);
  const Condition condition = parse_condition(text, "ConditionExpression", held);
  held.check_all_used();
  return evaluate(condition, item);
}

Json updated(const char* text, const Json& item, const Json& values = nullptr) {
  Placeholders held(nullptr, values);
  return apply_update(parse_update(text, held), item);
}

TEST(DynamoNumber, HasOneNormalForm) {
  EXPECT_EQ(normal("+001.500"), "1.5");
  EXPECT_EQ(normal("-0.000"), "0");
  EXPECT_EQ(normal("1e3"), "1000");
  EXPECT_EQ(normal("12.5E-4"), "0.00125");
  EXPECT_EQ(normal(".5"), "0.5");
  EXPECT_EQ(normal("99999999999999999999999999999999999999"), "99999999999999999999999999999999999999");
  EXPECT_EQ(normal("1E-130").size(), 132u);
}

TEST(DynamoNumber, RefusesWhatIsNone) {
  for (const char* text : {"", "abc", "1.2.3", "1e", "--1", "1 ", "0x1", "NaN", "Infinity"})
    EXPECT_NE(refusal([&] { Number::parse(text); }), "") << text;
  EXPECT_EQ(refusal([] { Number::parse("abc"); }), "The parameter cannot be converted to a numeric value: abc");
  EXPECT_EQ(refusal([] { Number::parse("123456789012345678901234567890123456789"); }),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_TRUE(refusal([] { Number::parse("1E126"); }).starts_with("Number overflow"));
  EXPECT_TRUE(refusal([] { Number::parse("1E-131"); }).starts_with("Number underflow"));
}

TEST(DynamoNumber, KeyBytesOrderAsNumbersDo) {
  const char* ordered[] = {"-9E125", "-101", "-100.5", "-100", "-1.5", "-1", "-0.1", "-1E-130", "0",    "1E-130",
                           "0.09",   "0.1",  "1",      "1.5",  "9",    "10", "11",   "100",     "9E125"};
  for (std::size_t i = 1; i < std::size(ordered); ++i) {
    const Number a = Number::parse(ordered[i - 1]), b = Number::parse(ordered[i]);
    EXPECT_LT(a, b);
    EXPECT_LT(a.key_bytes(), b.key_bytes()) << ordered[i - 1] << " " << ordered[i];
  }
}

KeySchema schema_of(std::string_view hash_types, std::string_view range_types) {
  KeySchema out;
  for (const char type : hash_types) out.hash.push_back({"h" + std::to_string(out.hash.size()), type});
  for (const char type : range_types) out.range.push_back({"r" + std::to_string(out.range.size()), type});
  return out;
}

TEST(DynamoKey, OfSeveralAttributesOrdersAsTheyDo) {
  const std::vector<std::string> bytes = {"a",    std::string("a\0", 2), std::string("a\0\1", 3), "a\1", "a\xff",   "b",
                                          "\xff", std::string(1, '\0'),  std::string(2, '\0'),    "\1",  "\xff\xff"};
  const std::vector<std::string> numbers = {"-1E100", "-2", "-1.5", "0", "1E-100", "1", "1.5", "10", "1E100"};
  const KeySchema schema = schema_of("B", "BNB");
  std::mt19937 random(3);
  const auto any = [&](const std::vector<std::string>& of) { return of[random() % of.size()]; };
  std::vector<std::tuple<std::string, Number, std::string>> places;
  std::vector<Key> keys;
  for (int i = 0; i < 400; ++i) {
    const std::string first = any(bytes), second = any(numbers), third = any(bytes);
    places.emplace_back(first, Number::parse(second), third);
    keys.push_back(*index_key(
        schema, {{"h0", {{"B", "h"}}}, {"r0", {{"B", first}}}, {"r1", {{"N", second}}}, {"r2", {{"B", third}}}}));
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < keys.size(); ++j) {
      ASSERT_EQ(places[i] < places[j], keys[i].range < keys[j].range) << i << " " << j;
      ASSERT_EQ(places[i] == places[j], keys[i] == keys[j]) << i << " " << j;
    }
  }
}

TEST(DynamoKey, OfOneAttributeIsItsBytes) {
  const std::string zeros("a\0\0", 3);  // as stored by every version: the form must not change
  EXPECT_EQ(index_key(schema_of("S", "S"), {{"h0", {{"S", zeros}}}, {"r0", {{"S", "r"}}}}), (Key{zeros, "r"}));
  const Json item = {{"h0", {{"S", "a"}}}, {"h1", {{"S", zeros}}}, {"r0", {{"S", zeros}}}};
  EXPECT_EQ(index_key(schema_of("SS", "S"), item), (Key{std::string("a\0\1a\0\xff\0\xff\0\1", 10), zeros}));
  EXPECT_EQ(index_key(schema_of("SS", "N"), item), std::nullopt);
  EXPECT_EQ(index_key(schema_of("SSS", "S"), item), std::nullopt);
}

TEST(DynamoNumber, AddsExactly) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto a = static_cast<long long>(random() % 2000001) - 1000000;
    const auto b = static_cast<long long>(random() % 2001) - 1000;
    EXPECT_EQ((Number::parse(std::to_string(a)) + Number::parse(std::to_string(b))).text(), std::to_string(a + b));
    EXPECT_EQ((Number::parse(std::to_string(a)) - Number::parse(std::to_string(b))).text(), std::to_string(a - b));
  }
  EXPECT_EQ((Number::parse("0.1") + Number::parse("0.2")).text(), "0.3");
  EXPECT_NE(refusal([] { Number::parse("1E100") + Number::parse("1"); }), "");
}

TEST(DynamoItems, SurviveTheirBytes) {
  const Json item = {{"s", {{"S", "é"}}},
                     {"b", {{"B", std::string("\xff\x00\x80", 3)}}},
                     {"n", {{"N", "1.5"}}},
                     {"t", {{"BOOL", true}}},
                     {"z", {{"NULL", true}}},
                     {"ss", {{"SS", Json::array({"a", "b"})}}},
                     {"l", {{"L", Json::array({Json{{"S", ""}}, Json{{"L", Json::array()}}})}}},
                     {"m", {{"M", {{"x", {{"BOOL", false}}}}}}}};
  const std::string bytes = encode_item(item);
  EXPECT_EQ(decode_item(bytes), item);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW(decode_item(std::string_view(bytes).substr(0, length)), std::runtime_error);
}

TEST(DynamoConditions, FollowPrecedence) {
  const Json item = {{"a", {{"N", "1"}}}, {"b", {{"S", "hello"}}}, {"l", {{"L", Json::array({Json{{"N", "7"}}})}}}};
  const Json one = {{":v", {{"N", "1"}}}};
  EXPECT_TRUE(holds("a = :v OR a = :v AND attribute_exists(zz)", item, one));
  EXPECT_FALSE(holds("(a = :v OR a = :v) AND attribute_exists(zz)", item, one));
  EXPECT_FALSE(holds("NOT a = :v", item, one));
  EXPECT_TRUE(holds("not attribute_exists(zz) and a in (:v)", item, one));
  EXPECT_TRUE(holds("((a) = :v)", item, one));
  EXPECT_TRUE(holds("a BETWEEN :v AND :v", item, one));
  EXPECT_TRUE(holds("size(b) > :v AND size(l) = :v", item, one));
  EXPECT_TRUE(holds("l[0] > :v AND zz <> :v", item, one));
  EXPECT_TRUE(holds("begins_with(b, :p) AND contains(b, :p)", item, {{":p", {{"S", "he"}}}}));
  EXPECT_TRUE(holds("#b = :p", item, {{":p", {{"S", "hello"}}}}, {{"#b", "b"}}));
}

TEST(DynamoConditions, AreRefusedInTheServicesWords) {
  const auto message = [](const char* text, const Json& values = nullptr, const Json& names = nullptr) {
    return refusal([&] { holds(text, Json::object(), values, names); });
  };
  EXPECT_EQ(message("a = :v"),
            "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute "
            "value: :v");
  EXPECT_EQ(message("#a = #a"),
            "Invalid ConditionExpression: An expression attribute name used in the document path is not defined; "
            "attribute name: #a");
  EXPECT_EQ(message("size = b"),
            "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: size");
  EXPECT_EQ(message("attribute_exists(a)", {{":x", {{"S", "1"}}}}),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}");
  EXPECT_EQ(message("foo(a)"), "Invalid ConditionExpression: Invalid function name; function: foo");
  EXPECT_EQ(message(""), "Invalid ConditionExpression: The expression can not be empty;");
  EXPECT_EQ(message("((attribute_exists(a)))"),
            "Invalid ConditionExpression: The expression has redundant parentheses;");
  EXPECT_NE(message("attribute_exists(a) AND"), "");
}

TEST(DynamoUpdates, ReadTheItemAsItWas) {
  const Json item = {{"a", {{"N", "1"}}},
                     {"b", {{"N", "2"}}},
                     {"l", {{"L", Json::array({Json{{"N", "0"}}, Json{{"N", "1"}}, Json{{"N", "2"}}})}}}};
  const Json swapped = updated("SET a = b, b = a", item);
  EXPECT_EQ(swapped["a"]["N"], "2");
  EXPECT_EQ(swapped["b"]["N"], "1");
  EXPECT_EQ(updated("REMOVE l[0], l[1]", item)["l"]["L"].dump(), R"([{"N":"2"}])");
  EXPECT_EQ(updated("SET l[9] = :v REMOVE a", item, {{":v", {{"N", "9"}}}})["l"]["L"].size(), 4u);
  EXPECT_EQ(updated("ADD a :v, s :s", item, {{":v", {{"N", "5"}}}, {":s", {{"SS", Json::array({"x"})}}}})["a"]["N"],
            "6");
  EXPECT_FALSE(updated("DELETE s :s", {{"s", {{"SS", Json::array({"x"})}}}}, {{":s", {{"SS", Json::array({"x"})}}}})
                   .contains("s"));
  EXPECT_EQ(updated("SET c = if_not_exists(c, :v) + :v", item, {{":v", {{"N", "1"}}}})["c"]["N"], "2");
  EXPECT_EQ(refusal([&] { updated("SET a = a, a = b", item); }),
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these "
            "paths; path one: [a], path two: [a]");
  EXPECT_EQ(refusal([&] { updated("SET z.y = a", item); }),
            "The document path provided in the update expression is invalid for update");
}

}  // namespace
}  // namespace orrery::dynamodb
