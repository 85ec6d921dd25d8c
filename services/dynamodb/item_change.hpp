#pragma once
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "services/dynamodb/capacity.hpp"
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/item_writer.hpp"

namespace orrery::dynamodb {

/// A write of one item, or a condition on one: made ready, looked at, then carried out. TransactWriteItems and the
/// statements of PartiQL are made of these.
struct ItemChange {
  enum class Kind { check, put, insert, update, removal };
  using Target = std::tuple<std::int64_t, std::string, std::string>;  ///< table, hash, range

  Kind kind = Kind::check;
  Table table;
  Key key;
  Json value;  ///< the item to put, or else the key's attributes
  std::vector<UpdateAction> actions;
  std::optional<Condition> condition;
  std::string on_failure = "NONE";  ///< ReturnValuesOnConditionCheckFailure

  std::optional<Json> before, after;  ///< known once reason() was asked

  Target target() const { return {table.id, key.hash, key.range}; }
  bool writes() const { return kind != Kind::check; }

  /// Why it may not go ahead, as a CancellationReason; {"Code": "None"} when it may.
  Json reason(RequestContext& context);
  void carry_out(RequestContext& context, Capacity& capacity, Capacity::Transactional transactional) const;
};

/// Throws TransactionCanceledException unless every reason is "None".
void cancel_if_any(const Json& reasons);

/// Of several tables by name; null when none was asked for.
Json capacity_reports(const std::map<std::string, Capacity>& capacities, const std::string& wanted,
                      Capacity::Split split);

}  // namespace orrery::dynamodb
