#include "services/kms/crypto.hpp"
#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

void require_listed(const Key& key, std::string_view member, const std::string& algorithm) {
  for (const Json& each : key.metadata().value(std::string(member), Json::array())) {
    if (each == algorithm) return;
  }
  throw errors::invalid_algorithm(algorithm, key.text("KeySpec"));
}

struct Signing {
  Key key;
  std::string algorithm, message;
  crypto::Message kind;
};

Signing read_signing(RequestContext& context, const Input& input, std::string_view operation) {
  Signing out{resolve_key(context, input.str("KeyId")), input.str("SigningAlgorithm"), input.str("Message"),
              crypto::Message::raw};
  out.key.for_usage("SIGN_VERIFY", operation);
  require_listed(out.key, "SigningAlgorithms", out.algorithm);
  const std::string type = input.str("MessageType", "RAW");
  if (type == "EXTERNAL_MU") throw errors::validation("MessageType EXTERNAL_MU is only for ML-DSA keys.");
  if (type == "DIGEST") out.kind = crypto::Message::digest;
  if (out.kind == crypto::Message::digest) {
    if (out.key.spec().family == Family::edwards) {
      throw errors::validation("MessageType DIGEST is not valid for algorithm " + out.algorithm + ".");
    }
    if (out.message.size() != crypto::digest_size(out.algorithm)) {
      throw errors::validation("Digest is invalid length for algorithm " + out.algorithm + ".");
    }
  }
  return out;
}

struct Mac {
  Key key;
  std::string algorithm, value;
};

Mac compute_mac(RequestContext& context, const Input& input, std::string_view operation) {
  Key key = resolve_key(context, input.str("KeyId"));
  key.for_usage("GENERATE_VERIFY_MAC", operation);
  const std::string algorithm = input.str("MacAlgorithm");
  require_listed(key, "MacAlgorithms", algorithm);
  std::string value = crypto::mac(key.material().value(), algorithm, input.str("Message"));
  return {std::move(key), algorithm, std::move(value)};
}

}  // namespace

Json get_public_key(RequestContext& context, const Input& input) {
  const Key key = resolve_key(context, input.str("KeyId"));
  input.acknowledge("GrantTokens", "grants are effective at once here");
  key.usable();
  if (key.symmetric() || key.spec().family == Family::hmac) {
    throw errors::unsupported(key.arn() + " key spec is " + key.text("KeySpec") +
                              " which is not valid for GetPublicKey.");
  }
  Json out{{"KeyId", key.arn()}, {"PublicKey", crypto::public_key(key.material().value())}};
  for (const char* member : {"CustomerMasterKeySpec", "KeySpec", "KeyUsage", "EncryptionAlgorithms",
                             "SigningAlgorithms", "KeyAgreementAlgorithms"}) {
    if (key.metadata().contains(member)) out[member] = key.metadata()[member];
  }
  return out;
}

Json sign(RequestContext& context, const Input& input) {
  const Signing request = read_signing(context, input, "Sign");
  settle_options(input);
  auto signature = crypto::sign(request.key.material().value(), request.algorithm, request.kind, request.message);
  if (!signature) throw errors::validation("The message can't be signed with algorithm " + request.algorithm + ".");
  return {{"KeyId", request.key.arn()}, {"Signature", *signature}, {"SigningAlgorithm", request.algorithm}};
}

Json verify(RequestContext& context, const Input& input) {
  const Signing request = read_signing(context, input, "Verify");
  const std::string signature = input.str("Signature");
  settle_options(input);
  if (!crypto::verify(request.key.material().value(), request.algorithm, request.kind, request.message, signature)) {
    throw errors::invalid_signature();
  }
  return {{"KeyId", request.key.arn()}, {"SignatureValid", true}, {"SigningAlgorithm", request.algorithm}};
}

Json generate_mac(RequestContext& context, const Input& input) {
  const Mac mac = compute_mac(context, input, "GenerateMac");
  settle_options(input);
  return {{"Mac", mac.value}, {"MacAlgorithm", mac.algorithm}, {"KeyId", mac.key.arn()}};
}

Json verify_mac(RequestContext& context, const Input& input) {
  const Mac mac = compute_mac(context, input, "VerifyMac");
  const std::string sent = input.str("Mac");
  settle_options(input);
  if (!crypto::equal(mac.value, sent)) throw errors::invalid_mac();
  return {{"KeyId", mac.key.arn()}, {"MacValid", true}, {"MacAlgorithm", mac.algorithm}};
}

Json derive_shared_secret(RequestContext& context, const Input& input) {
  const Key key = resolve_key(context, input.str("KeyId"));
  key.for_usage("KEY_AGREEMENT", "DeriveSharedSecret");
  const std::string algorithm = input.str("KeyAgreementAlgorithm");
  const auto secret = crypto::shared_secret(key.material().value(), input.str("PublicKey"));
  settle_options(input);
  if (!secret) throw errors::validation("The public key is not valid for key spec " + key.text("KeySpec") + ".");
  return {{"KeyId", key.arn()},
          {"SharedSecret", *secret},
          {"KeyAgreementAlgorithm", algorithm},
          {"KeyOrigin", key.text("Origin")}};
}

}  // namespace orrery::kms
