#pragma once
#include "registry/peers.hpp"

namespace orrery::s3 {

/// Service::offer.
void offer(Peers& peers);

}  // namespace orrery::s3
