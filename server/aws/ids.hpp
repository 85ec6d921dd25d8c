#pragma once
#include <string>
#include <string_view>

namespace orrery::aws {

/// `count` random lower-case hexadecimal digits from the system's generator.
std::string random_hex(std::size_t count);
/// `count` random characters of `alphabet`.
std::string random_text(std::size_t count, std::string_view alphabet);
/// `count` random bytes.
std::string random_bytes(std::size_t count);
/// An EC2-style id: "vpc" → "vpc-0a1b2c3d4e5f67890" (17 digits, the first a zero, as AWS issues them).
std::string resource_id(std::string_view prefix);
/// A lower-case version 4 UUID.
std::string uuid();
/// "arn:aws:rds:us-east-1:000000000000:db:name". `resource` carries its own separators.
std::string arn(std::string_view service, std::string_view region, std::string_view account, std::string_view resource);

/// The parts of an ARN; empty strings where `text` is none.
struct Arn {
  std::string partition, service, region, account, resource;
  bool valid() const { return !partition.empty(); }
};
Arn parse_arn(std::string_view text);

std::string base64(std::string_view bytes);
/// Strict standard base64 with padding; returns false on anything else.
bool base64_decode(std::string_view text, std::string& out);
std::string hex(std::string_view bytes);
std::string sha256(std::string_view bytes);                             ///< 32 raw bytes
std::string md5(std::string_view bytes);                                ///< 16 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);  ///< 32 raw bytes

}  // namespace orrery::aws
