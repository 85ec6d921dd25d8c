#include <gtest/gtest.h>

#include <openssl/evp.h>

#include <atomic>
#include <random>
#include <thread>

#include "aws/aead.hpp"
#include "aws/gcm_vaes.hpp"
#include "aws/ids.hpp"
#include "aws/json.hpp"
#include "aws/json_text.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/crc.hpp"
#include "services/s3/hasher_beside.hpp"
#include "services/s3/md5.hpp"

namespace orrery::s3 {
namespace {

TEST(JsonMembers, AreThoseOfTheTree) {
  const Json tree{{"Flat", "text"},
                  {"Metadata", {{"a", "},\"StorageClass\":\"x"}, {"b\"", "\\"}}},
                  {"Number", 5},
                  {"Quoted", "a\"b\\"},
                  {"Rows", {1, {{"x", "]"}}, "}"}},
                  {"Empty", ""},
                  {"Last", Json::object()}};
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
  for (const auto& [polynomial, bytes] :
       {std::pair<std::uint64_t, std::size_t>{0xEDB88320u, 4}, {0x82F63B78u, 4}, {0x9A6C9329AC4BC9B5u, 8}}) {
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
    const std::string combined =
        combine_crc(algorithm, from_hex(checksum(algorithm, a)), from_hex(checksum(algorithm, b)), b.size());
    EXPECT_EQ(aws::hex(combined), checksum(algorithm, a + b));
  }
}

// aws::md5 is OpenSSL's.
TEST(Md5, OfSeveralMessagesIsThatOfEach) {
  std::mt19937_64 random(3);
  for (std::size_t run = 0; run < 300; ++run) {
    std::vector<std::string> texts(1 + random() % Md5::kTogether);
    std::vector<Md5> hashers(texts.size());
    for (std::size_t turn = 0; turn < 4; ++turn) {
      std::vector<std::string> pieces;
      std::vector<Md5::Part> parts;
      for (auto& text : texts) {
        pieces.push_back(noise(random, run < 150 ? random() % 150 : random() % 3000));
        text += pieces.back();
      }
      for (std::size_t n = 0; n < texts.size(); ++n) parts.push_back({&hashers[n], pieces[n]});
      Md5::update(parts);
    }
    for (std::size_t n = 0; n < texts.size(); ++n)
      ASSERT_EQ(aws::hex(hashers[n].finish()), aws::hex(aws::md5(texts[n])));
  }
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text = noise(random, size);
    Md5 one;
    one.update(text);
    ASSERT_EQ(one.finish(), aws::md5(text)) << size;
  }
}

TEST(Md5, BesideManyUploadsIsThatOfEach) {
  std::mt19937_64 seeds(4);
  constexpr int kUploads = 7;
  std::vector<std::thread> threads;
  threads.reserve(kUploads);
  std::atomic<int> wrong = 0;
  for (int n = 0; n < kUploads; ++n) {
    threads.emplace_back([&wrong, seed = seeds(), given_up = n == 3] {
      std::mt19937_64 random(seed);
      std::string text = noise(random, 1000 + random() % 1000);
      Md5 so_far;
      so_far.update(text);
      const auto hasher = beside(so_far);
      for (int piece = 0; piece < 20; ++piece) {
        const std::string more = noise(random, random() % 200'000);
        hasher->update(more);
        text += more;
      }
      if (!given_up && hasher->finish() != aws::md5(text)) ++wrong;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// Aead with additional data is OpenSSL's; what it makes of none comes here from EVP itself.
std::string sealed_by_openssl(const std::string& key, const std::string& nonce, const std::string& plain) {
  std::string out(plain.size() + aws::Aead::kTag, '\0');
  const auto raw = [](const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  int length = 0;
  EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, raw(key), raw(nonce));
  EVP_EncryptUpdate(context.get(), to, &length, raw(plain), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(context.get(), to + plain.size(), &length);
  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, aws::Aead::kTag, to + plain.size());
  return out;
}

TEST(Gcm, IsOpenSsls) {
  std::mt19937_64 random(5);
  if (!aws::GcmVaes::make(noise(random, 32))) GTEST_SKIP() << "this processor has no vector AES";
  for (std::size_t n = 0; n < 900; ++n) {
    const std::string key = noise(random, 32), nonce = noise(random, aws::Aead::kNonce);
    const std::string plain = noise(random, n < 800 ? n : random() % 70'000);
    const auto gcm = aws::GcmVaes::make(key);
    std::string sealed(plain.size() + aws::Aead::kTag, '\0'), opened(plain.size(), '\0');
    gcm->seal(nonce, plain, sealed.data());
    ASSERT_EQ(sealed, sealed_by_openssl(key, nonce, plain)) << n;
    ASSERT_TRUE(gcm->open(nonce, sealed, opened.data()));
    ASSERT_EQ(opened, plain);
    char& changed = sealed[random() % sealed.size()];
    changed = static_cast<char>(changed ^ 1 << random() % 8);
    ASSERT_FALSE(gcm->open(nonce, sealed, opened.data()));
  }
}

}  // namespace
}  // namespace orrery::s3
