#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "aws/clock.hpp"
#include "identity/principal.hpp"
#include "storage/store.hpp"

namespace orrery::identity {

/// The credentials that IAM (access keys) and STS (sessions) issued, by access key, over all accounts.
class CredentialTable {
 public:
  static const storage::Migrations migrations;

  explicit CredentialTable(storage::Transaction& transaction) : transaction_(transaction) {}

  std::optional<Credential> find(std::string_view access_key) const;
  /// Inserts or replaces; the key is `credential.principal.access_key`.
  void put(const Credential& credential);
  void set_active(std::string_view access_key, bool active);
  bool erase(std::string_view access_key);
  /// Changes who the keys of a renamed user are.
  void rename(std::string_view user_id, std::string_view arn);
  /// Removes sessions that ended before `before`.
  void erase_expired(aws::Millis before);

 private:
  storage::Transaction& transaction_;
};

/// A key of 20 characters that begins with `prefix` ("AKIA", "ASIA") and carries its account as AWS's keys do.
std::string new_access_key(std::string_view prefix, std::string_view account);
/// The account that an access key carries; nullopt for text that is no access key.
std::optional<std::string> account_of_access_key(std::string_view access_key);
/// A secret of 40 characters.
std::string new_secret();
/// A unique id: "AROA", "AIDA", "ANPA", … and 17 characters.
std::string new_unique_id(std::string_view prefix);

}  // namespace orrery::identity
