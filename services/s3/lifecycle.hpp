#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// The midnight (UTC) at which something is due that happened at `since`, `days` days later: S3 rounds up to the next
/// one
/// ("Lifecycle rules: based on an object's age").
aws::Millis due_midnight(aws::Millis since, std::int64_t days);

/// The x-amz-expiration header of a current version, where a rule of the bucket will expire it.
std::optional<std::string> expiration_header(RequestContext& context, const Bucket& bucket, const Version& version);

/// Carries out what lifecycle rules have due by the request's clock: a bounded piece of each bucket, once a day of the
/// clock and after each change of the rules. Called once a second.
void run_lifecycle(RequestContext& context);

}  // namespace orrery::s3
