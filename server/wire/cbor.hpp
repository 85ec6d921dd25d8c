#pragma once
#include <string>
#include <string_view>

#include "api/api.hpp"
#include "aws/json.hpp"

// Bodies of Smithy's RPC v2 CBOR (RFC 8949): definite or indefinite lengths, tag 1 for timestamps.
namespace orrery::wire {

/// One item of bounded depth as a document: byte strings become strings of raw bytes, undefined becomes null, tags
/// are dropped. Throws Malformed.
Json parse_cbor(std::string_view bytes);

void append_cbor(std::string& out, const api::ReferenceView& reference, const Json& value);
void append_cbor_members(std::string& out, const api::ShapeView& shape, const Json& value);
void append_cbor_text(std::string& out, std::string_view text);
void append_cbor_map_head(std::string& out, std::size_t entries);

}  // namespace orrery::wire
