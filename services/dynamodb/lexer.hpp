#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orrery::dynamodb {

struct Token {
  enum class Kind { name, name_placeholder, value_placeholder, number, symbol, end };
  Kind kind = Kind::end;
  std::string text;       ///< placeholders with their '#' or ':'
  std::size_t begin = 0;  ///< offsets into the expression, for messages
  std::size_t end = 0;
};

/// The tokens of an expression, closed by one of kind `end`. `kind` names the parameter in the syntax error.
std::vector<Token> tokenize(std::string_view text, std::string_view kind);

}  // namespace orrery::dynamodb
