#pragma once
#include <string>
#include <string_view>

namespace orrery::aws {

bool valid_utf8(std::string_view text);

/// A JSON string with quotes and escapes. What is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace orrery::aws
