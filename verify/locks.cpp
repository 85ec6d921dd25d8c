#include "verify/site.hpp"

namespace orrery::verify {

namespace {

// Terraform's backend "s3" with dynamodb_table: a table whose only key is LockID, an item with "Info" while a state is
// locked, and an item "<state>-md5" that stays (internal/backend/remote-state/s3/client.go).
constexpr const char* kKey = "LockID";
constexpr std::string_view kDigest = "-md5";

bool is_lock_table(const Json& table) {
  const Json& keys = table.at("KeySchema");
  return keys.size() == 1 && keys[0].at("AttributeName") == kKey;
}

std::string string_of(const Json& item, const char* attribute) {
  return item.value(attribute, Json::object()).value("S", "");
}

std::string holder(const Json& item) {
  const std::string lock = string_of(item, kKey);
  const Json info = Json::parse(string_of(item, "Info"), nullptr, false);
  if (!info.is_object()) return lock + " is held";
  return lock + " is held by " + info.value("Who", "") + " (" + info.value("Operation", "") + ") since " +
         info.value("Created", "") + ", lock id " + info.value("ID", "");
}

Outcome look(const Api& api, const std::string& table) {
  const auto items = api.all(kDynamoDb, "Scan", {"Items", "ExclusiveStartKey", "LastEvaluatedKey"},
                             {{"TableName", table}, {"ConsistentRead", true}});
  std::string held;
  std::size_t states = 0;
  for (const Json& item : items) {
    if (string_of(item, kKey).ends_with(kDigest)) {
      ++states;
    } else {
      held += (held.empty() ? "" : "; ") + holder(item);
    }
  }
  if (!held.empty()) return failed(held);
  return ok("free, " + std::to_string(states) + (states == 1 ? " state known" : " states known"));
}

}  // namespace

void check_locks(Site& site) {
  const auto names =
      site.api.all(kDynamoDb, "ListTables", {"TableNames", "ExclusiveStartTableName", "LastEvaluatedTableName"});
  for (const Json& name : names) {
    const Json table = site.api.call(kDynamoDb, "DescribeTable", {{"TableName", name}}).at("Table");
    if (is_lock_table(table)) site.check({"lock table", name, ""}, [&] { return look(site.api, name); });
  }
}

}  // namespace orrery::verify
