#include "services/kms/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

#include "aws/freed.hpp"
#include "aws/ids.hpp"

namespace orrery::kms::crypto {

namespace {

using aws::Freed;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Freed<PKCS8_PRIV_KEY_INFO_free>>;

const unsigned char* in(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
int size(std::string_view bytes) { return static_cast<int>(bytes.size()); }

[[noreturn]] void fail(const char* what) { throw std::runtime_error(std::string("OpenSSL failed: ") + what); }

Key load_private(std::string_view der) {
  const unsigned char* cursor = in(der);
  Key key(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.size())));
  if (!key) fail("private key");
  return key;
}

std::string private_der(EVP_PKEY* key) {
  Pkcs8 info(EVP_PKEY2PKCS8(key));
  unsigned char* buffer = nullptr;
  const int length = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &buffer);
  if (length <= 0) fail("PKCS #8");
  std::string der(reinterpret_cast<char*>(buffer), static_cast<std::size_t>(length));
  OPENSSL_clear_free(buffer, static_cast<std::size_t>(length));
  return der;
}

const EVP_MD* digest_of(const std::string& algorithm) {
  if (algorithm.ends_with("SHA_1")) return EVP_sha1();
  if (algorithm.ends_with("SHA_224")) return EVP_sha224();
  if (algorithm.ends_with("SHA_256")) return EVP_sha256();
  if (algorithm.ends_with("SHA_384")) return EVP_sha384();
  return EVP_sha512();
}

std::string hash(const EVP_MD* digest, std::string_view message) {
  std::string value(static_cast<std::size_t>(EVP_MD_size(digest)), '\0');
  if (EVP_Digest(message.data(), message.size(), out(value), nullptr, digest, nullptr) != 1) fail("digest");
  return value;
}

void set_padding(EVP_PKEY_CTX* context, const std::string& algorithm) {
  const EVP_MD* digest = digest_of(algorithm);
  if (algorithm.starts_with("RSAES_OAEP")) {
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
    EVP_PKEY_CTX_set_rsa_oaep_md(context, digest);
    EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest);
    return;
  }
  if (algorithm.starts_with("RSASSA")) {
    const bool pss = algorithm.starts_with("RSASSA_PSS");
    EVP_PKEY_CTX_set_rsa_padding(context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING);
    if (pss) EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST);
  }
  EVP_PKEY_CTX_set_signature_md(context, digest);
}

int curve_id(const std::string& name) {
  const int nist = EC_curve_nist2nid(name.c_str());
  return nist == NID_undef ? OBJ_sn2nid(name.c_str()) : nist;
}

/// A call of the EVP_PKEY family that is asked for its length first.
template <typename Call>
std::optional<std::string> sized(Call call) {
  std::size_t length = 0;
  if (call(nullptr, &length) <= 0) return std::nullopt;
  std::string value(length, '\0');
  if (call(out(value), &length) <= 0) return std::nullopt;
  value.resize(length);
  return value;
}

}  // namespace

std::string generate(const KeySpec& spec) {
  switch (spec.family) {
    case Family::symmetric:
      return aws::random_bytes(32);
    case Family::hmac:
      return aws::random_bytes(static_cast<std::size_t>(spec.bits));
    case Family::rsa: {
      Key key(EVP_RSA_gen(static_cast<unsigned>(spec.bits)));
      if (!key) fail("RSA key");
      return private_der(key.get());
    }
    case Family::elliptic: {
      Key key(EVP_EC_gen(std::string(spec.curve).c_str()));
      if (!key) fail("EC key");
      return private_der(key.get());
    }
    case Family::edwards: {
      Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
      if (!key) fail("Ed25519 key");
      return private_der(key.get());
    }
  }
  fail("key family");
}

std::string public_key(std::string_view private_key) {
  const Key key = load_private(private_key);
  unsigned char* buffer = nullptr;
  const int length = i2d_PUBKEY(key.get(), &buffer);
  if (length <= 0) fail("public key");
  std::string der(reinterpret_cast<char*>(buffer), static_cast<std::size_t>(length));
  OPENSSL_free(buffer);
  return der;
}

std::optional<std::string> rsa_encrypt(std::string_view private_key, const std::string& algorithm,
                                       std::string_view plaintext) {
  const Key key = load_private(private_key);
  KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_encrypt_init(context.get()) <= 0) return std::nullopt;
  set_padding(context.get(), algorithm);
  return sized([&](unsigned char* to, std::size_t* length) {
    return EVP_PKEY_encrypt(context.get(), to, length, in(plaintext), plaintext.size());
  });
}

