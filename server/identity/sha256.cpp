#include "identity/sha256.hpp"

#include <openssl/crypto.h>

#include <stdexcept>

namespace orrery::identity {

namespace {

const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

Sha256& local() {
  thread_local Sha256 instance;
  return instance;
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) { start(); }

void Sha256::start() {
  if (EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr) != 1) throw std::runtime_error("SHA-256 is unavailable");
}

void Sha256::update(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

Digest Sha256::finish() {
  Digest out{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), out.data(), &size);
  start();
  return out;
}

Digest sha256(std::string_view bytes) {
  Sha256& hash = local();
  hash.update(bytes);
  return hash.finish();
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  // RFC 2104 by hand: OpenSSL 3's HMAC() fetches its algorithms anew in every call.
  std::array<char, 64> inner{}, outer{};
  const Digest hashed = key.size() > inner.size() ? sha256(key) : Digest{};
  if (key.size() > inner.size()) key = view(hashed);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const char byte = i < key.size() ? key[i] : '\0';
    inner[i] = static_cast<char>(byte ^ 0x36);
    outer[i] = static_cast<char>(byte ^ 0x5c);
  }
  Sha256& hash = local();
  hash.update({inner.data(), inner.size()});
  hash.update(bytes);
  const Digest first = hash.finish();
  hash.update({outer.data(), outer.size()});
  hash.update(view(first));
  return hash.finish();
}

std::string hex(const Digest& digest) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(64, 0);
  for (std::size_t i = 0; i < digest.size(); ++i) {
    out[2 * i] = digits[digest[i] >> 4];
    out[2 * i + 1] = digits[digest[i] & 15];
  }
  return out;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace orrery::identity
