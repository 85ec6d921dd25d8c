#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

/// A browser's upload by an HTML form (S3 API reference, "POST Object"). No service model has it; the API table's patch
/// does.
Json post_object(RequestContext& context, const Input& input);

}  // namespace orrery::s3
