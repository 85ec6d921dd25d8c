#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace orrery::aws {

/// AES-256-GCM (NIST SP 800-38D) without additional data by the vector AES instructions of newer x86 processors, four
/// blocks each: what OpenSSL before 3.1 does one block each. Immutable, so that threads may share one.
class GcmVaes {
 public:
  /// nullptr where the processor does not have them.
  static std::unique_ptr<const GcmVaes> make(std::string_view key);

  /// As Aead's.
  void seal(std::string_view nonce, std::span<const char> plain, char* out) const;
  bool open(std::string_view nonce, std::span<const char> sealed, char* out) const;

 private:
  GcmVaes() = default;
  static constexpr std::size_t kBlock = 16, kRoundKeys = 15, kPowers = 16;
  alignas(64) unsigned char round_keys_[kRoundKeys][kBlock];
  /// Of the hash key, the highest first, each times 1/x.
  alignas(64) unsigned char powers_[kPowers][kBlock];

  enum class Direction { seal, open };
  template <Direction direction>
  void run(std::string_view nonce, const char* in, std::size_t size, char* out, unsigned char* tag) const;
  void prepare(std::string_view key);
};

}  // namespace orrery::aws
