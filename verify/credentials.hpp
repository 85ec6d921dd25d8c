#pragma once
#include <optional>
#include <string>
#include <vector>

#include "aws/json.hpp"

namespace orrery::verify {

/// What a secret says about how to enter something. "" where it says nothing.
struct Credential {
  std::string secret;  ///< its name
  std::string user, password, database;
};

/// The secrets of an account and region whose value is a JSON object.
class Credentials {
 public:
  void add(const std::string& arn, const std::string& name, Json value);

  /// Those that name `address` in any of their members ("host", "primary_endpoint", "endpoint" with its port), or
  /// `identifier` as their dbInstanceIdentifier, as RDS's rotation functions write it, and have a password or token.
  std::vector<Credential> naming(const std::string& address, const std::string& identifier) const;
  std::optional<Credential> of_arn(const std::string& arn) const;

 private:
  struct Secret {
    std::string arn, name;
    Json value;
  };
  std::vector<Secret> secrets_;
};

}  // namespace orrery::verify
