#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_writer.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/request.hpp"
#include "services/dynamodb/tokens.hpp"
#include "services/dynamodb/update.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

using Transactional = Capacity::Transactional;
using Target = std::tuple<std::int64_t, std::string, std::string>;  // table, hash, range

constexpr std::size_t kMostActions = 100;

void check_count(std::size_t count) {
  if (count > kMostActions)
    throw validation("1 validation error detected: Value '[...]' at 'transactItems' failed to satisfy constraint: "
                     "Member must have length less than or equal to 100");
}

/// One action of a TransactWriteItems: made ready, then carried out.
class Write {
 public:
  Write(RequestContext& context, const Input& action) : input_(the_one(action)) {
    Placeholders held = kind_ == Kind::update ? placeholders(input_, {"UpdateExpression", "ConditionExpression"})
                                              : placeholders(input_, {"ConditionExpression"});
    if (kind_ == Kind::update) actions_ = parse_update(input_.str("UpdateExpression"), held);
    condition_ = condition(input_, held);
    held.check_all_used();
    value_ = checked_item(input_.json(kind_ == Kind::put ? "Item" : "Key"));
    table_ = require_table(context, input_.str("TableName"));
    if (kind_ == Kind::put && item_size(value_) > kMostItemBytes) throw item_too_large();
    key_ = kind_ == Kind::put ? key_in_item(table_.key, value_) : key_of(table_.key, value_);
    check_no_key_updates(table_, actions_);
    on_failure_ = input_.str("ReturnValuesOnConditionCheckFailure", "NONE");
  }

  Target target() const { return {table_.id, key_.hash, key_.range}; }
  const Table& table() const { return table_; }
  const Json& key_holder() const { return value_; }

  /// The reason that cancels the transaction; {"Code": "None"} when this action may go ahead.
  Json reason(RequestContext& context) {
    before_ = ItemStore(context.tx).get(table_, key_);
    if (condition_ && !evaluate(*condition_, before_.value_or(Json::object()))) {
      Json out = {{"Code", "ConditionalCheckFailed"}, {"Message", "The conditional request failed"}};
      if (on_failure_ == "ALL_OLD" && before_) out["Item"] = *before_;
      return out;
    }
    try {
      if (kind_ == Kind::put) check_index_keys(table_, value_);
      if (kind_ == Kind::put) after_ = value_;
      if (kind_ == Kind::update) {
        Json after = updated_item(table_, actions_, before_, value_);
        if (before_ || creates_item(actions_)) after_ = std::move(after);
      }
    } catch (const AwsError& error) {
      return {{"Code", "ValidationError"}, {"Message", error.message()}};
    }
    return {{"Code", "None"}};
  }

  void carry_out(RequestContext& context, Capacity& capacity) const {
    ItemWriter writer(context);
    if (after_) writer.put(table_, key_, *after_, before_);
    if (kind_ == Kind::removal && before_) writer.erase(table_, key_, *before_);
    if (kind_ == Kind::check) {
      capacity.add_table(Capacity::write_units(before_ ? item_size(*before_) : 0, Transactional::yes));
    } else {
      capacity.add_write(table_, before_ ? &*before_ : nullptr, after_ ? &*after_ : nullptr, Transactional::yes);
    }
  }

  bool writes() const { return kind_ != Kind::check; }

 private:
  enum class Kind { check, put, update, removal };

