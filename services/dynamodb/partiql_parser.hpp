#pragma once
#include <optional>
#include <string>
#include <vector>

#include "services/dynamodb/expression.hpp"

namespace orrery::dynamodb::partiql {

// statement := SELECT ("*" | path ("," path)*) FROM source (WHERE condition)? (ORDER BY order ("," order)*)?
//            | EXISTS "(" statement ")"
//            | INSERT INTO source VALUE tuple
//            | UPDATE source (SET set ("," set)* | REMOVE path ("," path)*)+ (WHERE condition)? returning?
//            | DELETE FROM source (WHERE condition)? returning?
// source    := name ("." name)?          a table, or an index of it
// order     := path (ASC | DESC)?
// returning := RETURNING (ALL | MODIFIED) (OLD | NEW) "*"
// set       := path "=" operand (("+" | "-") operand)?
// condition := and_term (OR and_term)*   and so on, as in expression.hpp, with
//              operand IS NOT? (NULL | MISSING), operand IN ("[" … "]" | "(" … ")")
// operand   := path | literal | "?" | function "(" operand ("," operand)* ")" | "(" operand ")"
// literal   := 'text' | number | TRUE | FALSE | NULL | list | tuple | set
// list      := "[" value,… "]"    tuple := "{" 'name' ":" value,… "}"    set := "<<" value,… ">>"
// path      := name ("." name | "[" index "]" | "[" 'name' "]")*         name := word | "quoted"

struct Statement {
  enum class Kind { select, exists, insert, update, remove };
  Kind kind = Kind::select;
  std::string table, index;
  std::optional<std::vector<Path>> projection;  ///< of a SELECT that names attributes
  Json item;                                    ///< of an INSERT
  std::vector<UpdateAction> actions;            ///< of an UPDATE
  std::optional<Condition> where;
  struct Order {
    std::string attribute;
    bool descending = false;
  };
  std::vector<Order> order;
  std::string returning = "NONE";  ///< as ReturnValues has it

  bool reads() const { return kind == Kind::select; }
};

/// `parameters` stand for the question marks, in their order; null for none. Throws ValidationException.
Statement parse(const std::string& text, const Json& parameters);

}  // namespace orrery::dynamodb::partiql
