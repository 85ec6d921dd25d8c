#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace orrery::s3 {

/// Checksums that S3 verifies and keeps ("Checking object integrity" in the S3 user guide).
enum class Algorithm { crc32, crc32c, crc64nvme, sha1, sha256, sha512, md5 };

struct AlgorithmNames {
  Algorithm algorithm;
  std::string_view name;    ///< "CRC32"
  std::string_view member;  ///< "ChecksumCRC32"
  std::string_view header;  ///< "x-amz-checksum-crc32"
  std::size_t bytes;
};

std::span<const AlgorithmNames> algorithms();
const AlgorithmNames& names(Algorithm algorithm);
/// By its API name; nullopt for unknown ones.
std::optional<Algorithm> algorithm_named(std::string_view name);

/// A running checksum.
class Hasher {
 public:
  virtual ~Hasher() = default;
  virtual void update(std::span<const char> bytes) = 0;
  /// Raw bytes, most significant first; once.
  virtual std::string finish() = 0;
};
std::unique_ptr<Hasher> make_hasher(Algorithm algorithm);

/// The bytes of an even number of hexadecimal digits.
std::string from_hex(std::string_view digits);

/// The CRC of A‖B of the CRCs of A and B (raw bytes). Only for the three CRCs.
std::string combine_crc(Algorithm algorithm, std::string_view first, std::string_view second,
                        std::uint64_t second_length);

}  // namespace orrery::s3
