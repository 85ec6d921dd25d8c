#include "services/s3/checksum.hpp"

#include <openssl/evp.h>

#include "services/s3/crc.hpp"

namespace orrery::s3 {

namespace {

constexpr AlgorithmNames kAlgorithms[] = {
    {Algorithm::crc32, "CRC32", "ChecksumCRC32", "x-amz-checksum-crc32", 4},
    {Algorithm::crc32c, "CRC32C", "ChecksumCRC32C", "x-amz-checksum-crc32c", 4},
    {Algorithm::crc64nvme, "CRC64NVME", "ChecksumCRC64NVME", "x-amz-checksum-crc64nvme", 8},
    {Algorithm::sha1, "SHA1", "ChecksumSHA1", "x-amz-checksum-sha1", 20},
    {Algorithm::sha256, "SHA256", "ChecksumSHA256", "x-amz-checksum-sha256", 32},
    {Algorithm::sha512, "SHA512", "ChecksumSHA512", "x-amz-checksum-sha512", 64},
    {Algorithm::md5, "MD5", "ChecksumMD5", "x-amz-checksum-md5", 16},
};

// Reflected polynomials. CRC-64/NVME: NVM Express NVM Command Set specification, 5.2.1.3.4.
constexpr std::uint64_t polynomial(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::crc32:
      return 0xEDB88320u;
    case Algorithm::crc32c:
      return 0x82F63B78u;
    default:
      return 0x9A6C9329AC4BC9B5u;
  }
}

const Crc& crc_of(Algorithm algorithm) {
  static const Crc crc32(polynomial(Algorithm::crc32), 4);
  static const Crc crc32c(polynomial(Algorithm::crc32c), 4);
  static const Crc crc64(polynomial(Algorithm::crc64nvme), 8);
  return algorithm == Algorithm::crc32 ? crc32 : algorithm == Algorithm::crc32c ? crc32c : crc64;
}

std::string big_endian(std::uint64_t value, std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) out[bytes - 1 - i] = static_cast<char>(value >> (8 * i));
  return out;
}

std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char c : bytes) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

class CrcHasher : public Hasher {
 public:
  explicit CrcHasher(Algorithm algorithm) : crc_(crc_of(algorithm)), register_(crc_.ones()) {}
  void update(std::span<const char> bytes) override { register_ = crc_.update(register_, bytes); }
  std::string finish() override { return big_endian(register_ ^ crc_.ones(), crc_.bytes()); }

 private:
  const Crc& crc_;
  std::uint64_t register_;
};

class DigestHasher : public Hasher {
 public:
  explicit DigestHasher(const EVP_MD* digest) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), digest, nullptr) != 1) {
      throw std::runtime_error("the digest is not available");
    }
  }
  void update(std::span<const char> bytes) override { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string finish() override {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), out, &length);
    return {reinterpret_cast<const char*>(out), length};
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

using Matrix = std::array<std::uint64_t, 64>;

std::uint64_t times(const Matrix& matrix, std::uint64_t vector) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; vector; ++i, vector >>= 1) {
    if (vector & 1) out ^= matrix[i];
  }
  return out;
}

}  // namespace

std::span<const AlgorithmNames> algorithms() { return kAlgorithms; }

const AlgorithmNames& names(Algorithm algorithm) { return kAlgorithms[static_cast<std::size_t>(algorithm)]; }

std::optional<Algorithm> algorithm_named(std::string_view name) {
  for (const auto& row : kAlgorithms) {
    if (row.name == name) return row.algorithm;
  }
  return std::nullopt;
}

std::unique_ptr<Hasher> make_hasher(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha1:
      return std::make_unique<DigestHasher>(EVP_sha1());
    case Algorithm::sha256:
      return std::make_unique<DigestHasher>(EVP_sha256());
    case Algorithm::sha512:
      return std::make_unique<DigestHasher>(EVP_sha512());
    case Algorithm::md5:
      return std::make_unique<DigestHasher>(EVP_md5());
    default:
      return std::make_unique<CrcHasher>(algorithm);
  }
}

std::string from_hex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(std::strtol(std::string(digits.substr(i, 2)).c_str(), nullptr, 16));
  }
  return out;
}

// Appending a zero bit is a linear map of the register over GF(2); its powers of two shift by whole lengths.
std::string combine_crc(Algorithm algorithm, std::string_view first, std::string_view second,
                        std::uint64_t second_length) {
  const std::size_t bytes = names(algorithm).bytes;
  Matrix shift{};
  shift[0] = polynomial(algorithm);
  for (std::size_t i = 1; i < bytes * 8; ++i) shift[i] = std::uint64_t{1} << (i - 1);
  const auto square = [&] {
    Matrix out{};
    for (std::size_t i = 0; i < bytes * 8; ++i) out[i] = times(shift, shift[i]);
    shift = out;
  };
  for (int i = 0; i < 3; ++i) square();  // from one bit to one byte
  std::uint64_t crc = from_big_endian(first);
  for (; second_length; second_length >>= 1) {
    if (second_length & 1) crc = times(shift, crc);
    square();
  }
  return big_endian(crc ^ from_big_endian(second), bytes);
}

}  // namespace orrery::s3
