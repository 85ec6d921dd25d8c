#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace orrery::s3 {

/// MD5 (RFC 1321). Each of its steps waits for the one before, so that one message leaves most of a core idle: three at
/// once take hardly longer than one.
class Md5 {
 public:
  static constexpr std::size_t kTogether = 3;
  struct Part {
    Md5* md5;
    std::span<const char> bytes;
  };

  void update(std::span<const char> bytes);
  /// update() of each, at most kTogether different ones.
  static void update(std::span<Part> parts);
  std::string finish();  ///< 16 raw bytes; once

  using State = std::array<std::uint32_t, 4>;

 private:
  void fill(std::span<const char>& bytes);

  static constexpr std::size_t kBlock = 64;
  State state_{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
  std::array<char, kBlock> begun_{};  ///< what does not fill a block yet
  std::size_t begun_size_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace orrery::s3
