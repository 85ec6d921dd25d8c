#pragma once
#include "registry/context.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// Since when (seconds) a table can be restored; nullopt without point-in-time recovery.
std::optional<double> earliest_restorable(RequestContext& context, const Table& table);

/// Fills `copy`, which has no items yet, with those that `source` had at `time`.
void copy_as_of(RequestContext& context, const Table& source, const Table& copy, aws::Millis time);

}  // namespace orrery::dynamodb
