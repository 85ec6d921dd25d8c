#pragma once
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace orrery::dynamodb {

/// What the parsers of expressions and of statements share: their tokens, taken one after the other. `word` is the kind
/// of those that may be keywords, whatever their case.
template <typename T, typename T::Kind word>
class TokenReader {
 protected:
  const T& peek() const { return tokens_[at_]; }
  bool symbol(std::string_view text) const { return peek().kind == T::Kind::symbol && peek().text == text; }
  bool keyword(std::string_view upper) const { return peek().kind == word && http::iequals(peek().text, upper); }
  bool take_symbol(std::string_view text) { return take(symbol(text)); }
  bool take_keyword(std::string_view upper) { return take(keyword(upper)); }

  std::vector<T> tokens_;
  std::size_t at_ = 0;

 private:
  bool take(bool there) {
    if (there) ++at_;
    return there;
  }
};

}  // namespace orrery::dynamodb
