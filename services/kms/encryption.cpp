#include "services/kms/crypto.hpp"
#include "services/kms/envelope.hpp"
#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

constexpr std::string_view kSymmetric = "SYMMETRIC_DEFAULT";

void require_algorithm(const Key& key, const std::string& algorithm) {
  if (key.symmetric() != (algorithm == kSymmetric)) throw errors::invalid_algorithm(algorithm, key.text("KeySpec"));
}

struct Decrypted {
  Key key;
  std::string material_id;  ///< "" for RSA
  std::string plaintext;
};

/// `reference` names the key for RSA, whose ciphertext says nothing of it, and is checked for symmetric keys.
Decrypted open_ciphertext(RequestContext& context, const std::string& ciphertext, const std::string& algorithm,
                          const std::optional<std::string>& reference, const EncryptionContext& encryption_context,
                          std::string_view operation) {
  if (algorithm != kSymmetric) {
    if (!reference) throw errors::validation("You must specify a KeyId to decrypt with an asymmetric KMS key.");
    Key key = resolve_key(context, *reference);
    key.for_usage("ENCRYPT_DECRYPT", operation);
    require_algorithm(key, algorithm);
    auto plaintext = crypto::rsa_decrypt(key.material().value(), algorithm, ciphertext);
    if (!plaintext) throw errors::invalid_ciphertext();
    return {std::move(key), "", std::move(*plaintext)};
  }
  if (reference) {
    const Key wanted = resolve_key(context, *reference);
    wanted.for_usage("ENCRYPT_DECRYPT", operation);
    require_algorithm(wanted, algorithm);
  }
  auto opened = unwrap(context, ciphertext, encryption_context);
  if (reference && resolve_key(context, *reference).id() != opened.key.id()) throw errors::incorrect_key();
  return {std::move(opened.key), opened.material_id, std::move(opened.plaintext)};
}

std::string close_plaintext(const Key& key, const std::string& plaintext, const std::string& algorithm,
                            const EncryptionContext& encryption_context) {
  if (key.symmetric()) return wrap(key, plaintext, encryption_context);
  if (!encryption_context.empty()) {
    throw errors::validation("EncryptionContext is not supported with asymmetric KMS keys.");
  }
  auto ciphertext = crypto::rsa_encrypt(key.material().value(), algorithm, plaintext);
  if (!ciphertext) throw errors::validation("The plaintext is too long for algorithm " + algorithm + ".");
  return std::move(*ciphertext);
}

}  // namespace

Json encrypt(RequestContext& context, const Input& input) {
  const Key key = resolve_key(context, input.str("KeyId"));
  key.for_usage("ENCRYPT_DECRYPT", "Encrypt");
  const std::string algorithm = input.str("EncryptionAlgorithm", kSymmetric);
  require_algorithm(key, algorithm);
  const std::string plaintext = input.str("Plaintext");
  const auto encryption_context = input.string_map("EncryptionContext");
  settle_options(input);
  return {{"CiphertextBlob", close_plaintext(key, plaintext, algorithm, encryption_context)},
          {"KeyId", key.arn()},
          {"EncryptionAlgorithm", algorithm}};
}

Json decrypt(RequestContext& context, const Input& input) {
  const std::string algorithm = input.str("EncryptionAlgorithm", kSymmetric);
  auto opened = open_ciphertext(context, input.str("CiphertextBlob"), algorithm, input.find_str("KeyId"),
                                input.string_map("EncryptionContext"), "Decrypt");
  settle_options(input);
  Json out{{"KeyId", opened.key.arn()}, {"Plaintext", opened.plaintext}, {"EncryptionAlgorithm", algorithm}};
  if (!opened.material_id.empty()) out["KeyMaterialId"] = opened.material_id;
  return out;
}

Json re_encrypt(RequestContext& context, const Input& input) {
  const std::string from = input.str("SourceEncryptionAlgorithm", kSymmetric);
  const std::string to = input.str("DestinationEncryptionAlgorithm", kSymmetric);
  const Key destination = resolve_key(context, input.str("DestinationKeyId"));
  destination.for_usage("ENCRYPT_DECRYPT", "ReEncryptTo");
  require_algorithm(destination, to);
  auto opened = open_ciphertext(context, input.str("CiphertextBlob"), from, input.find_str("SourceKeyId"),
                                input.string_map("SourceEncryptionContext"), "ReEncryptFrom");
  const auto destination_context = input.string_map("DestinationEncryptionContext");
  settle_options(input);
  Json out{{"CiphertextBlob", close_plaintext(destination, opened.plaintext, to, destination_context)},
           {"SourceKeyId", opened.key.arn()},
           {"KeyId", destination.arn()},
           {"SourceEncryptionAlgorithm", from},
           {"DestinationEncryptionAlgorithm", to}};
  if (!opened.material_id.empty()) out["SourceKeyMaterialId"] = opened.material_id;
  if (destination.symmetric()) out["DestinationKeyMaterialId"] = destination.material_id();
  return out;
}

}  // namespace orrery::kms
