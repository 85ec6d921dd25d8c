#pragma once
#include "identity/policy.hpp"
#include "registry/context.hpp"

namespace orrery {

/// IAM's policies for what asks them; apart from IamPeer, because that is little. Peers::iam offers this too.
class PolicyPeer {
 public:
  virtual ~PolicyPeer() = default;
  /// What the identity policies of a user or a role (its own, its groups', under its boundary) answer. The root user may
  /// do all.
  virtual identity::Decision decide(RequestContext&, const identity::Principal&, const identity::Question&) = 0;
};

}  // namespace orrery
