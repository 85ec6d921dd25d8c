#pragma once
#include <string>
#include <string_view>

#include "services/dynamodb/expression.hpp"

namespace orrery::dynamodb {

enum class FunctionUse { condition, update };

/// Checks a call as far as the service does before it looks at an item: known and allowed here, number of operands,
/// types of constant operands. Throws ValidationException.
void check_function(const Operand& call, FunctionUse use, std::string_view kind);

/// Checks a comparison's, BETWEEN's or IN's operands likewise. `op` as messages write it.
void check_operands(std::string_view op, const std::vector<Operand>& operands, std::string_view kind);

bool is_condition_function(std::string_view name);

}  // namespace orrery::dynamodb
