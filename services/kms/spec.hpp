#pragma once
#include <span>
#include <string>
#include <string_view>

#include "aws/json.hpp"

namespace orrery::kms {

enum class Family { symmetric, rsa, elliptic, edwards, hmac };

/// What KMS can do with a key spec (KMS developer guide, "Key spec reference").
struct KeySpec {
  std::string_view name;
  Family family;
  int bits;                    ///< of an RSA modulus; bytes of an HMAC key
  std::string_view curve;      ///< OpenSSL's name
  std::string_view algorithm;  ///< the one signing or MAC algorithm of this spec; "" for RSA and symmetric
};

/// nullptr when this server can't generate such keys (SM2, which only the China regions have, and ML-DSA).
const KeySpec* find_spec(std::string_view name);

/// True when keys of this spec may have this KeyUsage.
bool allows(const KeySpec& spec, std::string_view usage);

/// Adds EncryptionAlgorithms, SigningAlgorithms, MacAlgorithms or KeyAgreementAlgorithms to key metadata.
void describe_algorithms(const KeySpec& spec, std::string_view usage, Json& metadata);

}  // namespace orrery::kms
