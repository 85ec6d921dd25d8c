#include "services/dynamodb/partiql_lexer.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/number.hpp"

namespace orrery::dynamodb::partiql {

namespace {

bool begins_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }
bool continues_word(char c) { return begins_word(c) || digit(c); }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Lexeme> all() {
    std::vector<Lexeme> out;
    do {
      out.push_back(next());
    } while (out.back().kind != Lexeme::Kind::end);
    return out;
  }

 private:
  bool more() const { return at_ < text_.size(); }
  char here() const { return more() ? text_[at_] : '\0'; }
  bool begins(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void skip_space() {
    for (;;) {
      while (more() && std::isspace(static_cast<unsigned char>(here())) != 0) ++at_;
      if (!begins("--")) return;
      while (more() && here() != '\n') ++at_;
    }
  }

  Lexeme next() {
    skip_space();
    if (!more()) return {Lexeme::Kind::end, "end of statement"};
    const char c = here();
    if (c == '\'') return {Lexeme::Kind::text, quoted(c)};
    if (c == '"') return {Lexeme::Kind::quoted_name, quoted(c)};
    if (begins_word(c)) return {Lexeme::Kind::word, while_true(continues_word)};
    if (digit(c) || (c == '.' && at_ + 1 < text_.size() && digit(text_[at_ + 1])))
      return {Lexeme::Kind::number, number()};
    for (const std::string_view two : {"<<", ">>", "<=", ">=", "<>", "!="}) {
      if (!begins(two)) continue;
      at_ += 2;
      return {Lexeme::Kind::symbol, std::string(two)};
    }
    if (std::string_view("=<>()[]{},.:?*+-;").find(c) == std::string_view::npos)
      throw malformed("Unexpected character: " + std::string(1, c));
    ++at_;
    return {Lexeme::Kind::symbol, std::string(1, c)};
  }

  template <typename Predicate>
  std::string while_true(Predicate holds) {
    const std::size_t from = at_;
    while (more() && holds(here())) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  /// A quote within is written twice.
  std::string quoted(char quote) {
    std::string out;
    for (++at_; more(); ++at_) {
      if (here() == quote) {
        ++at_;
        if (here() != quote) return out;
      }
      out += here();
    }
    throw malformed("Unterminated quote");
  }

  std::string number() {
    std::string out = while_true(digit);
    if (here() == '.') {
      out += '.';
      ++at_;
      out += while_true(digit);
    }
    if (here() == 'e' || here() == 'E') {
      out += 'E';
      ++at_;
      if (here() == '+' || here() == '-') out += text_[at_++];
      out += while_true(digit);
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

AwsError malformed(const std::string& why) {
  return validation("Statement wasn't well formed, can't be processed: " + why);
}

std::vector<Lexeme> lex(std::string_view statement) { return Lexer(statement).all(); }

}  // namespace orrery::dynamodb::partiql
