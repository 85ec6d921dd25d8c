#pragma once
#include <string>
#include <string_view>

#include "identity/policy.hpp"
#include "registry/context.hpp"

namespace orrery::iam {

/// Validates a document and returns it as IAM gives it back: percent-encoded (RFC 3986), otherwise as it came.
std::string checked_document(std::string_view document, identity::PolicyKind kind);

/// The same for a role's trust policy; a principal of this account that does not exist is a finding, because roles
/// that were made elsewhere (single sign-on) may be named.
std::string checked_trust_policy(RequestContext& context, std::string_view document, const std::string& role_arn);

}  // namespace orrery::iam
