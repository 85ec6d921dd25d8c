#include "services/dynamodb/partiql_parser.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/partiql_lexer.hpp"
#include "services/dynamodb/partiql_values.hpp"

namespace orrery::dynamodb::partiql {

namespace {

constexpr std::string_view kFunctions[] = {"attribute_type", "begins_with", "contains", "size"};

Condition negated(Condition condition) {
  Condition out;
  out.kind = Condition::Kind::negation;
  out.children.push_back(std::move(condition));
  return out;
}

class StatementParser : public ValueParser {
 public:
  using ValueParser::ValueParser;

  Statement statement() {
    Statement out = one();
    take_symbol(";");
    if (peek().kind != Lexeme::Kind::end) throw unexpected();
    check_parameters();
    return out;
  }

 private:
  Statement one() {
    if (take_keyword("SELECT")) return select();
    if (take_keyword("INSERT")) return insert();
    if (take_keyword("UPDATE")) return update();
    if (take_keyword("DELETE")) return removal();
    if (!take_keyword("EXISTS")) throw unexpected();
    expect_symbol("(");
    expect_keyword("SELECT");
    Statement out = select();
    out.kind = Statement::Kind::exists;
    expect_symbol(")");
    return out;
  }

  Statement select() {
    Statement out;
    if (!take_symbol("*")) {
      out.projection.emplace();
      do {
        out.projection->push_back(path());
      } while (take_symbol(","));
      check_overlap(*out.projection, "ProjectionExpression");
    }
    expect_keyword("FROM");
    source(out);
    where(out);
    if (take_keyword("ORDER")) {
      expect_keyword("BY");
      do {
        Statement::Order order{path().root(), false};
        order.descending = take_keyword("DESC");
        if (!order.descending) take_keyword("ASC");
        out.order.push_back(std::move(order));
      } while (take_symbol(","));
    }
    return out;
  }

  Statement insert() {
    Statement out;
    out.kind = Statement::Kind::insert;
    expect_keyword("INTO");
    source(out);
    expect_keyword("VALUE");
    const Json value = this->value();
    if (!value.contains("M")) throw malformed("Expected a tuple after VALUE");
    out.item = value.at("M");
    return out;
  }

  Statement update() {
    Statement out;
    out.kind = Statement::Kind::update;
    source(out);
    for (bool any = false;; any = true) {
      if (take_keyword("SET")) {
        do {
          out.actions.push_back(set_action());
        } while (take_symbol(","));
      } else if (take_keyword("REMOVE")) {
        do {
          UpdateAction action;
          action.kind = UpdateAction::Kind::remove;
          action.path = path();
          out.actions.push_back(std::move(action));
        } while (take_symbol(","));
      } else if (any) {
        break;
      } else {
        throw unexpected();
      }
    }
    std::vector<Path> paths;
    for (const auto& action : out.actions) paths.push_back(action.path);
    check_overlap(paths, "UpdateExpression");
    where(out);
    returning(out);
    return out;
  }

  Statement removal() {
    Statement out;
    out.kind = Statement::Kind::remove;
    expect_keyword("FROM");
    source(out);
    where(out);
    returning(out);
    return out;
  }

  void source(Statement& out) {
    out.table = name();
    if (take_symbol(".")) out.index = name();
  }

  void where(Statement& out) {
    if (take_keyword("WHERE")) out.where = condition();
  }

  void returning(Statement& out) {
    if (!take_keyword("RETURNING")) return;
    const bool all = take_keyword("ALL");
    if (!all) expect_keyword("MODIFIED");
    const bool old = take_keyword("OLD");
    if (!old) expect_keyword("NEW");
    expect_symbol("*");
    out.returning = std::string(all ? "ALL" : "UPDATED") + (old ? "_OLD" : "_NEW");
    if (out.kind == Statement::Kind::remove && out.returning != "ALL_OLD")
      throw validation("Only ALL OLD is supported in the RETURNING clause of a DELETE statement");
  }

  UpdateAction set_action() {
    UpdateAction action;
    action.path = path();
    expect_symbol("=");
    const bool add = keyword("set_add"), removal = keyword("set_delete");
    if ((add || removal) && followed_by("(")) {
      skip(2);
      if (!(path() == action.path)) throw validation("The path of a set function must be the path that is set");
      expect_symbol(",");
      action.kind = add ? UpdateAction::Kind::add : UpdateAction::Kind::erase;
      action.operand.value = value();
      expect_symbol(")");
      return action;
    }
    action.operand = operand();
    if (!symbol("+") && !symbol("-")) return action;
    Operand sum;
    sum.kind = take_symbol("+") ? Operand::Kind::plus : Operand::Kind::minus;
    if (sum.kind == Operand::Kind::minus) expect_symbol("-");
    sum.arguments = {std::move(action.operand), operand()};
    action.operand = std::move(sum);
    return action;
  }

