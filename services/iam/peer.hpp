#pragma once
#include "registry/context.hpp"

namespace orrery::iam {

/// Puts IAM's interface for STS, EKS, RDS and the host into `peers`.
void offer(Peers& peers);

}  // namespace orrery::iam
