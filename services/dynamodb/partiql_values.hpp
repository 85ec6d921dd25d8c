#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/partiql_lexer.hpp"
#include "services/dynamodb/token_reader.hpp"

namespace orrery::dynamodb::partiql {

/// The lexemes of a statement with the parts that all statements share: names, paths, values.
class ValueParser : protected TokenReader<Lexeme, Lexeme::Kind::word> {
 public:
  ValueParser(const std::string& text, const Json& parameters);

 protected:
  bool followed_by(std::string_view symbol) const;
  void expect_keyword(std::string_view upper);
  void expect_symbol(std::string_view text);
  void skip(std::size_t tokens) { at_ += tokens; }
  AwsError unexpected() const;

  std::string name();
  Path path();
  bool begins_value() const;
  /// A checked attribute value.
  Json value();
  /// Throws when there are more parameters than question marks.
  void check_parameters() const;

  /// Counts how deep the parser is in itself.
  class Nesting {
   public:
    explicit Nesting(ValueParser& parser);
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    ValueParser& parser_;
  };

 private:
  Json raw_value();
  Json list();
  Json tuple();
  Json set();
  Json parameter();

  std::vector<Json> parameters_;
  std::size_t used_ = 0;
  int depth_ = 0;
};

}  // namespace orrery::dynamodb::partiql