  Input the_one(const Input& action) {
    static constexpr std::pair<const char*, Kind> kKinds[] = {
        {"ConditionCheck", Kind::check}, {"Put", Kind::put}, {"Update", Kind::update}, {"Delete", Kind::removal}};
    std::optional<Input> found;
    for (const auto& [name, kind] : kKinds) {
      auto one = action.find_object(name);
      if (!one) continue;
      if (found) throw validation("TransactItems can only contain one of Check, Put, Update or Delete");
      found = one;
      kind_ = kind;
    }
    if (!found) throw validation("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
    return *found;
  }

  Kind kind_ = Kind::check;
  Input input_;
  std::vector<UpdateAction> actions_;
  std::optional<Condition> condition_;
  Json value_;
  Table table_;
  Key key_;
  std::string on_failure_;
  std::optional<Json> before_, after_;
};

void cancel_if_any(const Json& reasons) {
  std::string codes;
  bool any = false;
  for (const auto& reason : reasons) {
    const auto code = reason.at("Code").get<std::string>();
    any |= code != "None";
    codes += (codes.empty() ? "" : ", ") + code;
  }
  if (!any) return;
  throw AwsError("TransactionCanceledException", 400,
                 "Transaction cancelled, please refer cancellation reasons for specific reasons [" + codes + "]")
      .with("CancellationReasons", reasons);
}

Json reports(const std::map<std::string, Capacity>& capacities, const std::string& wanted, Capacity::Split split) {
  Json out = Json::array();
  for (const auto& [name, capacity] : capacities) {
    if (Json report = capacity.report(name, wanted, split); !report.is_null()) out.push_back(std::move(report));
  }
  return out.empty() ? Json() : out;
}

}  // namespace

Json transact_write_items(RequestContext& context, const Input& input) {
  const auto actions = input.objects("TransactItems");
  check_count(actions.size());
  const std::string wanted = wanted_capacity(input);
  const bool fresh = Tokens(context).claim(input.str("ClientRequestToken"), input.json("TransactItems"));
  std::deque<Write> writes;
  std::set<Target> targets;
  for (const auto& action : actions) {
    const Write& write = writes.emplace_back(context, action);
    if (!targets.insert(write.target()).second)
      throw validation("Transaction request cannot include multiple operations on one item");
  }
  std::map<std::string, Capacity> capacities;
  Json out = Json::object();
  if (fresh) {
    Json reasons = Json::array();
    for (auto& write : writes) reasons.push_back(write.reason(context));
    cancel_if_any(reasons);
    for (const auto& write : writes) write.carry_out(context, capacities[write.table().name]);
  } else {  // the repetition of one that was carried out costs reads
    for (auto& write : writes)
      capacities[write.table().name].add_table(
          Capacity::read_units(0, Capacity::Consistency::strong, Transactional::yes));
  }
  add(out, "ConsumedCapacity", reports(capacities, wanted, fresh ? Capacity::Split::write : Capacity::Split::read));
  for (const auto& write : writes) {
    if (!write.writes()) continue;
    if (Json metrics = item_collection_metrics(input, write.table(), write.key_holder()); !metrics.is_null())
      out["ItemCollectionMetrics"][write.table().name].push_back(std::move(metrics));
  }
  return out;
}

Json transact_get_items(RequestContext& context, const Input& input) {
  const auto actions = input.objects("TransactItems");
  check_count(actions.size());
  std::map<std::string, Capacity> capacities;
  std::set<Target> targets;
  Json responses = Json::array();
  const ItemStore store(context.tx);
  for (const auto& action : actions) {
    const Input get = action.object("Get");
    Placeholders names = placeholders(get, {"ProjectionExpression"});
    const auto paths = projection(get, names);
    names.check_all_used();
    const Table table = require_table(context, get.str("TableName"));
    const Key key = key_of(table.key, checked_item(get.json("Key")));
    if (!targets.emplace(table.id, key.hash, key.range).second)
      throw validation("Transaction request cannot include multiple operations on one item");
    const auto item = store.get(table, key);
    capacities[table.name].add_table(
        Capacity::read_units(item ? item_size(*item) : 0, Capacity::Consistency::strong, Transactional::yes));
    Json response = Json::object();
    if (item) response["Item"] = paths ? project(*item, *paths) : *item;
    responses.push_back(std::move(response));
  }
  Json out = {{"Responses", std::move(responses)}};
  add(out, "ConsumedCapacity", reports(capacities, wanted_capacity(input), Capacity::Split::read));
  return out;
}

}  // namespace orrery::dynamodb
