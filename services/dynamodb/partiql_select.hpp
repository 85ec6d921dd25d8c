#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/dynamodb/capacity.hpp"
#include "services/dynamodb/partiql_parser.hpp"

namespace orrery::dynamodb::partiql {

/// An ExecuteStatement of a SELECT: a page of its items.
Json select(RequestContext& context, const Statement& statement, const Input& input);

struct Reading {
  Capacity::Consistency consistency;
  Capacity::Transactional transactional;
};

/// The one item of a SELECT within a batch or transaction, which must name its whole primary key; null for none.
Json select_one(RequestContext& context, const Statement& statement, const Reading& reading, Capacity& capacity);

}  // namespace orrery::dynamodb::partiql