std::optional<std::string> rsa_decrypt(std::string_view private_key, const std::string& algorithm,
                                       std::string_view ciphertext) {
  const Key key = load_private(private_key);
  KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_decrypt_init(context.get()) <= 0) return std::nullopt;
  set_padding(context.get(), algorithm);
  return sized([&](unsigned char* to, std::size_t* length) {
    return EVP_PKEY_decrypt(context.get(), to, length, in(ciphertext), ciphertext.size());
  });
}

std::size_t rsa_size(std::string_view private_key) {
  return static_cast<std::size_t>(EVP_PKEY_size(load_private(private_key).get()));
}

std::optional<std::string> aes_unwrap(std::string_view key, std::string_view wrapped) {
  if (key.size() != 32) return std::nullopt;
  CipherContext context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  std::string text(wrapped.size() + 16, '\0');
  int length = 0, rest = 0;
  const bool done = EVP_DecryptInit_ex(context.get(), EVP_aes_256_wrap_pad(), nullptr, in(key), nullptr) == 1 &&
                    EVP_DecryptUpdate(context.get(), out(text), &length, in(wrapped), size(wrapped)) == 1 &&
                    EVP_DecryptFinal_ex(context.get(), out(text) + length, &rest) == 1;
  if (!done) return std::nullopt;
  text.resize(static_cast<std::size_t>(length) + static_cast<std::size_t>(rest));
  return text;
}

bool fits(const KeySpec& spec, std::string_view material) {
  if (spec.family == Family::symmetric) return material.size() == 32;
  if (spec.family == Family::hmac) return material.size() == static_cast<std::size_t>(spec.bits);
  const unsigned char* cursor = in(material);
  Key key(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(material.size())));
  if (!key) return false;
  const int type = spec.family == Family::rsa       ? EVP_PKEY_RSA
                   : spec.family == Family::edwards ? EVP_PKEY_ED25519
                                                    : EVP_PKEY_EC;
  if (EVP_PKEY_base_id(key.get()) != type) return false;
  if (spec.family != Family::elliptic) return spec.family == Family::edwards || EVP_PKEY_bits(key.get()) == spec.bits;
  char name[64] = {};
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(key.get(), name, sizeof name, &length) == 1 &&
         OBJ_sn2nid(name) == curve_id(std::string(spec.curve));
}

std::size_t digest_size(const std::string& algorithm) {
  return static_cast<std::size_t>(EVP_MD_size(digest_of(algorithm)));
}

std::optional<std::string> sign(std::string_view private_key, const std::string& algorithm, Message kind,
                                std::string_view message) {
  const Key key = load_private(private_key);
  if (algorithm.starts_with("ED25519")) {
    DigestContext context(EVP_MD_CTX_new());
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) <= 0) return std::nullopt;
    return sized([&](unsigned char* to, std::size_t* length) {
      return EVP_DigestSign(context.get(), to, length, in(message), message.size());
    });
  }
  const std::string digest = kind == Message::raw ? hash(digest_of(algorithm), message) : std::string(message);
  KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_sign_init(context.get()) <= 0) return std::nullopt;
  set_padding(context.get(), algorithm);
  return sized([&](unsigned char* to, std::size_t* length) {
    return EVP_PKEY_sign(context.get(), to, length, in(digest), digest.size());
  });
}

bool verify(std::string_view private_key, const std::string& algorithm, Message kind, std::string_view message,
            std::string_view signature) {
  const Key key = load_private(private_key);
  if (algorithm.starts_with("ED25519")) {
    DigestContext context(EVP_MD_CTX_new());
    if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) <= 0) return false;
    return EVP_DigestVerify(context.get(), in(signature), signature.size(), in(message), message.size()) == 1;
  }
  const std::string digest = kind == Message::raw ? hash(digest_of(algorithm), message) : std::string(message);
  KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_verify_init(context.get()) <= 0) return false;
  set_padding(context.get(), algorithm);
  return EVP_PKEY_verify(context.get(), in(signature), signature.size(), in(digest), digest.size()) == 1;
}

std::string mac(std::string_view key, const std::string& algorithm, std::string_view message) {
  const EVP_MD* digest = digest_of(algorithm);
  std::string value(static_cast<std::size_t>(EVP_MD_size(digest)), '\0');
  if (!HMAC(digest, key.data(), size(key), in(message), message.size(), out(value), nullptr)) fail("HMAC");
  return value;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> shared_secret(std::string_view private_key, std::string_view peer_public_key) {
  const Key key = load_private(private_key);
  const unsigned char* cursor = in(peer_public_key);
  Key peer(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(peer_public_key.size())));
  if (!peer) return std::nullopt;
  KeyContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
  if (EVP_PKEY_derive_init(context.get()) <= 0 || EVP_PKEY_derive_set_peer(context.get(), peer.get()) <= 0) {
    return std::nullopt;
  }
  return sized([&](unsigned char* to, std::size_t* length) { return EVP_PKEY_derive(context.get(), to, length); });
}

}  // namespace orrery::kms::crypto
