#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aws/aead.hpp"

namespace orrery::s3 {

/// A stored body: chunks of 64 KiB plain bytes (the last may be shorter), each as AES-256-GCM ciphertext and tag, so
/// that a range is read without the rest. The nonce is the chunk's number: every body has a data key of its own. A key
/// of twice the length encrypts twice (DSSE): the ciphertext under the first half once more under the second.
class BodyCipher {
 public:
  static constexpr std::uint64_t kPlain = 64 * 1024;
  static constexpr std::size_t kKey = 32;

  enum class Layers { one, two };
  static Layers layers(std::string_view data_key) { return data_key.size() > kKey ? Layers::two : Layers::one; }
  static std::string new_key(Layers layers = Layers::one);

  explicit BodyCipher(std::string_view data_key);
  /// The size of a chunk as it is stored.
  std::uint64_t stored(std::uint64_t plain = kPlain) const { return plain + aws::Aead::kTag * (outer_ ? 2 : 1); }

  /// Writes a chunk to `out`, which has room for stored(plain.size()).
  void seal(std::uint64_t number, std::span<const char> plain, char* out);
  /// Throws std::runtime_error when the chunk was changed.
  void open(std::uint64_t number, std::span<const char> stored, char* out);

 private:
  aws::Aead inner_;
  std::optional<aws::Aead> outer_;
};

}  // namespace orrery::s3
