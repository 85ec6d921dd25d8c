#include "services/dynamodb/lexer.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/number.hpp"

namespace orrery::dynamodb {

namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool word(char c) { return letter(c) || digit(c) || c == '_'; }
bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

std::size_t word_end(std::string_view text, std::size_t from) {
  while (from < text.size() && word(text[from])) ++from;
  return from;
}

}  // namespace

std::vector<Token> tokenize(std::string_view text, std::string_view kind) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  const auto add = [&](Token::Kind token, std::size_t end) {
    tokens.push_back({token, std::string(text.substr(at, end - at)), at, end});
    at = end;
  };
  while (at < text.size()) {
    const char c = text[at];
    if (space(c)) {
      ++at;
    } else if (letter(c)) {
      add(Token::Kind::name, word_end(text, at));
    } else if (digit(c)) {
      std::size_t end = at;
      while (end < text.size() && digit(text[end])) ++end;
      add(Token::Kind::number, end);
    } else if ((c == '#' || c == ':') && at + 1 < text.size() && word(text[at + 1])) {
      add(c == '#' ? Token::Kind::name_placeholder : Token::Kind::value_placeholder, word_end(text, at + 1));
    } else if (c == '<' || c == '>') {
      const bool two = at + 1 < text.size() && (text[at + 1] == '=' || (c == '<' && text[at + 1] == '>'));
      add(Token::Kind::symbol, at + (two ? 2 : 1));
    } else if (std::string_view("=(),.[]+-").find(c) != std::string_view::npos) {
      add(Token::Kind::symbol, at + 1);
    } else {
      const std::size_t from = at < 2 ? 0 : at - 2;
      throw validation("Invalid " + std::string(kind) + ": Syntax error; token: \"" + c + "\", near: \"" +
                       std::string(text.substr(from, 5)) + "\"");
    }
  }
  tokens.push_back({Token::Kind::end, "<EOF>", text.size(), text.size()});
  return tokens;
}

}  // namespace orrery::dynamodb
