#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

Json delete_object(RequestContext& context, const Input& input);
Json delete_objects(RequestContext& context, const Input& input);

}  // namespace orrery::s3
