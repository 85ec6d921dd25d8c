#include "aws/aead.hpp"

#include <stdexcept>

#include "aws/ids.hpp"

namespace orrery::aws {

namespace {

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

/// Fetched once: a fetch a message costs more than a small message (OpenSSL 3, crypto(7)).
const EVP_CIPHER* gcm() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

}  // namespace

bool Aead::vectors(std::string_view aad) {
  if (!aad.empty()) return false;
  if (!std::exchange(vaes_tried_, true)) vaes_ = GcmVaes::make(key_);
  return vaes_ != nullptr;
}

void Aead::seal(std::string_view nonce, std::string_view aad, std::span<const char> plain, char* out) {
  if (vectors(aad)) return vaes_->seal(nonce, plain, out);
  bool done = true;
  if (!sealing_) {
    sealing_.reset(EVP_CIPHER_CTX_new());
    done = EVP_EncryptInit_ex(sealing_.get(), gcm(), nullptr, raw(key_), nullptr) == 1;
  }
  int length = 0;
  EVP_CIPHER_CTX* context = sealing_.get();
  done = done && EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, raw(nonce)) == 1 &&
         (aad.empty() || EVP_EncryptUpdate(context, nullptr, &length, raw(aad), static_cast<int>(aad.size())) == 1) &&
         EVP_EncryptUpdate(context, raw(out), &length, raw({plain.data(), plain.size()}),
                           static_cast<int>(plain.size())) == 1 &&
         EVP_EncryptFinal_ex(context, raw(out) + plain.size(), &length) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTag, out + plain.size()) == 1;
  if (!done) throw std::runtime_error("AES-GCM failed");
}

bool Aead::open(std::string_view nonce, std::string_view aad, std::span<const char> sealed, char* out) {
  if (sealed.size() < kTag) return false;
  if (vectors(aad)) return vaes_->open(nonce, sealed, out);
  bool done = true;
  if (!opening_) {
    opening_.reset(EVP_CIPHER_CTX_new());
    done = EVP_DecryptInit_ex(opening_.get(), gcm(), nullptr, raw(key_), nullptr) == 1;
  }
  const auto plain = sealed.first(sealed.size() - kTag);
  std::string tag(sealed.data() + plain.size(), kTag);
  int length = 0;
  EVP_CIPHER_CTX* context = opening_.get();
  done = done && EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, raw(nonce)) == 1 &&
         (aad.empty() || EVP_DecryptUpdate(context, nullptr, &length, raw(aad), static_cast<int>(aad.size())) == 1) &&
         EVP_DecryptUpdate(context, raw(out), &length, raw({plain.data(), plain.size()}),
                           static_cast<int>(plain.size())) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1;
  if (!done) throw std::runtime_error("AES-GCM failed");
  unsigned char rest[kTag];
  return EVP_DecryptFinal_ex(context, rest, &length) == 1;
}

std::string seal(std::string_view key, std::string_view plain, std::string_view aad) {
  std::string out = random_bytes(Aead::kNonce);
  const std::string nonce = out;
  out.resize(Aead::kNonce + plain.size() + Aead::kTag);
  Aead(key).seal(nonce, aad, plain, out.data() + Aead::kNonce);
  return out;
}

std::optional<std::string> unseal(std::string_view key, std::string_view sealed, std::string_view aad) {
  if (sealed.size() < Aead::kNonce + Aead::kTag) return std::nullopt;
  std::string out(sealed.size() - Aead::kNonce - Aead::kTag, '\0');
  const bool genuine = Aead(key).open(sealed.substr(0, Aead::kNonce), aad, sealed.substr(Aead::kNonce), out.data());
  if (!genuine) return std::nullopt;
  return out;
}

}  // namespace orrery::aws
