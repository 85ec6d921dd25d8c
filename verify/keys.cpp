#include "aws/clock.hpp"
#include "aws/ids.hpp"
#include "verify/site.hpp"

namespace orrery::verify {

namespace {

/// "PendingDeletion" → "pending deletion".
std::string words(const std::string& state) {
  std::string out;
  for (const char c : state) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !out.empty()) out += ' ';
    out += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

const std::string& message() {
  static const std::string base64 = aws::base64("orrery verify");
  return base64;
}

bool encrypt_and_decrypt(const Api& api, const Json& key) {
  Json input{{"KeyId", key.at("Arn")}, {"Plaintext", message()}};
  const bool symmetric = key.at("KeySpec") == "SYMMETRIC_DEFAULT";
  if (!symmetric) input["EncryptionAlgorithm"] = key.at("EncryptionAlgorithms").at(0);
  const Json encrypted = api.call(kKms, "Encrypt", input);
  input.erase("Plaintext");
  input["CiphertextBlob"] = encrypted.at("CiphertextBlob");
  return api.call(kKms, "Decrypt", input).at("Plaintext") == message();
}

bool sign_and_verify(const Api& api, const Json& key) {
  Json input{{"KeyId", key.at("Arn")}, {"Message", message()}, {"SigningAlgorithm", key.at("SigningAlgorithms").at(0)}};
  input["Signature"] = api.call(kKms, "Sign", input).at("Signature");
  return api.call(kKms, "Verify", input).at("SignatureValid") == true;
}

bool make_and_verify_mac(const Api& api, const Json& key) {
  Json input{{"KeyId", key.at("Arn")}, {"Message", message()}, {"MacAlgorithm", key.at("MacAlgorithms").at(0)}};
  input["Mac"] = api.call(kKms, "GenerateMac", input).at("Mac");
  return api.call(kKms, "VerifyMac", input).at("MacValid") == true;
}

Outcome use(const Api& api, const Json& key) {
  const std::string state = key.at("KeyState"), usage = key.at("KeyUsage"), spec = key.at("KeySpec");
  if (state != "Enabled") {
    const double deletion = key.value("DeletionDate", 0.0);
    return noted(words(state),
                 deletion > 0 ? "it goes at " + aws::iso8601(static_cast<aws::Millis>(deletion * 1000)) : spec);
  }
  if (usage == "ENCRYPT_DECRYPT") {
    return encrypt_and_decrypt(api, key) ? ok(spec + ", decrypts what it encrypted")
                                         : failed("decrypts to something else");
  }
  if (usage == "SIGN_VERIFY") {
    return sign_and_verify(api, key) ? ok(spec + ", verifies what it signed")
                                     : failed("does not verify what it signed");
  }
  if (usage == "GENERATE_VERIFY_MAC") {
    return make_and_verify_mac(api, key) ? ok(spec + ", verifies its code") : failed("does not verify its code");
  }
  return noted("not tried", spec + " for " + usage);
}

}  // namespace

void check_keys(Site& site) {
  for (const Json& listed : site.api.all(kKms, "ListKeys", {"Keys", "Marker", "NextMarker"})) {
    site.check({"key", listed.at("KeyId"), ""}, [&] {
      const Json key = site.api.call(kKms, "DescribeKey", {{"KeyId", listed.at("KeyId")}}).at("KeyMetadata");
      return use(site.api, key);
    });
  }
}

}  // namespace orrery::verify
