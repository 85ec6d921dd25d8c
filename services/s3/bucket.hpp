#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

Json create_bucket(RequestContext& context, const Input& input);
Json delete_bucket(RequestContext& context, const Input& input);
Json head_bucket(RequestContext& context, const Input& input);
Json list_buckets(RequestContext& context, const Input& input);
Json get_bucket_location(RequestContext& context, const Input& input);

}  // namespace orrery::s3
