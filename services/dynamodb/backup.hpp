#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// What a backup keeps: the table's description and settings as they were, and its items under an id of their own.
/// A resource of kind "backup", whose id ends its ARN.
constexpr std::string_view kBackup = "backup";

/// The system backup of a table that is deleted with point-in-time recovery enabled; it is kept for 35 days.
void keep_deleted_table(RequestContext& context, const Table& table);

/// Throws ContinuousBackupsUnavailableException for a table that is too new.
void check_backups_enabled(const RequestContext& context, const Table& table);

/// Removes system backups whose time is over, in every account and region.
void forget_backups(RequestContext& context);

/// A new table that is like `source` (a table's document), with the overrides of a Restore… request. It has no stream,
/// tags, time to live or recovery. Its items are still to be filled in, then its indexes.
/// It may be of another region, which check_restore_region() allows where the request names the encryption.
Table restored_table(RequestContext& context, const Input& input, const Json& source, const Json& summary);
void check_restore_region(const RequestContext& context, const Input& input, const std::string& region);
/// Throws BackupInUseException while a table is restored from it: "Backup is being used to restore " `what`.
void check_backup_unused(RequestContext& context, const std::string& arn, const std::string& what);
void fill_indexes(RequestContext& context, const Table& table);

}  // namespace orrery::dynamodb
