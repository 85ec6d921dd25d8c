#pragma once
#include <functional>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

// A global table (version 2019.11.21) is a table of one name in several regions. Each describes the others as its
// Replicas, and a write to one is a write to all, in the one transaction of its request.

/// Calls `visit` for each replica of a table, with the context in the replica's region.
void for_each_replica(RequestContext& context, const Json& document, const std::function<void(Table)>& visit);

/// The same for a table of a global table of version 2017.11.29 (global_table.hpp).
void for_each_legacy_replica(RequestContext& context, const Table& table, const std::function<void(Table)>& visit);

/// The ReplicaUpdates of an UpdateTable; `table` is to be put by the caller.
void update_replicas(RequestContext& context, const Input& input, storage::Resource& table);

/// Takes a table that is deleted out of the descriptions of its replicas.
void leave_replicas(RequestContext& context, const storage::Resource& table);

/// Refuses the deletion of a table, or replica, that is protected.
void check_unprotected(const Table& table);

/// Removes a table with its items, stream and recovery; a system backup is kept where recovery was enabled.
void erase_table(RequestContext& context, Table table);

}  // namespace orrery::dynamodb
