#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "aws/json.hpp"

namespace orrery::dynamodb {

// condition  := and_term (OR and_term)* ; and_term := not_term (AND not_term)* ; not_term := NOT not_term | predicate
// predicate  := "(" condition ")" | function | operand comparator operand | operand BETWEEN operand AND operand
//             | operand IN "(" operand ("," operand)* ")"
// operand    := path | :value | function | "(" operand ")"
// path       := name ("." name | "[" index "]")*      name := identifier | #placeholder
// update     := (SET set ("," set)* | REMOVE path,… | ADD path :value,… | DELETE path :value,…)+, each once
// set        := path "=" value        value := operand (("+" | "-") operand)? | "(" value ")"
// projection := path ("," path)*
// Keywords are taken without case; function names are not.

/// A step into an item: a name of a map, or an index of a list.
using PathStep = std::variant<std::string, std::size_t>;

struct Path {
  std::vector<PathStep> steps;  ///< the first is a name
  const std::string& root() const { return std::get<std::string>(steps.front()); }
  std::string text() const;  ///< "[a, b, [0]]", as messages write it
  bool operator==(const Path&) const = default;
};

struct Operand {
  enum class Kind { path, value, function, plus, minus };
  Kind kind = Kind::value;
  Path path;
  Json value;
  std::string function;
  std::vector<Operand> arguments;
};

struct Condition {
  enum class Kind { compare, between, in, function, all, any, negation };
  Kind kind = Kind::compare;
  std::string op;  ///< "=", "<>", "<", "<=", ">", ">=", or the function's name
  std::vector<Operand> operands;
  std::vector<Condition> children;
};

struct UpdateAction {
  enum class Kind { set, remove, add, erase };
  enum class Origin { expression, attribute_updates };
  Kind kind = Kind::set;
  Path path;
  Operand operand;
  Origin origin = Origin::expression;
};

/// #names and :values of a request, with a note of which were used. Shared by all expressions of the request.
class Placeholders {
 public:
  /// Checks keys and values; `names` and `values` may be null (absent). Throws ValidationException.
  Placeholders(const Json& names, const Json& values);
  const std::string* name(const std::string& placeholder);
  const Json* value(const std::string& placeholder);
  /// Throws for what no expression used.
  void check_all_used() const;
  bool any_names() const { return !names_.is_null(); }
  bool any_values() const { return !values_.is_null(); }

 private:
  Json names_, values_;
  std::set<std::string> used_;
};

/// `kind` is the parameter's name ("ConditionExpression"), which begins every message. All throw ValidationException.
Condition parse_condition(std::string_view text, std::string_view kind, Placeholders& placeholders);
std::vector<UpdateAction> parse_update(std::string_view text, Placeholders& placeholders);
std::vector<Path> parse_projection(std::string_view text, Placeholders& placeholders);

/// True when `item` (empty for none) meets the condition.
bool evaluate(const Condition& condition, const Json& item);
/// Calls `visit` for every path in the condition.
void for_each_path(const Condition& condition, const std::function<void(const Path&)>& visit);

/// What is at `path` in the item, or nullptr.
const Json* at_path(const Json& item, const Path& path);
/// The parts of an item that the paths name, nested as they are; list elements close up.
Json project(const Json& item, const std::vector<Path>& paths);
/// Throws when two of the paths overlap or conflict.
void check_overlap(const std::vector<Path>& paths, std::string_view kind);

/// The item after the update. Throws ValidationException for invalid paths and types.
Json apply_update(const std::vector<UpdateAction>& actions, const Json& item);

bool reserved_word(std::string_view name);

}  // namespace orrery::dynamodb
