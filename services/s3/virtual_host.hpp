#pragma once
#include "http/message.hpp"

namespace orrery::s3 {

/// Service::virtual_host: puts the bucket of "bucket.s3.localhost", "bucket.s3.eu-west-1.localhost",
/// "bucket.localhost" or "bucket.s3.amazonaws.com" in front of the path. `target` stays as it was signed.
bool virtual_host(http::Request& request);

}  // namespace orrery::s3
