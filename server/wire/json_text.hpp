#pragma once
#include <string>
#include <string_view>

#include "api/api.hpp"
#include "aws/json.hpp"
#include "aws/json_text.hpp"

// Bodies of the JSON protocols. A structure is an object of wire names; timestamps are seconds unless the table says
// otherwise; blobs are base64; members that the table does not know and nulls are passed over.
namespace orrery::wire {

/// Parses one JSON document of bounded depth. Throws Malformed.
Json parse_json(std::string_view text);
/// The same as a value of a structure in the table's names.
Json read_json(const api::ShapeView& shape, std::string_view text);

enum class Blobs { base64, raw };

/// Turns a parsed document into a value of `reference`'s type in the table's names. Throws Malformed.
Json from_document(const api::ReferenceView& reference, Json document, Blobs blobs);
Json structure_from_document(const api::ShapeView& shape, Json document, Blobs blobs);

void append_json(std::string& out, const api::ReferenceView& reference, const Json& value);
/// The members bound to the body, in braces.
void append_json_members(std::string& out, const api::ShapeView& shape, const Json& value);
using aws::append_json_string;

}  // namespace orrery::wire
