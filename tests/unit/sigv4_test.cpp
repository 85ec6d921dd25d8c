#include "identity/sigv4.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "registry/error.hpp"

namespace orrery::identity {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kS3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

aws::Millis at(const std::string& text) {
  aws::Millis out = 0;
  EXPECT_TRUE(aws::parse_timestamp(text, out));
  return out;
}

void set_target(http::Request& request, const std::string& target) {
  request.target = target;
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  request.query = mark == std::string::npos ? "" : target.substr(mark + 1);
}

http::Request vanilla() {
  http::Request request;
  request.method = "GET";
  set_target(request, "/");
  request.headers.add("Host", "example.amazonaws.com");
  request.headers.add("X-Amz-Date", "20150830T123600Z");
  request.headers.add("Authorization",
                      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                      "SignedHeaders=host;x-amz-date, "
                      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  return request;
}

std::string code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const AwsError& error) {
    return error.code();
  }
  return "none";
}

TEST(SigV4, VerifiesAHeaderAndRefusesChanges) {
  http::Request request = vanilla();
  const auto authorization = parse_authorization(request);
  ASSERT_TRUE(authorization);
  EXPECT_EQ(authorization->access_key, "AKIDEXAMPLE");
  EXPECT_EQ(authorization->region, "us-east-1");
  const auto now = at("20150830T123600Z");
  verify(*authorization, request, kSecret, now);
  verify(*authorization, request, kSecret, now + 899000);
  EXPECT_EQ(code_of([&] { verify(*authorization, request, kSecret, now + 901000); }), "SignatureDoesNotMatch");
  EXPECT_EQ(code_of([&] { verify(*authorization, request, kSecret, now - 901000); }), "SignatureDoesNotMatch");
  EXPECT_EQ(code_of([&] { verify(*authorization, request, "other", now); }), "SignatureDoesNotMatch");
  set_target(request, "/?a=b");
  EXPECT_EQ(code_of([&] { verify(*authorization, request, kSecret, now); }), "SignatureDoesNotMatch");
}

