#pragma once
#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

// A global table with multi-Region strong consistency lies in three regions: two replicas beside the table, or one and
// a witness, which is no table. One UpdateTable makes all of it, and one takes all of it away; between them nothing is
// added or removed. Every write of ours is in all replicas when it is answered, so reads need nothing of their own.

bool is_strong_group(const Json& document);

/// What MultiRegionConsistency, GlobalTableWitnessUpdates and the ReplicaUpdates beside them must be for this table.
void check_strong_group(RequestContext& context, const Input& update, const Table& table);

/// Describes the group in `document` when the (checked) update makes one: its replicas take that over.
void begin_strong_group(const Input& update, Json& document);

/// Refuses to delete a table that is one of such a group.
void check_no_strong_group(const Table& table);

/// Refuses what such a table may not have: transactions, time to live.
void check_transactional(const Table& table);
void check_expiring(const Table& table);

}  // namespace orrery::dynamodb
