#pragma once
#include <cstdint>
#include <string>

#include "aws/clock.hpp"
#include "http/message.hpp"

namespace orrery::s3 {

/// Holds a form against its policy, as Base64 in the field `policy` (S3 API reference, "Creating a POST policy").
/// Throws InvalidPolicyDocument, AccessDenied, EntityTooLarge, EntityTooSmall.
void check_post_policy(const http::Headers& fields, const std::string& bucket, std::uint64_t size, aws::Millis now);

}  // namespace orrery::s3
