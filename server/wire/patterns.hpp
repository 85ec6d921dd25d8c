#pragma once
#include <string>
#include <string_view>

namespace orrery::wire {

enum class Anchoring { whole, search };

/// Whether `text` (UTF-8) satisfies a model's regular expression, which is Java's. What PCRE2 cannot compile or judge
/// counts as satisfied.
/// Compiled once a thread.
bool matches_pattern(std::string_view pattern, std::string_view text, Anchoring anchoring);

}  // namespace orrery::wire
