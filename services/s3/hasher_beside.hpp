#pragma once
#include <memory>

#include "services/s3/checksum.hpp"
#include "services/s3/md5.hpp"

namespace orrery::s3 {

/// Continues an MD5 on another thread, a few blocks behind: it then costs a large upload hardly time of its own. The
/// blocks of several uploads are hashed together. Keeps less than a MiB.
std::unique_ptr<Hasher> beside(const Md5& so_far);

}  // namespace orrery::s3
