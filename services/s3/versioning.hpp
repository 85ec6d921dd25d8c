#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

/// 32 characters, the last four of which follow from the others, so that an id that was never issued is told from one
/// whose version is gone.
std::string new_version_id();
bool issued_version_id(std::string_view id);

Json get_bucket_versioning(RequestContext& context, const Input& input);
Json put_bucket_versioning(RequestContext& context, const Input& input);

}  // namespace orrery::s3
