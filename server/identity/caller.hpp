#pragma once
#include <functional>
#include <optional>
#include <string>

#include "identity/principal.hpp"
#include "identity/sigv4.hpp"
#include "registry/settings.hpp"

namespace orrery::identity {

/// Who asks, for which account and region.
struct Caller {
  std::string account, region;
  Principal principal;
  std::optional<Credential> credential;  ///< set when we know the secret
};

/// Nobody: an unsigned request, in the default account and region.
Caller anonymous_caller(const Settings& settings);

/// Who `authorization` names. `issued` gives the credential of an access key that IAM or STS issued. Throws AwsError
/// for one that is expired, inactive, or came with another session token.
using Issued = std::function<std::optional<Credential>(const std::string& access_key)>;
Caller caller_of(const Settings& settings, const Authorization& authorization, const Issued& issued, aws::Millis now);

}  // namespace orrery::identity