  Condition condition() {
    Nesting nesting(*this);
    return joined("OR", Condition::Kind::any,
                  [this] { return joined("AND", Condition::Kind::all, [this] { return term(); }); });
  }

  template <typename Part>
  Condition joined(std::string_view by, Condition::Kind kind, Part part) {
    Condition first = part();
    if (!keyword(by)) return first;
    Condition out;
    out.kind = kind;
    out.children.push_back(std::move(first));
    while (take_keyword(by)) out.children.push_back(part());
    return out;
  }

  Condition term() {
    Nesting nesting(*this);
    if (take_keyword("NOT")) return negated(term());
    if (symbol("(")) {  // a condition; an operand in parentheses is read as one that goes on after them
      skip(1);
      Condition inner = condition();
      expect_symbol(")");
      return inner;
    }
    Operand left = operand();
    if (left.kind == Operand::Kind::function && left.function != "size") {
      Condition call;
      call.kind = Condition::Kind::function;
      call.op = left.function;
      call.operands = std::move(left.arguments);
      return call;
    }
    return comparison(std::move(left));
  }

  Condition comparison(Operand left) {
    if (take_keyword("IS")) {
      const bool negative = take_keyword("NOT");
      Condition test = take_keyword("MISSING") ? missing(std::move(left)) : null(std::move(left));
      return negative ? negated(std::move(test)) : test;
    }
    const bool negative = take_keyword("NOT");
    Condition out;
    out.operands.push_back(std::move(left));
    if (take_keyword("BETWEEN")) {
      out.kind = Condition::Kind::between;
      out.op = "BETWEEN";
      out.operands.push_back(operand());
      expect_keyword("AND");
      out.operands.push_back(operand());
    } else if (take_keyword("IN")) {
      out.kind = Condition::Kind::in;
      out.op = "IN";
      const bool list = take_symbol("[");
      if (!list) expect_symbol("(");
      do {
        out.operands.push_back(operand());
      } while (take_symbol(","));
      expect_symbol(list ? "]" : ")");
    } else {
      if (negative) throw unexpected();
      out.op = comparator();
      out.operands.push_back(operand());
    }
    return negative ? negated(std::move(out)) : out;
  }

  std::string comparator() {
    for (const std::string_view op : {"=", "<>", "<", "<=", ">", ">="}) {
      if (take_symbol(op)) return std::string(op);
    }
    if (take_symbol("!=")) return "<>";
    throw unexpected();
  }

  Condition missing(Operand operand) {
    if (operand.kind != Operand::Kind::path) throw malformed("IS MISSING needs an attribute");
    Condition out;
    out.kind = Condition::Kind::function;
    out.op = "attribute_not_exists";
    out.operands.push_back(std::move(operand));
    return out;
  }

  Condition null(Operand operand) {
    expect_keyword("NULL");
    Condition out;
    out.kind = Condition::Kind::function;
    out.op = "attribute_type";
    Operand type;
    type.value = {{"S", "NULL"}};
    out.operands = {std::move(operand), std::move(type)};
    return out;
  }

  Operand operand() {
    Nesting nesting(*this);
    if (take_symbol("(")) {
      Operand inner = operand();
      expect_symbol(")");
      return inner;
    }
    Operand out;
    if (begins_value()) {
      out.value = value();
      return out;
    }
    if (peek().kind == Lexeme::Kind::word && followed_by("(")) return function();
    out.kind = Operand::Kind::path;
    out.path = path();
    return out;
  }

  Operand function() {
    Operand call;
    call.kind = Operand::Kind::function;
    for (const char c : peek().text) call.function += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool known = std::find(std::begin(kFunctions), std::end(kFunctions), call.function) != std::end(kFunctions);
    const bool updates = call.function == "list_append" || call.function == "if_not_exists";
    if (!known && !updates) throw malformed("Unknown function: " + call.function);
    skip(2);
    do {
      call.arguments.push_back(operand());
    } while (take_symbol(","));
    expect_symbol(")");
    const std::size_t wanted = call.function == "size" ? 1 : 2;
    if (call.arguments.size() != wanted) throw malformed("Wrong number of arguments of the function " + call.function);
    if ((call.function == "size" || call.function == "if_not_exists") && call.arguments[0].kind != Operand::Kind::path)
      throw malformed("The function " + call.function + " needs an attribute");
    return call;
  }
};

}  // namespace

Statement parse(const std::string& text, const Json& parameters) {
  return StatementParser(text, parameters).statement();
}

}  // namespace orrery::dynamodb::partiql
