#include "http/message.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/functions.hpp"
#include "services/dynamodb/parser.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

Condition Parser::condition() {
  enter();
  Condition first = and_term();
  if (keyword("OR")) {
    Condition any;
    any.kind = Condition::Kind::any;
    any.children.push_back(std::move(first));
    while (take_keyword("OR")) {
      count_operator();
      any.children.push_back(and_term());
    }
    first = std::move(any);
  }
  --depth_;
  return first;
}

Condition Parser::and_term() {
  Condition first = not_term();
  if (!keyword("AND")) return first;
  Condition all;
  all.kind = Condition::Kind::all;
  all.children.push_back(std::move(first));
  while (take_keyword("AND")) {
    count_operator();
    all.children.push_back(not_term());
  }
  return all;
}

Condition Parser::not_term() {
  if (!take_keyword("NOT")) return predicate();
  enter();
  count_operator();
  Condition negation;
  negation.kind = Condition::Kind::negation;
  negation.children.push_back(not_term());
  --depth_;
  return negation;
}

std::size_t Parser::closing(std::size_t from) const {
  int open = 0;
  for (std::size_t i = from; i < tokens_.size(); ++i) {
    if (tokens_[i].kind != Token::Kind::symbol) continue;
    if (tokens_[i].text == "(") ++open;
    if (tokens_[i].text == ")" && --open == 0) return i;
  }
  return tokens_.size();
}

/// Whether the parenthesis here opens a condition, not an operand: what follows its end is no comparator.
bool Parser::opens_condition() const {
  const std::size_t end = closing(at_);
  if (end == tokens_.size()) return true;
  const Token& next = tokens_[end + 1];
  if (next.kind == Token::Kind::symbol) return next.text == ")";
  return !(next.kind == Token::Kind::name && (http::iequals(next.text, "BETWEEN") || http::iequals(next.text, "IN")));
}

Condition Parser::predicate() {
  if (symbol("(") && opens_condition()) {
    expect("(");
    const bool again = symbol("(");
    const std::size_t end_of_inner = again ? closing(at_) : 0;
    Condition inner = condition();
    if (again && symbol(")") && at_ == end_of_inner + 1) throw error("The expression has redundant parentheses;");
    expect(")");
    return inner;
  }
  return comparison();
}

Condition Parser::function_condition(Operand call) {
  if (!is_condition_function(call.function))
    throw error("The function is not allowed to be used this way in an expression; function: " + call.function);
  Condition out;
  out.kind = Condition::Kind::function;
  out.op = call.function;
  out.operands = std::move(call.arguments);
  return out;
}

Condition Parser::comparison() {
  Operand left = operand(Where::condition);
  static constexpr std::string_view kComparators[] = {"=", "<>", "<", "<=", ">", ">="};
  const bool compared =
      peek().kind == Token::Kind::symbol &&
      std::find(std::begin(kComparators), std::end(kComparators), peek().text) != std::end(kComparators);
  const bool between = keyword("BETWEEN"), in = keyword("IN");
  if (!compared && !between && !in) {
    if (left.kind != Operand::Kind::function) throw syntax_error();
    return function_condition(std::move(left));
  }
  const auto as_operand = [&](Operand operand) {
    if (operand.kind == Operand::Kind::function && operand.function != "size")
      throw error("The function is not allowed to be used this way in an expression; function: " + operand.function);
    return operand;
  };
  Condition out;
  out.op = between ? "BETWEEN" : in ? "IN" : peek().text;
  ++at_;
  count_operator();
  out.operands.push_back(as_operand(std::move(left)));
  if (in) {
    out.kind = Condition::Kind::in;
    expect("(");
    do {
      out.operands.push_back(as_operand(operand(Where::condition)));
    } while (take_symbol(","));
    expect(")");
    if (out.operands.size() > 101) {
      throw error("Invalid number of operands for operator: IN; number of operands: " +
                  std::to_string(out.operands.size() - 1));
    }
  } else {
    out.kind = between ? Condition::Kind::between : Condition::Kind::compare;
    out.operands.push_back(as_operand(operand(Where::condition)));
    if (between) {
      if (!take_keyword("AND")) throw syntax_error();
      out.operands.push_back(as_operand(operand(Where::condition)));
    }
  }
  check_operands(out.op, out.operands, kind_);
  return out;
}

Condition parse_condition(std::string_view text, std::string_view kind, Placeholders& placeholders) {
  Parser parser(text, kind, placeholders);
  Condition out = parser.condition();
  parser.end();
  return out;
}

