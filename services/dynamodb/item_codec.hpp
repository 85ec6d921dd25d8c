#pragma once
#include <string>
#include <string_view>

#include "aws/json.hpp"

namespace orrery::dynamodb {

/// An item as stored bytes. item := count (name value)*; value := tag body, where the tag is the type's letter and the
/// body a length-prefixed string (S, N, B), a count and elements (SS, NS, BS, L), a count and name/value pairs (M), or
/// nothing (true, false, null). Counts and lengths are base-128 varints, names length-prefixed.
std::string encode_item(const Json& item);

/// The item again. Throws std::runtime_error on bytes that encode_item did not write.
Json decode_item(std::string_view bytes);

}  // namespace orrery::dynamodb
