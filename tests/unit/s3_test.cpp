#include <gtest/gtest.h>

#include <random>

#include "aws/ids.hpp"
#include "aws/json.hpp"
#include "aws/json_text.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/crc.hpp"

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

std::string checksum(Algorithm algorithm, std::string_view text) {
  const auto hasher = make_hasher(algorithm);
  hasher->update(text);
  return aws::hex(hasher->finish());
}

std::string noise(std::mt19937_64& random, std::size_t size) {
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

// Rocksoft's check values; CRC-64/NVME's of 4096 bytes from the NVM Command Set specification, 5.2.1.3.5.
TEST(Checksums, AreThoseOfTheCatalogue) {
  EXPECT_EQ(checksum(Algorithm::crc32, "123456789"), "cbf43926");
  EXPECT_EQ(checksum(Algorithm::crc32c, "123456789"), "e3069283");
  EXPECT_EQ(checksum(Algorithm::crc64nvme, "123456789"), "ae8b14860a799888");
  EXPECT_EQ(checksum(Algorithm::crc64nvme, std::string(4096, '\0')), "6482d367eb22b64e");
  EXPECT_EQ(checksum(Algorithm::crc64nvme, std::string(4096, '\xFF')), "c0ddba7302eca3ac");
  EXPECT_EQ(checksum(Algorithm::crc32c, std::string(32, '\xFF')), "62a8ab43");  // RFC 3720, B.4
}

TEST(Checksums, OfAnyLengthAreThePortableOnes) {
  std::mt19937_64 random(1);
  for (const auto& [polynomial, bytes] : {std::pair<std::uint64_t, std::size_t>{0xEDB88320u, 4}, {0x82F63B78u, 4}, {0x9A6C9329AC4BC9B5u, 8}}) {
    const Crc crc(polynomial, bytes);
    std::uint64_t fast = crc.ones(), slow = crc.ones();
    for (std::size_t n = 0; n < 1500; ++n) {
      const std::string text = noise(random, n < 700 ? n : random() % 5000);
      fast = crc.update(fast, text);
      slow = crc.update_portable(slow, text);
      ASSERT_EQ(fast, slow) << "at " << n;
    }
  }
}

TEST(Checksums, OfTwoHalvesMakeThatOfTheWhole) {
  std::mt19937_64 random(2);
  for (const Algorithm algorithm : {Algorithm::crc32, Algorithm::crc32c, Algorithm::crc64nvme}) {
    const std::string a = noise(random, 1000), b = noise(random, 12345);
    const std::string combined = combine_crc(algorithm, from_hex(checksum(algorithm, a)), from_hex(checksum(algorithm, b)), b.size());
    EXPECT_EQ(aws::hex(combined), checksum(algorithm, a + b));
  }
}

}  // namespace
}  // namespace orrery::s3
