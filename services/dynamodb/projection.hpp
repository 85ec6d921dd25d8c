#pragma once
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// The attributes of an item that an index holds.
Json index_projection(const Table& table, const Index& index, const Json& item);

}  // namespace orrery::dynamodb
