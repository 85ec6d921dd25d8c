#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/partiql_lexer.hpp"

namespace orrery::dynamodb::partiql {

/// The lexemes of a statement with the parts that all statements share: names, paths, values.
class ValueParser {
 public:
  ValueParser(const std::string& text, const Json& parameters);

 protected:
  const Lexeme& peek() const { return lexemes_[at_]; }
  bool word(std::string_view upper) const;
  bool symbol(std::string_view text) const;
  bool followed_by(std::string_view symbol) const;
  bool take_word(std::string_view upper);
  bool take_symbol(std::string_view text);
  void expect_word(std::string_view upper);
  void expect_symbol(std::string_view text);
  void skip(std::size_t lexemes) { at_ += lexemes; }
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

  std::vector<Lexeme> lexemes_;
  std::vector<Json> parameters_;
  std::size_t at_ = 0, used_ = 0;
  int depth_ = 0;
};

}  // namespace orrery::dynamodb::partiql
