#pragma once
#include <memory>

#include "services/s3/checksum.hpp"

namespace orrery::s3 {

/// A hasher that works on a thread of its own, a few blocks behind: MD5, which no processor hurries, then costs a large
/// upload no time of its own. Keeps at most half a MiB.
std::unique_ptr<Hasher> beside(std::unique_ptr<Hasher> hasher);

}  // namespace orrery::s3
