#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_change.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/partiql_keys.hpp"
#include "services/dynamodb/partiql_parser.hpp"
#include "services/dynamodb/partiql_select.hpp"
#include "services/dynamodb/request.hpp"
#include "services/dynamodb/strong_group.hpp"
#include "services/dynamodb/tokens.hpp"
#include "services/dynamodb/update.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

using partiql::Statement;
using Code = std::pair<std::string_view, std::string_view>;

constexpr std::size_t kMostBatched = 25, kMostInTransaction = 100;

/// The change that a statement other than a SELECT means.
ItemChange change_of_statement(RequestContext& context, const Statement& statement, const Input& input) {
  ItemChange out;
  out.table = require_table(context, statement.table);
  out.on_failure = input.str("ReturnValuesOnConditionCheckFailure", "NONE");
  if (!statement.index.empty()) throw validation("An index can only be read");
  if (statement.kind == Statement::Kind::insert) {
    out.kind = ItemChange::Kind::insert;
    out.value = statement.item;
    if (item_size(out.value) > kMostItemBytes) throw item_too_large();
    out.key = key_in_item(out.table.key, out.value);
    return out;
  }
  const auto key = partiql::primary_key(out.table.key, statement.where);
  if (!key) throw validation("Where clause does not contain a mandatory equality on all key attributes");
  out.value = *key;
  out.key = key_of(out.table.key, *key);
  out.condition = statement.where;
  if (statement.kind == Statement::Kind::remove) {
    out.kind = ItemChange::Kind::removal;
    // An item that is not there is not deleted, and that is no failure, unless more was asked of it.
    if (partiql::only_keys(out.table.key, *statement.where)) out.condition.reset();
  } else if (statement.kind == Statement::Kind::update) {
    out.kind = ItemChange::Kind::update;  // of an item that is there: the condition names its key
    out.actions = statement.actions;
    check_actions(out.table, out.actions);
  }
  return out;
}

/// What a change that was carried out gives back.
Json returned_item(const Statement& statement, const ItemChange& change) {
  if (statement.kind == Statement::Kind::remove)
    return statement.returning == "ALL_OLD" && change.before ? *change.before : Json();
  if (statement.kind != Statement::Kind::update) return {};
  return returned_attributes(statement.returning, statement.actions, change.before, *change.after);
}

[[noreturn]] void throw_reason(const Json& reason) {
  const auto code = reason.at("Code").get<std::string>(), message = reason.at("Message").get<std::string>();
  if (code == "ValidationError") throw validation(message);
  AwsError error(code + "Exception", 400, message);
  if (reason.contains("Item")) throw std::move(error).with("Item", reason.at("Item"));
  throw error;
}

/// The error of one statement of a batch, by the codes that BatchStatementError has.
Json batch_error(const AwsError& error) {
  static constexpr Code kCodes[] = {{"ConditionalCheckFailedException", "ConditionalCheckFailed"},
                                    {"DuplicateItemException", "DuplicateItem"},
                                    {"ResourceNotFoundException", "ResourceNotFound"},
                                    {"ValidationException", "ValidationError"}};
  for (const auto& [code, name] : kCodes) {
    if (error.code() != code) continue;
    Json out = {{"Code", name}, {"Message", error.message()}};
    if (error.members().contains("Item")) out["Item"] = error.members().at("Item");
    return {{"Error", std::move(out)}};
  }
  throw error;
}

Json execute_change(RequestContext& context, const Statement& statement, const Input& input, Capacity& capacity) {
  if (statement.kind == Statement::Kind::exists) throw validation("EXISTS can only be used in ExecuteTransaction");
  ItemChange change = change_of_statement(context, statement, input);
  const Json reason = change.reason(context);
  if (reason.at("Code") != "None") throw_reason(reason);
  change.carry_out(context, capacity, Capacity::Transactional::no);
  return returned_item(statement, change);
}

Json batch_response(RequestContext& context, const Statement& statement, const Input& input,
                    std::map<std::string, Capacity>& capacities) {
  const std::string name = require_table(context, statement.table).name;
  Json item = statement.reads() ? partiql::select_one(context, statement,
                                                      partiql::Reading{consistency(input), Capacity::Transactional::no},
                                                      capacities[name])
                                : execute_change(context, statement, input, capacities[name]);
  Json out = {{"TableName", name}};
  add(out, "Item", std::move(item));
  return out;
}

