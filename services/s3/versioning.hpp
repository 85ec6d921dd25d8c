#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

Json get_bucket_versioning(RequestContext& context, const Input& input);
Json put_bucket_versioning(RequestContext& context, const Input& input);

}  // namespace orrery::s3
