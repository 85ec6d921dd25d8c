#pragma once
#include <functional>
#include <map>

#include "registry/context.hpp"
#include "registry/error.hpp"
#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

// A global table (version 2019.11.21) is a table of one name in several regions. Each describes the others as its
// Replicas, and a write to one is a write to all, in the one transaction of its request. A table's document holds the
// regions of the others alone; what else is told of them is read from their own descriptions.

/// Calls `visit` for each replica of a table, with the context in the replica's region.
void for_each_replica(RequestContext& context, const Json& document, const std::function<void(Table)>& visit);

/// The same for a table of a global table of version 2017.11.29 (global_table.hpp).
void for_each_legacy_replica(RequestContext& context, const Table& table, const std::function<void(Table)>& visit);

/// The Replicas of a description as the other tables are now, and what else a member of a global table describes.
void describe_replicas(RequestContext& context, const storage::Resource& table, Json& description);

/// What the ReplicaUpdates of an UpdateTable may not have, whatever the state of the tables.
void check_replica_updates(const Input& update, const Json& document);

/// The region of a Create or Delete: neither the context's own nor none.
void check_replica_region(const RequestContext& context, const std::string& table, const std::string& region);
/// That AWS has the region of a Create.
void check_new_replica_region(const RequestContext& context, const std::string& region);

/// The ReplicaUpdates of an UpdateTable; `table` is to be put by the caller.
void update_replicas(RequestContext& context, const Input& input, storage::Resource& table);

/// Makes `out`, of a table whose replicas were updated, tell what an UpdateTable answers: its replicas are those of
/// before.
void answer_replica_updates(Json& out, const Json& before);

/// The read capacities and maxima that a replica has of its own, by index ("" is the table).
using OwnReads = std::map<std::string, Json>;
/// Gives a replica those of `base` instead.
OwnReads take_own_reads(Json& replica, const Json& base);
void give_own_reads(Json& replica, const OwnReads& own);

/// Changes the table class of all replicas to that of the table; `table` is to be put by the caller.
void share_class(RequestContext& context, storage::Resource& table);
/// Among the hidden members: that the table class was set in this region, and not for all replicas.
constexpr const char* kOwnClass = "OwnTableClass";

/// SSESpecification decides for all replicas whether their keys are DynamoDB's own, of KMS managed by AWS or by the
/// customer; each region has its own key.
enum class ReplicaKeys { owned, managed, customer };
ReplicaKeys replica_keys(RequestContext& context, const Json& document);
/// SSEDescription of a new replica, null for none; in the replica's region. Throws what AWS refuses.
Json replica_encryption(RequestContext& context, const std::optional<std::string>& key, ReplicaKeys of_table);
/// After a change of the table's SSESpecification.
void share_encryption(RequestContext& context, const storage::Resource& table);
/// Changes the keys of a table and of its replicas, by region. AWS refuses it unless those of all are named, as
/// Terraform's provider does. `table` is to be put by the caller.
void change_replica_keys(RequestContext& context, const std::map<std::string, std::string>& keys,
                         storage::Resource& table);
/// "KMSMasterKeyId must be specified for each replica."
AwsError key_of_each_replica();
/// While the key of a replica cannot be used.
AwsError replica_encryption_updating();

/// Takes a table that is deleted out of the descriptions of its replicas.
void leave_replicas(RequestContext& context, const storage::Resource& table);

/// Refuses the deletion of a table, or replica, that is protected.
void check_unprotected(const RequestContext& context, const Table& table);

/// AWS refuses to delete a table from which a replica that still exists was made within 24 hours.
void check_no_source(RequestContext& context, const Table& table);

/// Throws ResourceInUseException while a replica of the table is CREATING or UPDATING.
void check_replicas_settled(RequestContext& context, const Json& document);

/// Removes a table with its items, stream and recovery; a system backup is kept where recovery was enabled.
void erase_table(RequestContext& context, Table table);

}  // namespace orrery::dynamodb
