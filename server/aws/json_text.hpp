#pragma once
#include <string>
#include <string_view>

namespace orrery::aws {

bool valid_utf8(std::string_view text);

/// A JSON string with quotes and escapes. What is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// A member of an object in JSON text. `value` is as it stands there, of a string what is between its quotes.
struct JsonMember {
  std::string_view name, value;
};
/// Takes the next member off `text`, at first the whole object; false when there is none. For text that nlohmann wrote
/// without spaces: a look at a few members of it costs no tree.
bool next_json_member(std::string_view& text, JsonMember& out);

}  // namespace orrery::aws
