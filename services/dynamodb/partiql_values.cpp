#include "services/dynamodb/partiql_values.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb::partiql {

namespace {

constexpr int kMostNesting = 200;

}  // namespace

ValueParser::ValueParser(const std::string& text, const Json& parameters) {
  tokens_ = lex(text);
  for (const auto& parameter : parameters) parameters_.push_back(checked_value(parameter));
}

ValueParser::Nesting::Nesting(ValueParser& parser) : parser_(parser) {
  if (++parser_.depth_ <= kMostNesting) return;
  --parser_.depth_;
  throw malformed("The statement is nested too deeply");
}

bool ValueParser::followed_by(std::string_view symbol) const {
  return at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == Lexeme::Kind::symbol && tokens_[at_ + 1].text == symbol;
}
void ValueParser::expect_keyword(std::string_view upper) {
  if (!take_keyword(upper)) throw unexpected();
}
void ValueParser::expect_symbol(std::string_view text) {
  if (!take_symbol(text)) throw unexpected();
}
AwsError ValueParser::unexpected() const { return malformed("Unexpected token: " + peek().text); }

void ValueParser::check_parameters() const {
  if (used_ != parameters_.size()) throw validation("Number of parameters in request and statement don't match.");
}

std::string ValueParser::name() {
  if (peek().kind != Lexeme::Kind::word && peek().kind != Lexeme::Kind::quoted_name) throw unexpected();
  return tokens_[at_++].text;
}

Path ValueParser::path() {
  Path out;
  out.steps.emplace_back(name());
  for (;;) {
    if (take_symbol(".")) {
      out.steps.emplace_back(name());
    } else if (take_symbol("[")) {
      if (peek().kind == Lexeme::Kind::text) {
        out.steps.emplace_back(peek().text);
      } else if (peek().kind == Lexeme::Kind::number && peek().text.size() < 10 &&
                 std::all_of(peek().text.begin(), peek().text.end(), digit)) {
        out.steps.emplace_back(static_cast<std::size_t>(std::stoul(peek().text)));
      } else {
        throw unexpected();
      }
      skip(1);
      expect_symbol("]");
    } else {
      return out;
    }
  }
}

bool ValueParser::begins_value() const {
  if (peek().kind == Lexeme::Kind::text || peek().kind == Lexeme::Kind::number) return true;
  for (const std::string_view text : {"?", "[", "{", "<<", "-", "+"}) {
    if (symbol(text)) return true;
  }
  return keyword("TRUE") || keyword("FALSE") || keyword("NULL");
}

Json ValueParser::value() { return checked_value(raw_value()); }

Json ValueParser::raw_value() {
  const Nesting nesting(*this);
  const Lexeme lexeme = peek();
  if (lexeme.kind == Lexeme::Kind::text || lexeme.kind == Lexeme::Kind::number) {
    skip(1);
    return {{lexeme.kind == Lexeme::Kind::text ? "S" : "N", lexeme.text}};
  }
  if (symbol("-") || symbol("+")) {
    skip(1);
    if (peek().kind != Lexeme::Kind::number) throw unexpected();
    return {{"N", lexeme.text + tokens_[at_++].text}};
  }
  if (take_symbol("?")) return parameter();
  if (take_symbol("[")) return list();
  if (take_symbol("{")) return tuple();
  if (take_symbol("<<")) return set();
  if (take_keyword("NULL")) return {{"NULL", true}};
  if (take_keyword("TRUE")) return {{"BOOL", true}};
  if (take_keyword("FALSE")) return {{"BOOL", false}};
  throw unexpected();
}

Json ValueParser::parameter() {
  if (used_ == parameters_.size()) throw validation("Number of parameters in request and statement don't match.");
  return parameters_[used_++];
}

Json ValueParser::list() {
  Json out = Json::array();
  if (!take_symbol("]")) {
    do {
      out.push_back(raw_value());
    } while (take_symbol(","));
    expect_symbol("]");
  }
  return {{"L", std::move(out)}};
}

Json ValueParser::tuple() {
  Json out = Json::object();
  if (!take_symbol("}")) {
    do {
      const auto kind = peek().kind;
      if (kind != Lexeme::Kind::text && kind != Lexeme::Kind::quoted_name && kind != Lexeme::Kind::word)
        throw unexpected();
      const std::string key = peek().text;
      skip(1);
      expect_symbol(":");
      if (!out.emplace(key, raw_value()).second) throw malformed("A tuple names " + key + " twice");
    } while (take_symbol(","));
    expect_symbol("}");
  }
  return {{"M", std::move(out)}};
}

Json ValueParser::set() {
  std::string type;
  Json out = Json::array();
  do {
    const Json element = raw_value();
    const std::string& of = type_of(element);
    if ((of != "S" && of != "N" && of != "B") || (!type.empty() && of != type))
      throw malformed("A set holds texts, numbers or binaries of one type");
    type = of;
    out.push_back(content_of(element));
  } while (take_symbol(","));
  expect_symbol(">>");
  return {{type + "S", std::move(out)}};
}

}  // namespace orrery::dynamodb::partiql
