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

/// Removes system backups whose time is over, in every account and region.
void forget_backups(RequestContext& context);

/// A new table that is like `source` (a table's document), with the overrides of a Restore… request. It has no stream,
/// tags, time to live or recovery. Its items are still to be filled in, then its indexes.
Table restored_table(RequestContext& context, const Input& input, const Json& source, const Json& summary);
void fill_indexes(RequestContext& context, const Table& table);

}  // namespace orrery::dynamodb
