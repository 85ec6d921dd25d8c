#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/parser.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::pair<std::string_view, UpdateAction::Kind> kSections[] = {{"SET", UpdateAction::Kind::set},
                                                                         {"REMOVE", UpdateAction::Kind::remove},
                                                                         {"ADD", UpdateAction::Kind::add},
                                                                         {"DELETE", UpdateAction::Kind::erase}};

}  // namespace

std::vector<UpdateAction> Parser::update() {
  std::vector<UpdateAction> actions;
  std::set<UpdateAction::Kind> seen;
  while (peek().kind != Token::Kind::end) {
    const auto* section_of = std::find_if(std::begin(kSections), std::end(kSections),
                                          [&](const auto& candidate) { return keyword(candidate.first); });
    if (section_of == std::end(kSections)) throw syntax_error();
    ++at_;
    if (!seen.insert(section_of->second).second) {
      throw error("The \"" + std::string(section_of->first) +
                  "\" section can only be used once in an update expression;");
    }
    section(actions, section_of->second);
  }
  return actions;
}

void Parser::section(std::vector<UpdateAction>& actions, UpdateAction::Kind kind) {
  do {
    count_operator();
    if (kind == UpdateAction::Kind::set) {
      actions.push_back(set_action());
      continue;
    }
    UpdateAction action;
    action.kind = kind;
    action.path = path();
    if (kind != UpdateAction::Kind::remove) {
      if (peek().kind != Token::Kind::value_placeholder) throw syntax_error();
      action.operand = value();
      check_action(action);
    }
    actions.push_back(std::move(action));
  } while (take_symbol(","));
}

UpdateAction Parser::set_action() {
  UpdateAction action;
  action.path = path();
  expect("=");
  action.operand = set_value();
  return action;
}

/// An operand or a sum; parentheses may hold either.
Operand Parser::set_value() {
  if (symbol("(")) {
    const std::size_t end = closing(at_);
    const bool operand_of_sum =
        end + 1 >= tokens_.size() || tokens_[end + 1].text == "+" || tokens_[end + 1].text == "-";
    if (!operand_of_sum) {
      enter();
      expect("(");
      Operand inner = set_value();
      expect(")");
      --depth_;
      return inner;
    }
  }
  Operand first = operand(Where::set);
  if (!symbol("+") && !symbol("-")) return first;
  const std::string op = peek().text;
  ++at_;
  count_operator();
  Operand sum;
  sum.kind = op == "+" ? Operand::Kind::plus : Operand::Kind::minus;
  sum.arguments.push_back(std::move(first));
  sum.arguments.push_back(operand(Where::set));
  for (const auto& argument : sum.arguments) {
    if (argument.kind == Operand::Kind::value && type_of(argument.value) != "N") {
      throw error("Incorrect operand type for operator or function; operator or function: " + op +
                  ", operand type: " + type_of(argument.value));
    }
  }
  return sum;
}

void Parser::check_action(const UpdateAction& action) const {
  const std::string& type = type_of(action.operand.value);
  const bool set = type == "SS" || type == "NS" || type == "BS";
  const bool add = action.kind == UpdateAction::Kind::add;
  if (set || (add && type == "N")) return;
  const std::string op = add ? "ADD" : "DELETE";
  throw error("Incorrect operand type for operator or function; operator: " + op +
              ", operand type: " + std::string(long_type_name(type)) + ", typeSet: ALLOWED_FOR_" + op + "_OPERAND");
}

std::vector<UpdateAction> parse_update(std::string_view text, Placeholders& placeholders) {
  auto actions = Parser(text, "UpdateExpression", placeholders).update();
  std::vector<Path> paths;
  paths.reserve(actions.size());
  for (const auto& action : actions) paths.push_back(action.path);
  check_overlap(paths, "UpdateExpression");
  return actions;
}

