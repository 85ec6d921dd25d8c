#pragma once
#include <string>

#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/item_store.hpp"

namespace orrery::dynamodb {

/// What a Query reads: one hash key, and a range of the range key.
struct KeyCondition {
  std::string hash;
  ItemStore::Range range;
};

/// Throws ValidationException for conditions that the key schema does not allow.
KeyCondition key_condition(const KeySchema& schema, const Condition& condition);

}  // namespace orrery::dynamodb
