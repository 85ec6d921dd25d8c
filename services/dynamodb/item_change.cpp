#include "services/dynamodb/item_change.hpp"

#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/update.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

Json ItemChange::reason(RequestContext& context) {
  before = ItemStore(context.tx).get(table, key);
  if (kind == Kind::insert && before)
    return {{"Code", "DuplicateItem"}, {"Message", "Duplicate primary key exists in table"}};
  if (condition && !evaluate(*condition, before.value_or(Json::object()))) {
    Json out = {{"Code", "ConditionalCheckFailed"}, {"Message", "The conditional request failed"}};
    if (on_failure == "ALL_OLD" && before) out["Item"] = *before;
    return out;
  }
  try {
    if (kind == Kind::put || kind == Kind::insert) {
      check_index_keys(table, value);
      after = value;
    }
    if (kind == Kind::update) {
      Json updated = updated_item(table, actions, before, value);
      if (before || creates_item(actions)) after = std::move(updated);
    }
  } catch (const AwsError& error) {
    return {{"Code", "ValidationError"}, {"Message", error.message()}};
  }
  return {{"Code", "None"}};
}

void ItemChange::carry_out(RequestContext& context, Capacity& capacity, Capacity::Transactional transactional) const {
  ItemWriter writer(context);
  if (after) writer.put(table, key, *after, before);
  if (kind == Kind::removal && before) writer.erase(table, key, *before);
  if (kind == Kind::check) {
    capacity.add_table(Capacity::write_units(before ? item_size(*before) : 0, transactional));
  } else {
    capacity.add_write(table, before ? &*before : nullptr, after ? &*after : nullptr, transactional);
  }
}

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

Json capacity_reports(const std::map<std::string, Capacity>& capacities, const std::string& wanted,
                      Capacity::Split split) {
  Json out = Json::array();
  for (const auto& [name, capacity] : capacities) {
    if (Json report = capacity.report(name, wanted, split); !report.is_null()) out.push_back(std::move(report));
  }
  return out.empty() ? Json() : out;
}

}  // namespace orrery::dynamodb
