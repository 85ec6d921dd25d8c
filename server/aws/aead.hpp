#pragma once
#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aws/gcm_vaes.hpp"

namespace orrery::aws {

/// AES-256-GCM under one key of 32 bytes, for many messages. One thread at a time. Throws std::runtime_error where
/// OpenSSL fails.
class Aead {
 public:
  static constexpr std::size_t kNonce = 12, kTag = 16;

  explicit Aead(std::string_view key) : key_(key) {}
  /// Writes the ciphertext of `plain` and its tag to `out`, which has room for plain.size() + kTag. A nonce is used
  /// once.
  void seal(std::string_view nonce, std::string_view aad, std::span<const char> plain, char* out);
  /// False when `sealed` (ciphertext and tag) is not what seal() made; `out` has room for the plain bytes.
  bool open(std::string_view nonce, std::string_view aad, std::span<const char> sealed, char* out);

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;
  std::string key_;
  /// Whether a message without additional data goes by the processor's vector instructions.
  bool vectors(std::string_view aad);

  Context sealing_, opening_;
  std::unique_ptr<const GcmVaes> vaes_;
  bool vaes_tried_ = false;
};

/// One message under a random nonce: nonce, ciphertext, tag.
std::string seal(std::string_view key, std::string_view plain, std::string_view aad);
/// nullopt when `sealed` is not what seal() made with this key and this additional data.
std::optional<std::string> unseal(std::string_view key, std::string_view sealed, std::string_view aad);

}  // namespace orrery::aws