namespace {

AwsError wrong_operand() { return validation("An operand in the update expression has an incorrect data type"); }
AwsError wrong_operand(UpdateAction::Origin origin) {
  return origin == UpdateAction::Origin::expression ? wrong_operand()
                                                    : validation("Type mismatch for attribute to update");
}
AwsError invalid_path() {
  return validation("The document path provided in the update expression is invalid for update");
}

Json value_of(const Operand& operand, const Json& item);

Json arithmetic(const Operand& operand, const Json& item) {
  const Json left = value_of(operand.arguments[0], item), right = value_of(operand.arguments[1], item);
  if (type_of(left) != "N" || type_of(right) != "N") throw wrong_operand();
  const Number a = Number::parse(content_of(left).get_ref<const std::string&>());
  const Number b = Number::parse(content_of(right).get_ref<const std::string&>());
  return {{"N", (operand.kind == Operand::Kind::plus ? a + b : a - b).text()}};
}

Json value_of(const Operand& operand, const Json& item) {
  switch (operand.kind) {
    case Operand::Kind::value:
      return operand.value;
    case Operand::Kind::plus:
    case Operand::Kind::minus:
      return arithmetic(operand, item);
    case Operand::Kind::path: {
      const Json* found = at_path(item, operand.path);
      if (!found) throw validation("The provided expression refers to an attribute that does not exist in the item");
      return *found;
    }
    case Operand::Kind::function:
      break;
  }
  if (operand.function == "if_not_exists") {
    const Json* found = at_path(item, operand.arguments[0].path);
    return found ? *found : value_of(operand.arguments[1], item);
  }
  Json left = value_of(operand.arguments[0], item);  // list_append
  const Json right = value_of(operand.arguments[1], item);
  if (type_of(left) != "L" || type_of(right) != "L") throw wrong_operand();
  Json& elements = left["L"];
  elements.insert(elements.end(), content_of(right).begin(), content_of(right).end());
  return left;
}

/// The container that holds the last step of `path`: a map's members or a list's elements.
Json& container(Json& item, const Path& path) {
  Json* here = &item;
  for (std::size_t i = 0; i + 1 < path.steps.size(); ++i) {
    const auto* index = std::get_if<std::size_t>(&path.steps[i]);
    Json* next = nullptr;
    if (index) {
      if (*index < here->size()) next = &(*here)[*index];
    } else if (const auto found = here->find(std::get<std::string>(path.steps[i])); found != here->end()) {
      next = &*found;
    }
    const bool to_index = std::holds_alternative<std::size_t>(path.steps[i + 1]);
    if (!next || type_of(*next) != (to_index ? "L" : "M")) throw invalid_path();
    here = &*next->begin();
  }
  return *here;
}

void set_at(Json& item, const Path& path, Json value) {
  Json& holder = container(item, path);
  if (const auto* index = std::get_if<std::size_t>(&path.steps.back())) {
    if (*index < holder.size()) {
      holder[*index] = std::move(value);
    } else {
      holder.push_back(std::move(value));  // beyond the end: appended
    }
  } else {
    holder[std::get<std::string>(path.steps.back())] = std::move(value);
  }
}

void remove_at(Json& item, const Path& path) {
  Json& holder = container(item, path);
  if (const auto* index = std::get_if<std::size_t>(&path.steps.back())) {
    if (*index < holder.size()) holder.erase(*index);
  } else {
    holder.erase(std::get<std::string>(path.steps.back()));
  }
}

Json added(const Json* current, const Json& operand, UpdateAction::Origin origin) {
  const std::string& type = type_of(operand);
  if (!current) return operand;
  if (type_of(*current) != type) throw wrong_operand(origin);
  if (type == "N") {
    const Number sum = Number::parse(content_of(*current).get_ref<const std::string&>()) +
                       Number::parse(content_of(operand).get_ref<const std::string&>());
    return {{"N", sum.text()}};
  }
  Json out = *current;
  Json& elements = out[type];
  if (type == "L") {  // AttributeUpdates appends; an expression's ADD refuses lists before it comes here
    elements.insert(elements.end(), content_of(operand).begin(), content_of(operand).end());
    return out;
  }
  for (const auto& element : content_of(operand)) {
    if (std::find(elements.begin(), elements.end(), element) == elements.end()) elements.push_back(element);
  }
  return out;
}

/// The set without the operand's elements; null when nothing is left.
Json without(const Json& current, const Json& operand, UpdateAction::Origin origin) {
  if (type_of(current) != type_of(operand)) throw wrong_operand(origin);
  Json left = Json::array();
  const Json& gone = content_of(operand);
  for (const auto& element : content_of(current)) {
    if (std::find(gone.begin(), gone.end(), element) == gone.end()) left.push_back(element);
  }
  return left.empty() ? Json() : Json{{type_of(operand), std::move(left)}};
}

}  // namespace

Json apply_update(const std::vector<UpdateAction>& actions, const Json& item) {
  std::vector<std::pair<const Path*, Json>> sets;
  std::vector<const Path*> removes;
  for (const auto& action : actions) {
    const Json* current = at_path(item, action.path);
    switch (action.kind) {
      case UpdateAction::Kind::set:
        sets.emplace_back(&action.path, value_of(action.operand, item));
        break;
      case UpdateAction::Kind::remove:
        removes.push_back(&action.path);
        break;
      case UpdateAction::Kind::add:
        sets.emplace_back(&action.path, added(current, action.operand.value, action.origin));
        break;
      case UpdateAction::Kind::erase: {
        if (!current) break;
        Json left = without(*current, action.operand.value, action.origin);
        if (left.is_null()) {
          removes.push_back(&action.path);
        } else {
          sets.emplace_back(&action.path, std::move(left));
        }
      }
    }
  }
  // Indexes mean the item as it was: list elements are set in their order, then removed from the end.
  const auto by_path = [](const Path& a, const Path& b) { return a.steps < b.steps; };
  std::stable_sort(sets.begin(), sets.end(), [&](const auto& a, const auto& b) { return by_path(*a.first, *b.first); });
  std::stable_sort(removes.begin(), removes.end(), [&](const Path* a, const Path* b) { return by_path(*b, *a); });
  Json out = item;
  for (auto& [path, value] : sets) set_at(out, *path, std::move(value));
  for (const Path* path : removes) remove_at(out, *path);
  return out;
}

}  // namespace orrery::dynamodb
