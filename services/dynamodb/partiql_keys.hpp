#pragma once
#include <optional>

#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/key_condition.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb::partiql {

// Schemas of one hash attribute and at most one range attribute: PartiQL reads no other index (partiql_select.cpp).

/// The key attributes that a WHERE clause fixes by equality; nullopt unless it fixes all of the schema's.
std::optional<Json> primary_key(const KeySchema& schema, const std::optional<Condition>& where);
/// True when the clause says nothing but what the key is.
bool only_keys(const KeySchema& schema, const Condition& where);
/// What of the clause a Query can read by: the hash key, and a range of the range key where it has one; nullopt when a
/// scan has to look at every item.
std::optional<KeyCondition> query_condition(const KeySchema& schema, const std::optional<Condition>& where);

}  // namespace orrery::dynamodb::partiql
