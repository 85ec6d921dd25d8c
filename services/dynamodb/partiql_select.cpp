#include "services/dynamodb/partiql_select.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/page.hpp"
#include "services/dynamodb/partiql_keys.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb::partiql {

namespace {

/// A page's place is the last key that was read, bound to the statement that it belongs to.
std::string statement_digest(const Input& input) {
  const auto packed = Json::to_msgpack(Json::array({input.json("Statement"), input.json("Parameters")}));
  return aws::sha256({reinterpret_cast<const char*>(packed.data()), packed.size()}).substr(0, 16);
}

std::string token_of(const Input& input, const Json& key) {
  const auto packed = Json::to_msgpack(key);
  return aws::base64(statement_digest(input) + std::string(packed.begin(), packed.end()));
}

Json key_of_token(const Input& input, const std::string& token) {
  std::string bytes;
  const std::string digest = statement_digest(input);
  if (aws::base64_decode(token, bytes) && bytes.starts_with(digest)) {
    Json key = Json::from_msgpack(bytes.begin() + static_cast<std::ptrdiff_t>(digest.size()), bytes.end(), true, false);
    if (key.is_object()) return key;
  }
  throw validation("Invalid NextToken: it does not match the statement and its parameters");
}

/// Forward unless the ORDER BY says otherwise. Throws for an order that the keys do not have.
ItemStore::Order order_of(const Statement& statement, const KeySchema& schema, bool queried) {
  if (statement.order.empty()) return ItemStore::Order::forward;
  if (!statement.where) throw validation("Must have WHERE clause in the statement when using ORDER BY clause.");
  if (!queried)
    throw validation(
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
  bool descending = false;
  for (const auto& order : statement.order) {
    if (!schema.holds(order.attribute))
      throw validation("Variable reference " + order.attribute + " in ORDER BY clause must be part of the primary key");
    if (!schema.range.empty() && order.attribute == schema.range.front().name) descending = order.descending;
  }
  return descending ? ItemStore::Order::backward : ItemStore::Order::forward;
}

/// Such an index is refused before anything is said of the statement's conditions, and others of its table are not
/// (dynamodb-conformance's tests, which recorded the service in October 2026).
void check_index_kind(const Table& table, const Statement& statement) {
  const Index* index = table.index(statement.index);
  if (!index || !index->key.multi_attribute()) return;
  throw validation(
      "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.");
}

/// The parameters that a Query or Scan of the same meaning would have.
Json page_parameters(const Statement& statement, const Input& input) {
  Json out = Json::object();
  if (!statement.index.empty()) out["IndexName"] = statement.index;
  for (const char* member : {"Limit", "ConsistentRead", "ReturnConsumedCapacity"}) {
    if (input.has(member)) out[member] = input.json(member);
  }
  if (const auto token = input.find_str("NextToken")) out["ExclusiveStartKey"] = key_of_token(input, *token);
  return out;
}

}  // namespace

Json select(RequestContext& context, const Statement& statement, const Input& input) {
  input.acknowledge("ReturnValuesOnConditionCheckFailure", "for writes");
  const Table table = require_table(context, statement.table);
  check_index_kind(table, statement);
  const Json parameters = page_parameters(statement, input);
  ReadLog log;
  const Input paging(parameters, log);
  Page page(context, paging, table, statement.where, statement.projection);
  const auto condition = query_condition(page.key_schema(), statement.where);
  const auto order = order_of(statement, page.key_schema(), condition.has_value());
  const auto take = [&](const Key&, StoredItem item) { return page.take(item); };
  const ItemStore store(context.tx);
  if (condition) {
    store.query(table, page.index(), condition->hash, condition->range, order, page.start(), take);
  } else {
    store.scan(table, page.index(), page.start(), take);
  }
  Json out = page.answer(paging);
  for (const char* member : {"Count", "ScannedCount"}) out.erase(member);
  if (out.contains("LastEvaluatedKey")) out["NextToken"] = token_of(input, out.at("LastEvaluatedKey"));
  return out;
}

Json select_one(RequestContext& context, const Statement& statement, const Reading& reading, Capacity& capacity) {
  const Table table = require_table(context, statement.table);
  check_index_kind(table, statement);
  const auto key = statement.index.empty() ? primary_key(table.key, statement.where) : std::nullopt;
  if (!key) {
    throw validation(
        "Select statements within BatchExecuteStatement must specify the primary key in the where clause.");
  }
  const auto item = ItemStore(context.tx).get(table, dynamodb::key_of(table.key, *key));
  capacity.add_table(Capacity::read_units(item ? item_size(*item) : 0, reading.consistency, reading.transactional));
  if (!item || !evaluate(*statement.where, *item)) return {};
  return statement.projection ? project(*item, *statement.projection) : *item;
}

}  // namespace orrery::dynamodb::partiql
