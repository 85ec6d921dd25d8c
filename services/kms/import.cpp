#include "aws/ids.hpp"
#include "services/kms/crypto.hpp"
#include "services/kms/handlers.hpp"

// Key material of the caller's own (Origin EXTERNAL). A wrapping key pair is made for each GetParametersForImport and
// kept with the key until its token is used or a day has passed; only the last one is good.
namespace orrery::kms {

namespace {

constexpr double kTokenSeconds = 86400;

Key external_key(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  if (key.text("Origin") != "EXTERNAL") {
    throw errors::unsupported(key.arn() + " origin is " + key.text("Origin") +
                              " which is not valid for this operation.");
  }
  key.not_pending_deletion();
  return key;
}

/// RSAES_OAEP_…: the material itself; RSA_AES_KEY_WRAP_…: an AES key by OAEP, then the material by AES key wrap with
/// padding (RFC 5649).
std::optional<std::string> unwrap_material(const std::string& private_key, const std::string& algorithm,
                                           const std::string& wrapped) {
  const std::string hash = algorithm.ends_with("SHA_1") ? "SHA_1" : "SHA_256";
  if (algorithm.starts_with("RSAES_OAEP")) return crypto::rsa_decrypt(private_key, "RSAES_OAEP_" + hash, wrapped);
  const std::size_t modulus = crypto::rsa_size(private_key);
  if (wrapped.size() <= modulus) return std::nullopt;
  const auto aes = crypto::rsa_decrypt(private_key, "RSAES_OAEP_" + hash, std::string_view(wrapped).substr(0, modulus));
  return aes ? crypto::aes_unwrap(*aes, std::string_view(wrapped).substr(modulus)) : std::nullopt;
}

std::string open_material(RequestContext& context, const Key& key, const Input& input) {
  const Json parameters = key.hidden().value("import", Json::object());
  if (parameters.value("token", "") != aws::base64(input.str("ImportToken"))) {
    throw AwsError("InvalidImportTokenException", 400, "The import token is not for this KMS key.");
  }
  if (parameters.at("valid_to").get<double>() < context.timestamp()) {
    throw AwsError("ExpiredImportTokenException", 400, "The import token has expired.");
  }
  std::string private_key;
  aws::base64_decode(parameters.at("key").get<std::string>(), private_key);
  auto material =
      unwrap_material(private_key, parameters.at("algorithm").get<std::string>(), input.str("EncryptedKeyMaterial"));
  if (!material) throw errors::invalid_ciphertext();
  return std::move(*material);
}

/// A key takes the same material again, and no other (developer guide, "Reimport key material").
void check_material(const Key& key, const std::string& material) {
  if (!crypto::fits(key.spec(), material)) {
    throw errors::incorrect_material("The key material is not valid for key spec " + key.text("KeySpec") + ".");
  }
  const std::string known = key.hidden().value("imported", "");
  if (!known.empty() && known != aws::hex(aws::sha256(material))) {
    throw errors::incorrect_material("The key material is not the one that was imported into this KMS key before.");
  }
}

void settle_expiry(RequestContext& context, Key& key, const Input& input) {
  const std::string model = input.str("ExpirationModel", "KEY_MATERIAL_EXPIRES");
  key.metadata()["ExpirationModel"] = model;
  key.metadata().erase("ValidTo");
  const bool expires = model == "KEY_MATERIAL_EXPIRES";
  if (expires != input.has("ValidTo")) {
    throw errors::validation(
        "A ValidTo date must be set if, and only if, the ExpirationModel is KEY_MATERIAL_EXPIRES.");
  }
  if (!expires) return;
  const double date = input.number("ValidTo");
  if (date <= context.timestamp()) throw errors::validation("ValidTo must be in the future.");
  key.metadata()["ValidTo"] = date;
}

void forget_material(Key& key) {
  key.hidden()["materials"] = Json::array();
  key.metadata().erase("ExpirationModel");
  key.metadata().erase("ValidTo");
  key.set_state("PendingImport");
  key.save();
}

}  // namespace

Json get_parameters_for_import(RequestContext& context, const Input& input) {
  Key key = external_key(context, input);
  const std::string algorithm = input.str("WrappingAlgorithm"), spec_name = input.str("WrappingKeySpec");
  const KeySpec* spec = find_spec(spec_name);
  if (!spec || !(algorithm.starts_with("RSAES_OAEP") || algorithm.starts_with("RSA_AES"))) {
    throw errors::unsupported("WrappingAlgorithm " + algorithm + " with WrappingKeySpec " + spec_name +
                              " is not supported in this region.");
  }
  const std::string private_key = crypto::generate(*spec), token = aws::random_bytes(512);
  const double valid_to = context.timestamp() + kTokenSeconds;
  key.hidden()["import"] = {{"token", aws::base64(token)},
                            {"key", aws::base64(private_key)},
                            {"algorithm", algorithm},
                            {"valid_to", valid_to}};
  key.save();
  return {{"KeyId", key.arn()},
          {"ImportToken", token},
          {"PublicKey", crypto::public_key(private_key)},
          {"ParametersValidTo", valid_to}};
}

Json import_key_material(RequestContext& context, const Input& input) {
  Key key = external_key(context, input);
  const std::string material = open_material(context, key, input);
  check_material(key, material);
  settle_expiry(context, key, input);
  // A key has one imported material here, so a type or id can only name that one.
  if (input.str("ImportType") == "NEW_KEY_MATERIAL" && key.hidden().contains("imported")) {
    throw errors::unsupported("Rotation of imported key material is not supported.");
  }
  const std::string id = aws::hex(aws::sha256(material));
  if (const auto named = input.find_str("KeyMaterialId"); named && *named != id) {
    throw errors::incorrect_material("The key material is not the one that KeyMaterialId names.");
  }
  Json entry{{"id", id}, {"key", aws::base64(material)}, {"created", context.timestamp()}, {"type", ""}};
  if (const auto text = input.find_str("KeyMaterialDescription")) entry["description"] = *text;
  key.hidden()["materials"] = Json::array({entry});
  key.hidden()["imported"] = id;
  key.hidden().erase("import");
  if (key.symmetric()) key.metadata()["CurrentKeyMaterialId"] = id;
  if (key.state() == "PendingImport") key.set_state("Enabled");
  key.save();
  return {{"KeyId", key.arn()}, {"KeyMaterialId", id}};
}

Json delete_imported_key_material(RequestContext& context, const Input& input) {
  Key key = external_key(context, input);
  const std::string id = key.hidden().value("imported", "");
  if (const auto named = input.find_str("KeyMaterialId"); named && *named != id) {
    throw errors::incorrect_material("The KMS key has no key material of this id.");
  }
  forget_material(key);
  return {{"KeyId", key.arn()}, {"KeyMaterialId", id}};
}

void expire_material(RequestContext& context, Key& key) {
  const auto date = key.metadata().find("ValidTo");
  if (date != key.metadata().end() && date->get<double>() <= context.timestamp()) forget_material(key);
}

}  // namespace orrery::kms
