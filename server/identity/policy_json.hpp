#pragma once
#include <string_view>

#include "aws/json.hpp"

namespace orrery::identity {

/// A policy document as it is written, discarded if it is no JSON. Its elements lie six levels deep at most; what lies
/// below the eighth, where none can be, is left out: values are copied and written recursively, and 20 KiB hold ten
/// thousand levels.
template <class Document = Json>
Document policy_json(std::string_view text) {
  constexpr int kDeepest = 8;
  const auto keep = [](int depth, typename Document::parse_event_t, Document&) { return depth <= kDeepest; };
  return Document::parse(text, keep, false);
}

}  // namespace orrery::identity
