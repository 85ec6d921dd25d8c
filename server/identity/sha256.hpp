#pragma once
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace orrery::identity {

using Digest = std::array<unsigned char, 32>;

/// SHA-256 over pieces. The algorithm is fetched once and the context is reused, because a fetch a call costs more
/// than hashing a small request (OpenSSL 3, crypto(7)). One thread at a time.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  /// The digest of what came since the start or the last finish; starts anew.
  Digest finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  void start();
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
std::string hex(const Digest& digest);
inline std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// Compares without giving away in its timing where the first difference is.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace orrery::identity
