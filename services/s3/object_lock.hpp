#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

Json get_object_retention(RequestContext& context, const Input& input);
Json put_object_retention(RequestContext& context, const Input& input);
Json get_object_legal_hold(RequestContext& context, const Input& input);
Json put_object_legal_hold(RequestContext& context, const Input& input);

}  // namespace orrery::s3
