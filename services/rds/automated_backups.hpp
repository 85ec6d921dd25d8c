#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// Backs the instance up when its backup window has begun (and once when it is new), and drops automated snapshots
/// that are older than its retention period. True when `instance` changed.
bool back_up(RequestContext& context, storage::Resource& instance);

enum class Keep { no, yes };
/// The instance goes: its automated backups go with it or stay, "retained".
void end_backups(RequestContext& context, const storage::Resource& instance, Keep keep);
/// Drops what is retained longer than its period.
void forget_backups(RequestContext& context);

/// The automated backup of an instance, there or gone: its document, and the instance as it was in `hidden`.
storage::Resource backup_named(RequestContext& context, const std::string& arn);
/// Times between which the instance can be restored, as RestoreWindow; null where it cannot.
Json restore_window(RequestContext& context, const storage::Resource& instance);

Json describe_automated_backups(RequestContext&, const Input&);
Json delete_automated_backup(RequestContext&, const Input&);

}  // namespace orrery::rds
