#pragma once
#include <span>

#include "registry/service.hpp"

namespace orrery::dynamodb {

/// Service::validation_error: DynamoDB's own words where it has any, as recorded in 2026 (aws-controllers-k8s' notes on
/// DynamoDB).
AwsError violation_error(std::span<const Violation> violations);

}  // namespace orrery::dynamodb
