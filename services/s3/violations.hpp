#pragma once
#include <span>

#include "registry/service.hpp"

namespace orrery::s3 {

/// Service::validation_error: S3's own words where it has any.
AwsError violation_error(std::span<const Violation> violations);

}  // namespace orrery::s3
