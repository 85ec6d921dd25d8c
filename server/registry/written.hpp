#pragma once
#include <string_view>
#include <vector>

#include "aws/json.hpp"

namespace orrery {

/// A part of an output that a handler has written itself, as the service's protocol has it (JSON: the value, blobs in
/// base64; XML: its elements): large answers need no tree. What stands for it is nlohmann's binary type, which no
/// output has otherwise.
inline Json written(std::string_view text) { return Json::binary(std::vector<std::uint8_t>(text.begin(), text.end())); }

/// The text of such a part; valid as long as it.
inline std::string_view written_text(const Json& part) {
  const auto& bytes = part.get_binary();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace orrery
