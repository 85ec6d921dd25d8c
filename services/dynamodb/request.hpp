#pragma once
#include <optional>
#include <string>

#include "registry/input.hpp"
#include "services/dynamodb/capacity.hpp"
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// Refuses placeholders where none of the expressions named is there to use them, and expressions beside old
/// parameters.
void check_parameters(const Input& input, std::initializer_list<std::string_view> expressions);
/// The request's placeholders. What else has values (an item, a key) is checked before them.
Placeholders placeholders(const Input& input);
/// Both.
Placeholders placeholders(const Input& input, std::initializer_list<std::string_view> expressions);

/// Refuses paths that lead into a key attribute, of the table or of its indexes.
void check_key_paths(const Table& table, const std::vector<Path>& paths);
void check_key_paths(const Table& table, const std::optional<Condition>& condition);

/// ConditionExpression (or what `Expected` says of old); nullopt for none.
std::optional<Condition> condition(const Input& input, Placeholders& placeholders);
/// The attributes that ProjectionExpression (or AttributesToGet) asks for; nullopt for all.
std::optional<std::vector<Path>> projection(const Input& input, Placeholders& placeholders);

/// Throws ConditionalCheckFailedException, with the item where ReturnValuesOnConditionCheckFailure asks for it.
void check(const std::optional<Condition>& condition, const std::optional<Json>& item, const Input& input);

/// ReturnConsumedCapacity, as "NONE", "TOTAL" or "INDEXES".
std::string wanted_capacity(const Input& input);
Capacity::Consistency consistency(const Input& input);

/// Adds members that are not null.
void add(Json& out, const char* member, Json value);

}  // namespace orrery::dynamodb
