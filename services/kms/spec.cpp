#include "services/kms/spec.hpp"

namespace orrery::kms {

namespace {

constexpr KeySpec kSpecs[] = {
    {"SYMMETRIC_DEFAULT", Family::symmetric, 0, "", ""},
    {"RSA_2048", Family::rsa, 2048, "", ""},
    {"RSA_3072", Family::rsa, 3072, "", ""},
    {"RSA_4096", Family::rsa, 4096, "", ""},
    {"ECC_NIST_P256", Family::elliptic, 256, "P-256", "ECDSA_SHA_256"},
    {"ECC_NIST_P384", Family::elliptic, 384, "P-384", "ECDSA_SHA_384"},
    {"ECC_NIST_P521", Family::elliptic, 521, "P-521", "ECDSA_SHA_512"},
    {"ECC_SECG_P256K1", Family::elliptic, 256, "secp256k1", "ECDSA_SHA_256"},
    {"ECC_NIST_EDWARDS25519", Family::edwards, 256, "", "ED25519_SHA_512"},
    {"HMAC_224", Family::hmac, 28, "", "HMAC_SHA_224"},
    {"HMAC_256", Family::hmac, 32, "", "HMAC_SHA_256"},
    {"HMAC_384", Family::hmac, 48, "", "HMAC_SHA_384"},
    {"HMAC_512", Family::hmac, 64, "", "HMAC_SHA_512"},
};

}  // namespace

const KeySpec* find_spec(std::string_view name) {
  for (const KeySpec& spec : kSpecs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

bool allows(const KeySpec& spec, std::string_view usage) {
  switch (spec.family) {
    case Family::symmetric:
      return usage == "ENCRYPT_DECRYPT";
    case Family::rsa:
      return usage == "ENCRYPT_DECRYPT" || usage == "SIGN_VERIFY";
    case Family::elliptic:
      return usage == "SIGN_VERIFY" || (usage == "KEY_AGREEMENT" && spec.curve != "secp256k1");
    case Family::edwards:
      return usage == "SIGN_VERIFY";
    case Family::hmac:
      return usage == "GENERATE_VERIFY_MAC";
  }
  return false;
}

void describe_algorithms(const KeySpec& spec, std::string_view usage, Json& metadata) {
  if (spec.family == Family::symmetric) {
    metadata["EncryptionAlgorithms"] = {"SYMMETRIC_DEFAULT"};
  } else if (usage == "ENCRYPT_DECRYPT") {
    metadata["EncryptionAlgorithms"] = {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"};
  } else if (usage == "GENERATE_VERIFY_MAC") {
    metadata["MacAlgorithms"] = Json::array({std::string(spec.algorithm)});
  } else if (usage == "KEY_AGREEMENT") {
    metadata["KeyAgreementAlgorithms"] = {"ECDH"};
  } else if (spec.family == Family::rsa) {
    metadata["SigningAlgorithms"] = {"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384",
                                     "RSASSA_PKCS1_V1_5_SHA_512", "RSASSA_PSS_SHA_256",
                                     "RSASSA_PSS_SHA_384",        "RSASSA_PSS_SHA_512"};
  } else {
    metadata["SigningAlgorithms"] = Json::array({std::string(spec.algorithm)});
  }
}

}  // namespace orrery::kms
