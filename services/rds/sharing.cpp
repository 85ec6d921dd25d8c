#include "services/rds/sharing.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/snapshot.hpp"

namespace orrery::rds {

namespace {

constexpr const char* kEverybody = "all";
constexpr std::size_t kMostAccounts = 20;

std::vector<std::string> accounts_of(const storage::Resource& snapshot) {
  return snapshot.hidden.value("restore_accounts", std::vector<std::string>{});
}

bool listed(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool may_restore(const storage::Resource& snapshot, const std::string& account) {
  const auto accounts = accounts_of(snapshot);
  return listed(accounts, account) || listed(accounts, kEverybody);
}

Json attributes(const storage::Resource& snapshot) {
  return {{"DBSnapshotAttributesResult",
           {{"DBSnapshotIdentifier", snapshot.id},
            {"DBSnapshotAttributes",
             Json::array({Json{{"AttributeName", "restore"}, {"AttributeValues", accounts_of(snapshot)}}})}}}};
}

void check_account(const storage::Resource& snapshot, const std::string& account) {
  const bool number = account.size() == 12 && account.find_first_not_of("0123456789") == std::string::npos;
  if (!number && account != kEverybody) throw invalid_parameter_value("Invalid account ID: " + account);
  if (account == kEverybody && snapshot.document.at("Encrypted").get<bool>())
    throw invalid_parameter_value("Encrypted snapshots can't be shared publicly.");
}

}  // namespace

std::optional<storage::Resource> shared_snapshot(RequestContext& context, const std::string& arn) {
  const auto location = storage::find_by_arn(context.tx, arn);
  if (!location || location->service != "rds" || location->kind != kSnapshot) return std::nullopt;
  auto snapshot =
      storage::ResourceTable(context.tx, location->account, location->region, "rds").find(kSnapshot, location->id);
  if (!snapshot || !may_restore(*snapshot, context.account)) return std::nullopt;
  return snapshot;
}

std::vector<storage::Resource> shared_snapshots(RequestContext& context, Shared shared) {
  std::vector<storage::Resource> found;
  for (const storage::Location& location : storage::locations(context.tx, "rds", kSnapshot)) {
    if (location.account == context.account || location.region != context.region) continue;
    auto snapshot =
        storage::ResourceTable(context.tx, location.account, location.region, "rds").find(kSnapshot, location.id);
    const std::string who = shared == Shared::with_caller ? context.account : std::string(kEverybody);
    if (snapshot && listed(accounts_of(*snapshot), who)) found.push_back(std::move(*snapshot));
  }
  return found;
}

Json describe_snapshot_attributes(RequestContext& context, const Input& input) {
  return attributes(snapshot_named(context, input.str("DBSnapshotIdentifier")));
}

Json modify_snapshot_attribute(RequestContext& context, const Input& input) {
  storage::Resource snapshot = snapshot_named(context, input.str("DBSnapshotIdentifier"));
  if (input.str("AttributeName") != "restore")
    throw invalid_parameter_value("Invalid snapshot attribute: " + input.str("AttributeName"));
  if (snapshot.document.at("SnapshotType") != "manual")
    throw AwsError("InvalidDBSnapshotState", 400, "Only manual snapshots can be shared: " + snapshot.id);
  auto accounts = accounts_of(snapshot);
  for (const std::string& account : input.strings("ValuesToAdd")) {
    check_account(snapshot, account);
    if (!listed(accounts, account)) accounts.push_back(account);
  }
  const auto removed = input.strings("ValuesToRemove");
  std::erase_if(accounts, [&](const std::string& account) { return listed(removed, account); });
  if (accounts.size() > kMostAccounts)
    throw AwsError("SharedSnapshotQuotaExceeded", 400, "A snapshot can be shared with at most 20 accounts.");
  std::sort(accounts.begin(), accounts.end());
  snapshot.hidden["restore_accounts"] = accounts;
  context.resources().put(snapshot);
  return attributes(snapshot);
}

}  // namespace orrery::rds
