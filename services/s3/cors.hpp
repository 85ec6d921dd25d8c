#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// What a browser asks before a request to another origin (S3 API reference, "OPTIONS object"). No service model has
/// it; the API table's patch does.
Json options_object(RequestContext& context, const Input& input);

/// The headers of a request that names an Origin, where a CORS rule of the bucket allows it.
void add_cors_headers(RequestContext& context, const Bucket& bucket);

}  // namespace orrery::s3
