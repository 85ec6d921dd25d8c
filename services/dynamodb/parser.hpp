#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "registry/error.hpp"
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/lexer.hpp"
#include "services/dynamodb/token_reader.hpp"

namespace orrery::dynamodb {

/// The tokens of one expression with the parts that all expressions share: paths, operands, functions.
class Parser : private TokenReader<Token, Token::Kind::name> {
 public:
  Parser(std::string_view text, std::string_view kind, Placeholders& placeholders);

  Condition condition();
  std::vector<UpdateAction> update();
  std::vector<Path> projection();
  /// Throws a syntax error unless everything was read.
  void end();

 private:
  enum class Where { condition, set };

  void expect(std::string_view text);
  AwsError error(const std::string& message) const;
  AwsError syntax_error() const;

  Path path();
  std::string name();
  Operand operand(Where where);
  Operand value();
  Operand function(Where where);
  Condition and_term();
  Condition not_term();
  Condition predicate();
  Condition comparison();
  /// The index of the token that closes the parenthesis at `from`; the number of tokens when none does.
  std::size_t closing(std::size_t from) const;
  bool opens_condition() const;
  Condition function_condition(Operand call);
  void enter();
  void count_operator();

  void section(std::vector<UpdateAction>& actions, UpdateAction::Kind kind);
  UpdateAction set_action();
  Operand set_value();
  void check_action(const UpdateAction& action) const;

  std::string text_, kind_;
  Placeholders& placeholders_;
  int depth_ = 0, operators_ = 0;
};

}  // namespace orrery::dynamodb