TEST(SigV4, NamesWhatAnAuthorizationLacks) {
  http::Request request = vanilla();
  request.headers.set("Authorization",
                      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request");
  try {
    parse_authorization(request);
    FAIL();
  } catch (const AwsError& error) {
    EXPECT_EQ(error.code(), "IncompleteSignature");
    EXPECT_NE(error.message().find("requires 'Signature' parameter"), std::string::npos);
  }
  request.headers.set("Authorization", "AWS4-HMAC-SHA512 Credential=AKID");
  EXPECT_EQ(code_of([&] { parse_authorization(request); }), "InvalidRequest");
  request.headers.set("Authorization", "AWS AKID");
  EXPECT_EQ(code_of([&] { parse_authorization(request); }), "InvalidArgument");
  request.headers.set("Authorization", "AWS AKID:abc");
  const auto version_2 = parse_authorization(request);
  ASSERT_TRUE(version_2);
  EXPECT_EQ(version_2->version, Authorization::Version::v2);
  EXPECT_EQ(version_2->access_key, "AKID");
  EXPECT_EQ(version_2->signature, "abc");
  request.headers.set("Authorization", "Bearer x");
  EXPECT_FALSE(parse_authorization(request));
}

// The example of the S3 API reference, "Authenticating Requests: Using Query Parameters".
TEST(SigV4, VerifiesAPresignedUrlUntilItExpires) {
  http::Request request;
  request.method = "GET";
  set_target(request,
             "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1"
             "%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
             "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  request.headers.add("Host", "examplebucket.s3.amazonaws.com");
  const auto authorization = parse_authorization(request);
  ASSERT_TRUE(authorization);
  EXPECT_TRUE(authorization->presigned);
  const auto now = at("20130524T000000Z");
  verify(*authorization, request, kS3Secret, now + 86399000);
  EXPECT_EQ(code_of([&] { verify(*authorization, request, kS3Secret, now + 86401000); }), "AccessDenied");
}

// The example of the S3 API reference, "Signature calculations: transferring payload in multiple chunks".
TEST(SigV4, VerifiesSignedChunks) {
  http::Request request;
  request.method = "PUT";
  set_target(request, "/examplebucket/chunkObject.txt");
  request.headers.add("Host", "s3.amazonaws.com");
  request.headers.add("x-amz-date", "20130524T000000Z");
  request.headers.add("x-amz-storage-class", "REDUCED_REDUNDANCY");
  request.headers.add("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  request.headers.add("Content-Encoding", "aws-chunked");
  request.headers.add("x-amz-decoded-content-length", "66560");
  request.headers.add("Content-Length", "66824");
  request.headers.add("Authorization",
                      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                      "SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
                      "x-amz-decoded-content-length;x-amz-storage-class,"
                      "Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
  const auto authorization = parse_authorization(request);
  ASSERT_TRUE(authorization);
  verify(*authorization, request, kS3Secret, at("20130524T000000Z"));
  ChunkVerifier chunks(*authorization, kS3Secret);
  chunks.data(std::string(65536, 'a'));
  chunks.end_chunk("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  chunks.data(std::string(1000, 'a'));
  chunks.data(std::string(24, 'a'));
  chunks.end_chunk("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
  chunks.end_chunk("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
  EXPECT_EQ(code_of([&] { chunks.end_chunk(std::string(64, '0')); }), "SignatureDoesNotMatch");
}

http::Request read_request(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::stringstream buffer;
  buffer << in.rdbuf();
  std::string text = buffer.str();
  std::erase(text, '\r');
  http::Request request;
  const auto head_end = text.find("\n\n");
  if (head_end != std::string::npos) request.body = text.substr(head_end + 2);
  std::istringstream lines(text.substr(0, head_end));
  std::string line;
  std::getline(lines, line);
  const auto first = line.find(' '), last = line.rfind(' ');
  request.method = line.substr(0, first);
  set_target(request, line.substr(first + 1, last - first - 1));
  std::vector<http::Headers::Field> fields;
  while (std::getline(lines, line)) {
    if (line.starts_with(" ")) {
      fields.back().second += "\n" + line;
      continue;
    }
    const auto colon = line.find(':');
    const auto value = line.find_first_not_of(' ', colon + 1);
    fields.emplace_back(line.substr(0, colon), value == std::string::npos ? "" : line.substr(value));
  }
  for (auto& [name, value] : fields) request.headers.add(name, value);
  return request;
}

TEST(SigV4, PassesTheSuiteThatBotocoreCarries) {
  const char* checkout = std::getenv("ORRERY_BOTOCORE_CHECKOUT");
  if (checkout == nullptr) GTEST_SKIP() << "ORRERY_BOTOCORE_CHECKOUT names no botocore checkout";
  const auto suite = std::filesystem::path(checkout) / "tests/unit/auth/aws4_testsuite";
  int cases = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(suite)) {
    if (entry.path().extension() != ".sreq") continue;
    SCOPED_TRACE(entry.path().stem().string());
    ++cases;
    http::Request request = read_request(entry.path());
    // One case's signed request carries another case's signature; its .authz is right.
    std::ifstream authz(std::filesystem::path(entry.path()).replace_extension(".authz"));
    std::string header;
    std::getline(authz, header);
    request.headers.set("Authorization", header);
    const auto authorization = parse_authorization(request);
    ASSERT_TRUE(authorization);
    EXPECT_EQ(code_of([&] { verify(*authorization, request, kSecret, at("20150830T123600Z")); }), "none")
        << canonical_request(*authorization, request);
  }
  EXPECT_GT(cases, 25);
}

TEST(SigV4, ReportsItsSpeed) {
  const http::Request request = vanilla();
  const auto now = at("20150830T123600Z");
  const auto start = std::chrono::steady_clock::now();
  constexpr int kRounds = 2000;
  for (int i = 0; i < kRounds; ++i) verify(*parse_authorization(request), request, kSecret, now);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  RecordProperty("verifications_per_second", static_cast<int>(kRounds / took.count()));
  std::cout << static_cast<int>(kRounds / took.count()) << " verifications a second\n";
}

}  // namespace
}  // namespace orrery::identity
