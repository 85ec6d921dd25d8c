#include "aws/ids.hpp"
#include "services/kms/crypto.hpp"
#include "services/kms/envelope.hpp"
#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

enum class Plaintext { include, omit };

Key wrapping_key(RequestContext& context, const Input& input) {
  Key key = resolve_key(context, input.str("KeyId"));
  key.for_usage("ENCRYPT_DECRYPT", context.operation);
  if (!key.symmetric()) throw errors::invalid_algorithm("SYMMETRIC_DEFAULT", key.text("KeySpec"));
  return key;
}

std::size_t requested_bytes(const Input& input) {
  const auto spec = input.find_str("KeySpec");
  const auto bytes = input.find_integer("NumberOfBytes");
  if (spec.has_value() == bytes.has_value()) {
    throw errors::validation("Please specify either number of bytes or key spec.");
  }
  if (bytes) return static_cast<std::size_t>(*bytes);
  return *spec == "AES_128" ? 16 : 32;
}

Json data_key(RequestContext& context, const Input& input, Plaintext mode) {
  const Key key = wrapping_key(context, input);
  const std::string plaintext = aws::random_bytes(requested_bytes(input));
  const auto encryption_context = input.string_map("EncryptionContext");
  settle_options(input);
  Json out{{"CiphertextBlob", wrap(key, plaintext, encryption_context)},
           {"KeyId", key.arn()},
           {"KeyMaterialId", key.material_id()}};
  if (mode == Plaintext::include) out["Plaintext"] = plaintext;
  return out;
}

Json data_key_pair(RequestContext& context, const Input& input, Plaintext mode) {
  const Key key = wrapping_key(context, input);
  const std::string spec_name = input.str("KeyPairSpec");
  const KeySpec* spec = find_spec(spec_name);
  if (!spec) throw errors::unsupported("KeyPairSpec " + spec_name + " is not supported in this region.");
  const auto encryption_context = input.string_map("EncryptionContext");
  settle_options(input);
  const std::string private_key = crypto::generate(*spec);
  Json out{{"PrivateKeyCiphertextBlob", wrap(key, private_key, encryption_context)},
           {"PublicKey", crypto::public_key(private_key)},
           {"KeyId", key.arn()},
           {"KeyPairSpec", spec_name},
           {"KeyMaterialId", key.material_id()}};
  if (mode == Plaintext::include) out["PrivateKeyPlaintext"] = private_key;
  return out;
}

}  // namespace

Json generate_data_key(RequestContext& context, const Input& input) {
  return data_key(context, input, Plaintext::include);
}

Json generate_data_key_without_plaintext(RequestContext& context, const Input& input) {
  return data_key(context, input, Plaintext::omit);
}

Json generate_data_key_pair(RequestContext& context, const Input& input) {
  return data_key_pair(context, input, Plaintext::include);
}

Json generate_data_key_pair_without_plaintext(RequestContext& context, const Input& input) {
  return data_key_pair(context, input, Plaintext::omit);
}

Json generate_random(RequestContext&, const Input& input) {
  const auto bytes = input.find_integer("NumberOfBytes");
  if (!bytes) throw errors::validation("NumberOfBytes is required.");
  if (input.find_str("CustomKeyStoreId")) throw errors::unsupported("Custom key stores are not supported.");
  return {{"Plaintext", aws::random_bytes(static_cast<std::size_t>(*bytes))}};
}

}  // namespace orrery::kms
