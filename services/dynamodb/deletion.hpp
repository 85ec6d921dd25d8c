#pragma once
#include "registry/context.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// Erases a table: at once, or with --lifecycle realistic when it has been DELETING for some seconds.
void begin_erasing(RequestContext& context, Table table);

/// Erases the tables whose time is over, in every account and region.
void finish_erasing(RequestContext& context);

/// The same with the table of this name, for who wants the name.
void finish_erasing(RequestContext& context, const std::string& name);

}  // namespace orrery::dynamodb
