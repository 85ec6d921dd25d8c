#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "services/kms/spec.hpp"

// OpenSSL behind plain byte strings. Private keys are PKCS #8 DER, public keys SubjectPublicKeyInfo DER, as KMS hands
// them out. What OpenSSL refuses gives nullopt or false; what can't fail throws std::runtime_error.
namespace orrery::kms::crypto {

/// Key material for a spec: 32 bytes for AES, the spec's bytes for HMAC, a private key for the rest.
std::string generate(const KeySpec& spec);
std::string public_key(std::string_view private_key);

/// `algorithm` is RSAES_OAEP_SHA_1 or RSAES_OAEP_SHA_256.
std::optional<std::string> rsa_encrypt(std::string_view private_key, const std::string& algorithm,
                                       std::string_view plaintext);
std::optional<std::string> rsa_decrypt(std::string_view private_key, const std::string& algorithm,
                                       std::string_view ciphertext);

std::size_t rsa_size(std::string_view private_key);  ///< bytes of the modulus
/// AES key wrap with padding (RFC 5649), 256-bit key.
std::optional<std::string> aes_unwrap(std::string_view key, std::string_view wrapped);
/// True when `material` is what generate(spec) could have made.
bool fits(const KeySpec& spec, std::string_view material);

enum class Message { raw, digest };
/// nullopt when `message` is a digest of the wrong length for the algorithm.
std::optional<std::string> sign(std::string_view private_key, const std::string& algorithm, Message kind,
                                std::string_view message);
bool verify(std::string_view private_key, const std::string& algorithm, Message kind, std::string_view message,
            std::string_view signature);
/// Bytes of a digest of this algorithm ("…_SHA_256" → 32).
std::size_t digest_size(const std::string& algorithm);

std::string mac(std::string_view key, const std::string& algorithm, std::string_view message);
bool equal(std::string_view a, std::string_view b);  ///< in constant time

std::optional<std::string> shared_secret(std::string_view private_key, std::string_view peer_public_key);

}  // namespace orrery::kms::crypto
