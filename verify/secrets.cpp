#include "verify/site.hpp"

namespace orrery::verify {

namespace {

Outcome read(Site& site, const Json& secret) {
  const Json value = site.api.call(kSecrets, "GetSecretValue", {{"SecretId", secret.at("ARN")}});
  const std::string text = value.value("SecretString", "");
  site.credentials.add(secret.at("ARN"), secret.at("Name"), Json::parse(text, nullptr, false));
  const std::string key = secret.value("KmsKeyId", "");
  return ok("version " + value.value("VersionId", "") + (key.empty() ? "" : ", decrypted with " + key));
}

/// A secret without a version has no value on AWS either.
bool has_value(const Json& secret) {
  const Json versions = secret.value("SecretVersionsToStages", Json::object());
  return std::any_of(versions.begin(), versions.end(), [](const Json& stages) {
    return std::find(stages.begin(), stages.end(), "AWSCURRENT") != stages.end();
  });
}

}  // namespace

void check_secrets(Site& site) {
  for (const Json& secret : site.api.all(kSecrets, "ListSecrets", {"SecretList", "NextToken", "NextToken"})) {
    site.check({"secret", secret.at("Name"), ""}, [&] {
      if (!has_value(secret)) return noted("no value", "no version of it is AWSCURRENT");
      return read(site, secret);
    });
  }
}

}  // namespace orrery::verify
