#include "services/dynamodb/parser.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/functions.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostExpressionBytes = 4096;
constexpr int kMostNesting = 150, kMostOperators = 300;

}  // namespace

Parser::Parser(std::string_view text, std::string_view kind, Placeholders& placeholders)
    : text_(text), kind_(kind), placeholders_(placeholders) {
  if (text.empty()) throw error("The expression can not be empty;");
  if (text.size() > kMostExpressionBytes) {
    throw error("Expression size has exceeded the maximum allowed size; expression size: " +
                std::to_string(text.size()));
  }
  tokens_ = tokenize(text, kind);
  if (tokens_.size() == 1) throw error("The expression can not be empty;");
}

AwsError Parser::error(const std::string& message) const { return validation("Invalid " + kind_ + ": " + message); }

AwsError Parser::syntax_error() const {
  const std::size_t from = at_ == 0 ? peek().begin : tokens_[at_ - 1].begin;
  const std::size_t to = at_ + 1 < tokens_.size() ? tokens_[at_ + 1].end : peek().end;
  return error("Syntax error; token: \"" + peek().text + "\", near: \"" + text_.substr(from, to - from) + "\"");
}

void Parser::expect(std::string_view text) {
  if (!take_symbol(text)) throw syntax_error();
}
void Parser::end() {
  if (peek().kind != Token::Kind::end) throw syntax_error();
}

void Parser::enter() {
  if (++depth_ > kMostNesting) throw error("The expression has exceeded the maximum nesting depth;");
}

void Parser::count_operator() {
  if (++operators_ > kMostOperators) {
    throw error("The expression contains too many operators; operator count: " + std::to_string(operators_));
  }
}

std::string Parser::name() {
  const Token& token = peek();
  if (token.kind == Token::Kind::name_placeholder) {
    const std::string* name = placeholders_.name(token.text);
    if (!name) {
      throw error("An expression attribute name used in the document path is not defined; attribute name: " +
                  token.text);
    }
    ++at_;
    return *name;
  }
  if (token.kind != Token::Kind::name) throw syntax_error();
  if (reserved_word(token.text)) throw error("Attribute name is a reserved keyword; reserved keyword: " + token.text);
  ++at_;
  return token.text;
}

Path Parser::path() {
  Path out;
  out.steps.emplace_back(name());
  for (;;) {
    if (take_symbol(".")) {
      out.steps.emplace_back(name());
    } else if (take_symbol("[")) {
      if (peek().kind != Token::Kind::number) throw syntax_error();
      if (peek().text.size() > 9)
        throw error("List index is not within the allowable range; index: [" + peek().text + "]");
      out.steps.emplace_back(static_cast<std::size_t>(std::stoul(peek().text)));
      ++at_;
      expect("]");
    } else {
      break;
    }
  }
  if (out.steps.size() > 32)
    throw error("The document path has too many nesting elements; nesting levels: " + std::to_string(out.steps.size()));
  return out;
}

Operand Parser::value() {
  const Json* value = placeholders_.value(peek().text);
  if (!value) {
    throw error("An expression attribute value used in expression is not defined; attribute value: " + peek().text);
  }
  ++at_;
  Operand out;
  out.value = *value;
  return out;
}

Operand Parser::operand(Where where) {
  if (peek().kind == Token::Kind::value_placeholder) return value();
  if (symbol("(")) {
    enter();
    expect("(");
    Operand inner = operand(where);
    expect(")");
    --depth_;
    return inner;
  }
  if (peek().kind == Token::Kind::name && tokens_[at_ + 1].text == "(" &&
      tokens_[at_ + 1].kind == Token::Kind::symbol) {
    return function(where);
  }
  Operand out;
  out.kind = Operand::Kind::path;
  out.path = path();
  return out;
}

Operand Parser::function(Where where) {
  enter();
  Operand call;
  call.kind = Operand::Kind::function;
  call.function = peek().text;
  at_ += 2;
  do {
    call.arguments.push_back(operand(where));
  } while (take_symbol(","));
  expect(")");
  --depth_;
  check_function(call, where == Where::set ? FunctionUse::update : FunctionUse::condition, kind_);
  return call;
}

std::vector<Path> Parser::projection() {
  std::vector<Path> paths;
  do {
    paths.push_back(path());
  } while (take_symbol(","));
  end();
  return paths;
}

std::vector<Path> parse_projection(std::string_view text, Placeholders& placeholders) {
  auto paths = Parser(text, "ProjectionExpression", placeholders).projection();
  check_overlap(paths, "ProjectionExpression");
  return paths;
}

}  // namespace orrery::dynamodb