Json transaction_reads(RequestContext& context, const std::vector<Statement>& statements,
                       std::map<std::string, Capacity>& capacities) {
  Json responses = Json::array();
  for (const auto& statement : statements) {
    const Table table = require_table(context, statement.table);
    check_transactional(table);
    const std::string& name = table.name;
    const partiql::Reading reading{Capacity::Consistency::strong, Capacity::Transactional::yes};
    Json response = Json::object();
    add(response, "Item", partiql::select_one(context, statement, reading, capacities[name]));
    responses.push_back(std::move(response));
  }
  return responses;
}

void transaction_writes(RequestContext& context, const std::vector<Statement>& statements,
                        const std::vector<Input>& inputs, std::map<std::string, Capacity>& capacities) {
  std::deque<ItemChange> changes;
  std::set<ItemChange::Target> targets;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const auto& change = changes.emplace_back(change_of_statement(context, statements[i], inputs[i]));
    check_transactional(change.table);
    if (!targets.insert(change.target()).second)
      throw validation("Transaction request cannot include multiple operations on one item");
  }
  Json reasons = Json::array();
  for (auto& change : changes) reasons.push_back(change.reason(context));
  cancel_if_any(reasons);
  for (const auto& change : changes)
    change.carry_out(context, capacities[change.table.name], Capacity::Transactional::yes);
}

std::vector<Statement> parsed(const std::vector<Input>& inputs) {
  std::vector<Statement> out;
  out.reserve(inputs.size());
  for (const auto& input : inputs) out.push_back(partiql::parse(input.str("Statement"), input.json("Parameters")));
  return out;
}

}  // namespace

Json execute_statement(RequestContext& context, const Input& input) {
  const Statement statement = partiql::parse(input.str("Statement"), input.json("Parameters"));
  if (statement.reads()) return partiql::select(context, statement, input);
  Capacity capacity;
  Json item = execute_change(context, statement, input, capacity);
  Json out = {{"Items", Json::array()}};
  if (!item.is_null()) out["Items"].push_back(std::move(item));
  for (const char* member : {"ConsistentRead", "Limit", "NextToken"}) input.acknowledge(member, "for reads");
  add(out, "ConsumedCapacity", capacity.report(statement.table, wanted_capacity(input)));
  return out;
}

Json batch_execute_statement(RequestContext& context, const Input& input) {
  const auto inputs = input.objects("Statements");
  if (inputs.size() > kMostBatched)
    throw validation("Too many statements requested for the BatchExecuteStatement call");
  std::map<std::string, Capacity> capacities;
  Json responses = Json::array();
  std::optional<bool> reads;
  for (const auto& one : inputs) {
    try {
      const Statement statement = partiql::parse(one.str("Statement"), one.json("Parameters"));
      one.flag("ConsistentRead");
      one.str("ReturnValuesOnConditionCheckFailure");
      if (reads.value_or(statement.reads()) != statement.reads())
        throw validation("A batch can hold either reads or writes, not both");
      reads = statement.reads();
      responses.push_back(batch_response(context, statement, one, capacities));
    } catch (const AwsError& error) {
      responses.push_back(batch_error(error));
    }
  }
  Json out = {{"Responses", std::move(responses)}};
  add(out, "ConsumedCapacity", capacity_reports(capacities, wanted_capacity(input), Capacity::Split::none));
  return out;
}

Json execute_transaction(RequestContext& context, const Input& input) {
  const auto inputs = input.objects("TransactStatements");
  if (inputs.size() > kMostInTransaction)
    throw validation("Too many statements requested for the ExecuteTransaction call");
  const std::string wanted = wanted_capacity(input);
  const bool fresh = Tokens(context).claim(input.str("ClientRequestToken"), input.json("TransactStatements"));
  const auto statements = parsed(inputs);
  const bool reads = std::all_of(statements.begin(), statements.end(), [](const auto& one) { return one.reads(); });
  if (!reads && std::any_of(statements.begin(), statements.end(), [](const auto& one) { return one.reads(); }))
    throw validation("A transaction can hold either reads or writes, not both");
  std::map<std::string, Capacity> capacities;
  Json out = {{"Responses", Json::array()}};
  if (reads) {
    out["Responses"] = transaction_reads(context, statements, capacities);
  } else if (fresh) {
    transaction_writes(context, statements, inputs, capacities);
  }
  add(out, "ConsumedCapacity",
      capacity_reports(capacities, wanted, reads ? Capacity::Split::read : Capacity::Split::write));
  return out;
}

}  // namespace orrery::dynamodb
