#pragma once
#include "identity/policy.hpp"
#include "registry/context.hpp"

namespace orrery::iam {

/// The decision of all policies that a principal of this account has (IAM user guide, "Policy evaluation logic", for
/// one account without organization and session policies). Of AWS's own policies only those whose documents are known
/// here count: AdministratorAccess and PowerUserAccess.
identity::Decision decide(RequestContext& context, const identity::Principal& principal, identity::Question question);

}  // namespace orrery::iam
