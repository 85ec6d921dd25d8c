#pragma once
#include <optional>
#include <string>

#include "registry/input.hpp"
#include "services/dynamodb/capacity.hpp"
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// The request's placeholders, refused when none of the expressions named is there to use them.
Placeholders placeholders(const Input& input, std::initializer_list<std::string_view> expressions);

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
