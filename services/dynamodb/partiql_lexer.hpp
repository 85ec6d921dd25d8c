#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "registry/error.hpp"

namespace orrery::dynamodb::partiql {

struct Lexeme {
  enum class Kind { word, quoted_name, text, number, symbol, end };
  Kind kind = Kind::end;
  std::string text;  ///< without its quotes
};

/// The lexemes of a statement, closed by one of kind `end`. Throws ValidationException.
std::vector<Lexeme> lex(std::string_view statement);

AwsError malformed(const std::string& why);

}  // namespace orrery::dynamodb::partiql