namespace {

/// The length that Java and JavaScript tell of a text, which is what size() is: not its bytes.
std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char byte : text) {
    const auto lead = static_cast<unsigned char>(byte);
    units += lead >= 0xF0 ? 2 : (lead & 0xC0) != 0x80 ? 1 : 0;
  }
  return units;
}

std::optional<Json> resolve(const Operand& operand, const Json& item) {
  if (operand.kind == Operand::Kind::value) return operand.value;
  if (operand.kind == Operand::Kind::path) {
    const Json* found = at_path(item, operand.path);
    return found ? std::optional<Json>(*found) : std::nullopt;
  }
  const auto of = resolve(operand.arguments[0], item);  // size()
  if (!of) return std::nullopt;
  const std::string& type = type_of(*of);
  if (type == "N" || type == "BOOL" || type == "NULL") return std::nullopt;
  std::size_t size = content_of(*of).size();
  if (type == "B") size = content_of(*of).get_ref<const std::string&>().size();
  if (type == "S") {
    const auto& text = content_of(*of).get_ref<const std::string&>();
    size = utf16_length(text);
  }
  return Json{{"N", std::to_string(size)}};
}

bool contains(const Json& whole, const Json& part) {
  const std::string &type = type_of(whole), &of = type_of(part);
  if (type == "S" || type == "B") {
    return type == of && content_of(whole).get_ref<const std::string&>().find(
                             content_of(part).get_ref<const std::string&>()) != std::string::npos;
  }
  if (type == "L") {
    return std::any_of(content_of(whole).begin(), content_of(whole).end(),
                       [&](const Json& element) { return equal(element, part); });
  }
  if (type == "SS" || type == "NS" || type == "BS") {
    if (type.substr(0, 1) != of) return false;
    return std::find(content_of(whole).begin(), content_of(whole).end(), content_of(part)) != content_of(whole).end();
  }
  return false;
}

bool compare_values(const std::string& op, const std::optional<Json>& left, const std::optional<Json>& right) {
  if (op == "<>") return !left || !right || !equal(*left, *right);
  if (!left || !right) return false;
  if (op == "=") return equal(*left, *right);
  const auto order = compare(*left, *right);
  if (!order) return false;
  if (op == "<") return *order < 0;
  if (op == "<=") return *order <= 0;
  if (op == ">") return *order > 0;
  return *order >= 0;
}

bool evaluate_function(const Condition& condition, const Json& item) {
  const auto first = resolve(condition.operands[0], item);
  if (condition.op == "attribute_exists") return first.has_value();
  if (condition.op == "attribute_not_exists") return !first;
  const auto second = resolve(condition.operands[1], item);
  if (!first || !second) return false;
  if (condition.op == "attribute_type") return type_of(*second) == "S" && type_of(*first) == content_of(*second);
  if (condition.op == "contains") return contains(*first, *second);
  const std::string& type = type_of(*first);  // begins_with
  return (type == "S" || type == "B") && type == type_of(*second) &&
         content_of(*first).get_ref<const std::string&>().starts_with(
             content_of(*second).get_ref<const std::string&>());
}

}  // namespace

bool evaluate(const Condition& condition, const Json& item) {
  const auto holds = [&](const Condition& child) { return evaluate(child, item); };
  const auto operand = [&](std::size_t i) { return resolve(condition.operands[i], item); };
  switch (condition.kind) {
    case Condition::Kind::all:
      return std::all_of(condition.children.begin(), condition.children.end(), holds);
    case Condition::Kind::any:
      return std::any_of(condition.children.begin(), condition.children.end(), holds);
    case Condition::Kind::negation:
      return !holds(condition.children[0]);
    case Condition::Kind::function:
      return evaluate_function(condition, item);
    case Condition::Kind::compare:
      return compare_values(condition.op, operand(0), operand(1));
    case Condition::Kind::between:
      return compare_values(">=", operand(0), operand(1)) && compare_values("<=", operand(0), operand(2));
    case Condition::Kind::in:
      break;
  }
  const auto left = operand(0);
  for (std::size_t i = 1; i < condition.operands.size(); ++i) {
    if (compare_values("=", left, operand(i))) return true;
  }
  return false;
}

namespace {

void for_each_path(const Operand& operand, const std::function<void(const Path&)>& visit) {
  if (operand.kind == Operand::Kind::path) visit(operand.path);
  for (const auto& argument : operand.arguments) for_each_path(argument, visit);
}

}  // namespace

void for_each_path(const Condition& condition, const std::function<void(const Path&)>& visit) {
  for (const auto& operand : condition.operands) for_each_path(operand, visit);
  for (const auto& child : condition.children) for_each_path(child, visit);
}

}  // namespace orrery::dynamodb
