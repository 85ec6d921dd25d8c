#pragma once
#include <string>

#include "registry/context.hpp"

namespace orrery::rds {

// "If you request a final DB snapshot, the status of the instance is deleting until the DB snapshot is created" (API
// reference, DeleteDBInstance). What RDS does when it cannot be created is not documented; here nothing is deleted
// then, and the instance (or cluster) goes on as it was.

/// The final snapshot of this name, of the given kind, was asked for: the deletion waits for it. `backups`: automated
/// ones are kept.
enum class Backups { go, stay };
void await_final_snapshot(storage::Resource& of, const std::string& snapshot, Backups backups);
bool being_deleted(const storage::Resource& of);

/// Goes on with a deletion whose final snapshot is there, or gives it up; false while it still has to wait.
bool continue_deletion(RequestContext& context, storage::Resource& of);

/// The end of a deletion: everything that the instance, or the cluster, has goes.
void end_instance(RequestContext& context, const storage::Resource& instance, Backups backups);
void end_cluster(RequestContext& context, const storage::Resource& cluster);

}  // namespace orrery::rds
