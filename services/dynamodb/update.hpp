#pragma once
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// The item after an UpdateItem (or a transaction's Update): key attributes kept, size and index keys checked.
/// `key` are the key's attributes, for an item that does not exist yet.
Json updated_item(const Table& table, const std::vector<UpdateAction>& actions, const std::optional<Json>& before,
                  const Json& key);

/// False for an update that only takes away: it makes no item where none was.
bool creates_item(const std::vector<UpdateAction>& actions);

/// What ReturnValues asks for, of an item that was updated; null for nothing.
Json returned_attributes(const std::string& wanted, const std::vector<UpdateAction>& actions,
                         const std::optional<Json>& before, const Json& after);

/// Refuses actions on the table's key attributes, paths into any, and values that no index's key can have.
void check_actions(const Table& table, const std::vector<UpdateAction>& actions);

}  // namespace orrery::dynamodb
