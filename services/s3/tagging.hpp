#pragma once
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

/// The TagSet in member `name`, checked: keys unique, 1 to 128 characters, values to 256, "aws:" reserved.
enum class TagLimit { bucket = 50, object = 10 };
Json tags_from(const Input& input, std::string_view name, TagLimit limit = TagLimit::bucket);
/// The same from x-amz-tagging, a query string.
Json tags_from_header(const std::string& header);

Json get_bucket_tagging(RequestContext& context, const Input& input);
Json put_bucket_tagging(RequestContext& context, const Input& input);
Json delete_bucket_tagging(RequestContext& context, const Input& input);
Json get_object_tagging(RequestContext& context, const Input& input);
Json put_object_tagging(RequestContext& context, const Input& input);
Json delete_object_tagging(RequestContext& context, const Input& input);

}  // namespace orrery::s3
