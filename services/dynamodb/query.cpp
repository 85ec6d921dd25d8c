#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/key_condition.hpp"
#include "services/dynamodb/legacy.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/page.hpp"

namespace orrery::dynamodb {

namespace {

void check_filter(const std::optional<Condition>& filter, const KeySchema& schema) {
  if (!filter) return;
  for_each_path(*filter, [&](const Path& path) {
    if (!schema.holds(path.root())) return;
    throw validation("Filter Expression can only contain non-primary key attributes: Primary key attribute: " +
                     path.root());
  });
}

void check_start(const Page& page, const KeyCondition& condition) {
  if (!page.start()) return;
  const Key& start = page.index() ? page.start()->index : page.start()->item;
  if (start.hash != condition.hash || start.range < condition.range.lower || start.range >= condition.range.upper) {
    throw validation("The provided starting key is outside query boundaries based on provided conditions");
  }
}

}  // namespace

Json query(RequestContext& context, const Input& input) {
  check_parameters(input, {"FilterExpression", "KeyConditionExpression", "ProjectionExpression"});
  check_old_parameters(input, "QueryFilter");
  if (!input.has("KeyConditionExpression") && !input.has("KeyConditions"))
    throw validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  Placeholders held = placeholders(input);
  auto filter = filter_expression(input, held, "QueryFilter");
  auto paths = projection(input, held);
  refuse_mixture(input, {"KeyConditions"}, {"KeyConditionExpression"});
  const auto text = input.find_str("KeyConditionExpression");
  const auto keys =
      text ? parse_condition(*text, "KeyConditionExpression", held) : legacy_condition(input, "KeyConditions");
  if (!keys) throw validation("Conditions can be of length 1 or 2 only");  // KeyConditions without any
  held.check_all_used();

  const auto held_table = item_table(context, input.str("TableName"));
  const Table& table = *held_table;
  Page page(context, input, table, std::move(filter), std::move(paths));
  const KeyCondition condition = key_condition(page.key_schema(), *keys);
  check_filter(page.filter(), page.key_schema());
  check_key_paths(table, page.filter());
  check_start(page, condition);
  const auto order = input.flag("ScanIndexForward", true) ? ItemStore::Order::forward : ItemStore::Order::backward;
  ItemStore(context.tx)
      .query(table, page.index(), condition.hash, condition.range, order, page.start(),
             [&](const Key&, StoredItem item) { return page.take(item); });
  return page.answer(input);
}

}  // namespace orrery::dynamodb
