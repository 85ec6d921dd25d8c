#include "wire/patterns.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>
#include <unordered_map>

namespace orrery::wire {

namespace {

struct Freed {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

struct Compiled {
  std::unique_ptr<pcre2_code, Freed> code;
  std::unique_ptr<pcre2_match_data, Freed> data;
};

/// ALT_BSUX gives \uXXXX its meaning of Java's. Without UCP \w and its kin stay ASCII, as Java's are.
Compiled compile(std::string_view pattern) {
  Compiled out;
  int error = 0;
  PCRE2_SIZE at = 0;
  constexpr std::uint32_t options = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_DOLLAR_ENDONLY;
  out.code.reset(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &error, &at, nullptr));
  if (out.code) out.data.reset(pcre2_match_data_create(1, nullptr));
  return out;
}

const Compiled& compiled(std::string_view pattern) {
  thread_local std::unordered_map<const char*, Compiled> cache;  // the tables' texts never move
  const auto found = cache.find(pattern.data());
  return found != cache.end() ? found->second : cache.emplace(pattern.data(), compile(pattern)).first->second;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text, Anchoring anchoring) {
  const Compiled& entry = compiled(pattern);
  if (!entry.code) return true;
  const std::uint32_t options = anchoring == Anchoring::whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0;
  const int found = pcre2_match(entry.code.get(), reinterpret_cast<PCRE2_SPTR>(text.data() ? text.data() : ""),
                                text.size(), 0, options, entry.data.get(), nullptr);
  return found >= 0 || found < PCRE2_ERROR_PARTIAL;  // beyond "no match": the library gave up, or the text is no UTF-8
}

}  // namespace orrery::wire
