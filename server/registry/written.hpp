#pragma once
#include <string_view>
#include <vector>

#include "aws/json.hpp"

namespace orrery {

/// A part of an output that a handler has written itself, as the JSON protocol has it (blobs in base64): large answers
/// need no tree. What stands for it is nlohmann's binary type, which no output has otherwise.
inline Json written(std::string_view json) {
  return Json::binary(std::vector<std::uint8_t>(json.begin(), json.end()));
}

/// The text of such a part; valid as long as it.
inline std::string_view written_text(const Json& part) {
  const auto& bytes = part.get_binary();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace orrery
