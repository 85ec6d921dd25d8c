#pragma once
#include "registry/context.hpp"
#include "registry/error.hpp"
#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

// What CreateTable and UpdateTable begin, as it goes on by the clock (developer guide, "Managing global secondary
// indexes"). The work itself is done within the request; with --lifecycle realistic it shows as long as on AWS. While
// resources for a new index are allocated, its table is UPDATING and nothing else can change. Then the table is ACTIVE,
// and the index CREATING and Backfilling, not to be read until it is ACTIVE.

/// What takes `takes` on AWS: as long with --lifecycle realistic, else no time.
aws::Millis lasting(const RequestContext& context, aws::Millis takes);

/// Why a table is UPDATING. What else may begin meanwhile depends on it.
enum class Work { stream, table_class, capacity, to_provisioned, to_on_demand, other };

void begin_creation(const RequestContext& context, storage::Resource& table);
void begin_update(const RequestContext& context, storage::Resource& table, Work work = Work::other);
/// The same for another table class; `before` is the summary that is shown until then (null for none).
void begin_class_change(const RequestContext& context, storage::Resource& table, const std::string& to,
                        const Json& before);
/// Another key, while the table stays ACTIVE; `before` is the SSEDescription until then (null for none).
void begin_encryption(const RequestContext& context, storage::Resource& table, const Json& before);
void begin_deletion(const RequestContext& context, storage::Resource& table);
void begin_index_creation(const RequestContext& context, storage::Resource& table, const std::string& index);
/// `index` is its description, which is no longer in the table's.
void begin_index_deletion(const RequestContext& context, storage::Resource& table, const Json& index);

/// The table of an import: as long as the import.
void begin_import(const RequestContext& context, storage::Resource& table, aws::Millis takes);
/// Another throughput of an index, which is UPDATING while its table is ACTIVE.
void begin_index_update(const RequestContext& context, storage::Resource& table, const std::string& index);
/// More warm throughput of an index, or of the table (""), while all are ACTIVE; `before` is what it has until then.
void begin_warming(const RequestContext& context, storage::Resource& table, const std::string& index,
                   const Json& before);
/// How well AWS's services beside the table (backups, time to live, insights, tags) know it: of a new table they learn
/// late, of a restored one last, and a deleted one they forget early.
enum class Recognition { none, creating, full };
Recognition recognition(const RequestContext& context, const storage::Resource& table);
/// The same for a global index.
Recognition recognition(const RequestContext& context, const storage::Resource& table, const std::string& index);
/// The table as the services beside it know it; throws ResourceNotFoundException, which names it.
Table require_known_table(RequestContext& context, std::string_view name_or_arn);
/// Whether the table is being created out of a backup or another table.
bool restoring(const RequestContext& context, const storage::Resource& table);
/// Backups can be made from a few seconds on after a table is ACTIVE.
bool backups_enabled(const RequestContext& context, const storage::Resource& table);
/// Why a new table cannot have the name of this one.
AwsError name_taken(const RequestContext& context, const storage::Resource& table);

/// The table's description with the statuses of now.
Json settled(const RequestContext& context, const storage::Resource& table, Json description);
/// The same as the call answers that begins a change: in progress, however short.
Json begun(const RequestContext& context, const storage::Resource& table, Json description);

/// Whether the table is DELETING, and whether the time is over that this takes.
bool deleting(const storage::Resource& table);
bool deleted(const RequestContext& context, const storage::Resource& table);
/// Throws ResourceInUseException while the table is DELETING.
void check_not_deleting(const storage::Resource& table);

/// Since when the table, or its index, can be read.
aws::Millis readable_from(const storage::Resource& table);
aws::Millis readable_from(const storage::Resource& table, const std::string& index);

/// For its first seconds, a table is there for few but DescribeTable.
bool just_created(const RequestContext& context, const storage::Resource& table);

/// Whether a change of the key goes on.
bool encryption_goes_on(const RequestContext& context, const storage::Resource& table);

/// Throws ResourceInUseException while the table is CREATING or DELETING; ResourceNotFoundException while it is
/// restored.
void check_created(const RequestContext& context, const storage::Resource& table);
/// Throws ResourceInUseException while the table is CREATING or UPDATING.
void check_settled(const RequestContext& context, const storage::Resource& table);
/// For UpdateTable: throws ResourceInUseException while the table is CREATING, or UPDATING for something that the
/// update can't go along with.
void check_updatable(const RequestContext& context, const storage::Resource& table, const Input& update);
/// Whether AWS accepts the update and forgets it: on-demand again, while the table becomes provisioned.
bool is_lost(const RequestContext& context, const storage::Resource& table, const Input& update);
/// For DeleteTable: while the table is CREATING or UPDATING, or an index or the key is changed.
void check_deletable(const RequestContext& context, const storage::Resource& table);
/// For UpdateTable: throws what AWS says of changes that an index stands in the way of, which is created, deleted or
/// updated.
void check_beside_indexes(const RequestContext& context, const storage::Resource& table, const Input& update);
/// For UpdateTable: one index at a time is created or deleted (LimitExceededException), and none is deleted while
/// resources for it are allocated (ResourceInUseException).
void check_index_changes(const RequestContext& context, const storage::Resource& table, const Input& update);

}  // namespace orrery::dynamodb
