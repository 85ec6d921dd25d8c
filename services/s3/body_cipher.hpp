#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "aws/aead.hpp"

namespace orrery::s3 {

/// A stored body: chunks of 64 KiB plain bytes (the last may be shorter), each as AES-256-GCM ciphertext and tag, so that
/// a range is read without the rest. The nonce is the chunk's number: every body has a data key of its own.
class BodyCipher {
 public:
  static constexpr std::uint64_t kPlain = 64 * 1024, kStored = kPlain + aws::Aead::kTag;

  explicit BodyCipher(std::string_view data_key) : aead_(data_key) {}
  static std::string new_key();

  /// Appends a chunk to `out`.
  void seal(std::uint64_t number, std::span<const char> plain, std::string& out);
  /// Throws std::runtime_error when the chunk was changed.
  void open(std::uint64_t number, std::span<const char> stored, char* out);

 private:
  aws::Aead aead_;
};

}  // namespace orrery::s3
