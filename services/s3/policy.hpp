#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

Json get_bucket_policy(RequestContext& context, const Input& input);
Json put_bucket_policy(RequestContext& context, const Input& input);
Json delete_bucket_policy(RequestContext& context, const Input& input);
Json get_bucket_policy_status(RequestContext& context, const Input& input);

/// "The meaning of public" in the S3 user guide: an Allow to everyone without a condition that fixes the caller.
bool is_public_policy(const Json& policy);

}  // namespace orrery::s3
