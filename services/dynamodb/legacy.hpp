#pragma once
#include <optional>
#include <vector>

#include "registry/input.hpp"
#include "services/dynamodb/expression.hpp"

namespace orrery::dynamodb {

// The parameters from before expressions (developer guide, "Legacy conditional parameters"), turned into what the
// expressions of today mean.

/// Throws when parameters of both kinds are there.
void refuse_mixture(const Input& input, std::initializer_list<std::string_view> legacy,
                    std::initializer_list<std::string_view> expressions);

/// `Expected`, `KeyConditions`, `QueryFilter` or `ScanFilter`, with ConditionalOperator; nullopt where absent.
std::optional<Condition> legacy_condition(const Input& input, std::string_view member);
/// AttributesToGet.
std::optional<std::vector<Path>> legacy_projection(const Input& input);
/// AttributeUpdates.
std::vector<UpdateAction> legacy_updates(const Input& input);

}  // namespace orrery::dynamodb
