#pragma once
#include <cstdint>
#include <string>

namespace orrery::identity {

/// Who asks. `arn` is what GetCallerIdentity returns: arn:aws:iam::ACCOUNT:root, …:user/NAME, or
/// arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
struct Principal {
  enum class Type { anonymous, root, user, assumed_role, federated_user };
  Type type = Type::anonymous;
  std::string account;
  std::string arn;
  std::string user_id;     ///< GetCallerIdentity's UserId: the account, "AIDA…", or "AROA…:session"
  std::string access_key;  ///< as sent
};

/// A credential that Orrery issued: its secret is known, so signatures made with it are checked.
struct Credential {
  std::string secret;
  std::string session_token;    ///< "" for long-term keys
  std::int64_t expires_ms = 0;  ///< 0: never
  bool active = true;
  Principal principal;
};

}  // namespace orrery::identity
