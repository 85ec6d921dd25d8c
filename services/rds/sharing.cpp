#include "services/rds/sharing.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "services/rds/cluster_snapshot.hpp"
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

/// Snapshots of instances and of clusters are the same but for their names.
struct Flavor {
  std::string_view kind;
  const char* name;        ///< the member that names one
  const char* attributes;  ///< and the list of its attributes
  const char* result;
  const char* encrypted;
  const char* invalid_state;
  storage::Resource (*find)(RequestContext&, const std::string&);
};
constexpr Flavor kOfInstances{
    kSnapshot,   "DBSnapshotIdentifier",   "DBSnapshotAttributes", "DBSnapshotAttributesResult",
    "Encrypted", "InvalidDBSnapshotState", &snapshot_named};
constexpr Flavor kOfClusters{kClusterSnapshot,
                             "DBClusterSnapshotIdentifier",
                             "DBClusterSnapshotAttributes",
                             "DBClusterSnapshotAttributesResult",
                             "StorageEncrypted",
                             "InvalidDBClusterSnapshotStateFault",
                             &cluster_snapshot_named};

Json attributes(const Flavor& flavor, const storage::Resource& snapshot) {
  return {{flavor.result,
           {{flavor.name, snapshot.id},
            {flavor.attributes,
             Json::array({Json{{"AttributeName", "restore"}, {"AttributeValues", accounts_of(snapshot)}}})}}}};
}

void check_account(const Flavor& flavor, const storage::Resource& snapshot, const std::string& account) {
  const bool number = account.size() == 12 && account.find_first_not_of("0123456789") == std::string::npos;
  if (!number && account != kEverybody) throw invalid_parameter_value("Invalid account ID: " + account);
  if (account == kEverybody && snapshot.document.at(flavor.encrypted).get<bool>())
    throw invalid_parameter_value("Encrypted snapshots can't be shared publicly.");
}

/// Other accounts' snapshots of this region that are shared with `whom`.
std::vector<storage::Resource> shared_with(RequestContext& context, std::string_view kind, const std::string& whom) {
  std::vector<storage::Resource> found;
  for (const storage::Location& location : storage::locations(context.tx, "rds", kind)) {
    if (location.account == context.account || location.region != context.region) continue;
    auto snapshot =
        storage::ResourceTable(context.tx, location.account, location.region, "rds").find(kind, location.id);
    if (snapshot && listed(accounts_of(*snapshot), whom)) found.push_back(std::move(*snapshot));
  }
  return found;
}

Json modify(RequestContext& context, const Flavor& flavor, const Input& input) {
  storage::Resource snapshot = flavor.find(context, input.str(flavor.name));
  if (input.str("AttributeName") != "restore")
    throw invalid_parameter_value("Invalid snapshot attribute: " + input.str("AttributeName"));
  if (snapshot.document.at("SnapshotType") != "manual")
    throw AwsError(flavor.invalid_state, 400, "Only manual snapshots can be shared: " + snapshot.id);
  auto accounts = accounts_of(snapshot);
  for (const std::string& account : input.strings("ValuesToAdd")) {
    check_account(flavor, snapshot, account);
    if (!listed(accounts, account)) accounts.push_back(account);
  }
  const auto removed = input.strings("ValuesToRemove");
  std::erase_if(accounts, [&](const std::string& account) { return listed(removed, account); });
  if (accounts.size() > kMostAccounts)
    throw AwsError("SharedSnapshotQuotaExceeded", 400, "A snapshot can be shared with at most 20 accounts.");
  std::sort(accounts.begin(), accounts.end());
  snapshot.hidden["restore_accounts"] = accounts;
  context.resources().put(snapshot);
  return attributes(flavor, snapshot);
}

}  // namespace

std::optional<storage::Resource> shared_snapshot(RequestContext& context, std::string_view kind,
                                                 const std::string& arn) {
  const auto location = storage::find_by_arn(context.tx, arn);
  if (!location || location->service != "rds" || location->kind != kind) return std::nullopt;
  auto snapshot =
      storage::ResourceTable(context.tx, location->account, location->region, "rds").find(kind, location->id);
  if (!snapshot || !may_restore(*snapshot, context.account)) return std::nullopt;
  return snapshot;
}

std::vector<storage::Resource> visible_snapshots(RequestContext& context, std::string_view kind, const Input& input) {
  const std::string type = input.str("SnapshotType");
  std::vector<storage::Resource> found;
  if (type != "shared" && type != "public") found = context.resources().list(kind);
  const auto add = [&](const std::string& whom) {
    for (storage::Resource& snapshot : shared_with(context, kind, whom)) {
      snapshot.id = snapshot.document[kind == kSnapshot ? kOfInstances.name : kOfClusters.name] = snapshot.arn;
      found.push_back(std::move(snapshot));
    }
  };
  if (type == "shared" || input.flag("IncludeShared")) add(context.account);
  if (type == "public" || input.flag("IncludePublic")) add(kEverybody);
  return found;
}

Json describe_snapshot_attributes(RequestContext& context, const Input& input) {
  return attributes(kOfInstances, snapshot_named(context, input.str("DBSnapshotIdentifier")));
}

Json describe_cluster_snapshot_attributes(RequestContext& context, const Input& input) {
  return attributes(kOfClusters, cluster_snapshot_named(context, input.str("DBClusterSnapshotIdentifier")));
}

Json modify_snapshot_attribute(RequestContext& context, const Input& input) {
  return modify(context, kOfInstances, input);
}

Json modify_cluster_snapshot_attribute(RequestContext& context, const Input& input) {
  return modify(context, kOfClusters, input);
}

}  // namespace orrery::rds
