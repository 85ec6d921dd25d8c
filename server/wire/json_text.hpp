#pragma once
#include <string>
#include <string_view>

#include "api/api.hpp"
#include "aws/json.hpp"

// Bodies of the JSON protocols. A structure is an object of wire names; timestamps are seconds unless the table says
// otherwise; blobs are base64; members that the table does not know and nulls are passed over.
namespace orrery::wire {

/// Parses one JSON document of bounded depth. Throws Malformed.
Json parse_json(std::string_view text);

enum class Blobs { base64, raw };

/// Turns a parsed document into a value of `reference`'s type in the table's names. Throws Malformed.
Json from_document(const api::ReferenceView& reference, Json document, Blobs blobs);
Json structure_from_document(const api::ShapeView& shape, Json document, Blobs blobs);

void append_json(std::string& out, const api::ReferenceView& reference, const Json& value);
/// The members bound to the body, in braces.
void append_json_members(std::string& out, const api::ShapeView& shape, const Json& value);
/// A string with quotes and escapes. What is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace orrery::wire
