#pragma once
#include <map>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

// A global table of version 2017.11.29 joins tables that exist. It belongs to an account and to no region. Each table
// knows the regions of the others, and its items carry the aws:rep:* attributes (item_writer.cpp); settings, indexes
// and time to live are each table's own (developer guide, "DynamoDB global tables versions").

struct GlobalTable {
  static constexpr std::string_view kKind = "global-table";

  storage::Resource resource;  ///< the document is a GlobalTableDescription

  std::vector<std::string> regions() const;
};

std::optional<GlobalTable> find_global_table(RequestContext& context, const std::string& name);

/// Its tables, by region.
using GlobalTableMembers = std::map<std::string, Table>;
GlobalTableMembers global_table_members(RequestContext& context, const GlobalTable& global);

/// Takes a table that is deleted out of its global table, which ends with its last table.
void leave_global_table(RequestContext& context, const Table& table);

}  // namespace orrery::dynamodb
