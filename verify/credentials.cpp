#include "verify/credentials.hpp"

namespace orrery::verify {

namespace {

std::string member(const Json& value, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = value.find(name);
    if (found != value.end() && found->is_string()) return found->get<std::string>();
  }
  return "";
}

bool names_address(const Json& value, const std::string& address) {
  return !address.empty() && std::any_of(value.begin(), value.end(), [&](const Json& one) {
    if (!one.is_string()) return false;
    const auto& text = one.get_ref<const std::string&>();
    return text == address || text.starts_with(address + ":");
  });
}

Credential credential(const std::string& name, const Json& value) {
  return {name, member(value, {"username", "user"}),
          member(value, {"password", "auth_token", "authToken", "AuthToken", "token"}),
          member(value, {"dbname", "database", "db_name"})};
}

}  // namespace

void Credentials::add(const std::string& arn, const std::string& name, Json value) {
  if (value.is_object()) secrets_.push_back({arn, name, std::move(value)});
}

std::vector<Credential> Credentials::naming(const std::string& address, const std::string& identifier) const {
  std::vector<Credential> out;
  for (const Secret& secret : secrets_) {
    const std::string named = member(secret.value, {"dbInstanceIdentifier"});
    if (!names_address(secret.value, address) && (named.empty() || named != identifier)) continue;
    Credential found = credential(secret.name, secret.value);
    if (!found.password.empty()) out.push_back(std::move(found));
  }
  return out;
}

std::optional<Credential> Credentials::of_arn(const std::string& arn) const {
  for (const Secret& secret : secrets_) {
    if (secret.arn == arn) return credential(secret.name, secret.value);
  }
  return std::nullopt;
}

}  // namespace orrery::verify
