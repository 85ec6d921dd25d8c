#include "services/rds/automated_backups.hpp"

#include "aws/ids.hpp"
#include "registry/filters.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/running.hpp"
#include "services/rds/snapshot.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/windows.hpp"

namespace orrery::rds {

namespace {

constexpr std::string_view kRetained = "db-automated-backup";
constexpr aws::Millis kDay = aws::Millis{24} * 3600 * 1000;

std::int64_t retention(const Json& document) { return document.at("BackupRetentionPeriod").get<std::int64_t>(); }

std::vector<storage::Resource> automated_snapshots(RequestContext& context, const Json& of) {
  std::vector<storage::Resource> all = context.resources().list(kSnapshot);
  std::erase_if(all, [&](const storage::Resource& snapshot) {
    return snapshot.document.at("SnapshotType") != "automated" ||
           snapshot.document.at("DbiResourceId") != of.at("DbiResourceId");
  });
  return all;
}

void drop_older(RequestContext& context, const Json& of, aws::Millis than) {
  for (const storage::Resource& snapshot : automated_snapshots(context, of))
    if (snapshot.created < than) drop_snapshot(context, snapshot);
}

std::string backup_arn(RequestContext& context, const Json& instance) {
  const std::string id = instance.at("DbiResourceId");
  return context.arn("auto-backup:ab-" + lower(id.substr(id.find('-') + 1)));
}

Json described(RequestContext& context, const storage::Resource& instance) {
  const Json& from = instance.document;
  Json out{{"DBInstanceAutomatedBackupsArn", backup_arn(context, from)},
           {"Region", context.region},
           {"Port", port_of(instance)},
           {"Status", "active"},
           {"Encrypted", from.at("StorageEncrypted")},
           {"OptionGroupName", from.at("OptionGroupMemberships").at(0).at("OptionGroupName")}};
  for (const char* member :
       {"DBInstanceArn", "DbiResourceId", "DBInstanceIdentifier", "AllocatedStorage", "AvailabilityZone",
        "InstanceCreateTime", "MasterUsername", "Engine", "EngineVersion", "LicenseModel", "Iops", "StorageThroughput",
        "StorageType", "KmsKeyId", "IAMDatabaseAuthenticationEnabled", "BackupRetentionPeriod", "PreferredBackupWindow",
        "BackupTarget", "DedicatedLogVolume"})
    if (from.contains(member)) out[member] = from.at(member);
  if (const auto group = find_subnet_group(context, from.at("DBSubnetGroup").at("DBSubnetGroupName")))
    out["VpcId"] = group->at("VpcId");
  const Json window = restore_window(context, instance);
  if (!window.is_null()) out["RestoreWindow"] = window;
  return out;
}

std::vector<std::string> filter_values(const Json& backup, std::string_view name) {
  if (name == "status") return {backup.at("Status")};
  if (name == "db-instance-id") return {backup.at("DBInstanceIdentifier"), backup.at("DBInstanceArn")};
  return {backup.at("DbiResourceId")};
}

bool known_backup_filter(std::string_view name) {
  return name == "status" || name == "db-instance-id" || name == "dbi-resource-id";
}

AwsError backup_not_found(const std::string& what) {
  return {"DBInstanceAutomatedBackupNotFound", 404, "DBInstanceAutomatedBackup " + what + " not found."};
}

}  // namespace

bool back_up(RequestContext& context, storage::Resource& instance) {
  if (is_member(instance)) return false;
  const Json& document = instance.document;
  const auto last = instance.hidden.find("last_backup");
  const bool began = last != instance.hidden.end();
  if (retention(document) == 0) {
    // "Setting this parameter to 0 disables backups", and the automated ones go.
    if (!began) return false;
    drop_older(context, document, context.now + 1);
    instance.hidden.erase("last_backup");
    return true;
  }
  if (began && context.now < next_backup(document.at("PreferredBackupWindow"), last->get<aws::Millis>())) return false;
  if (status_of(context, instance) != "available") return false;
  take_automated_snapshot(context, instance);
  drop_older(context, document, context.now - retention(document) * kDay);
  instance.hidden["last_backup"] = context.now;
  return true;
}

void end_backups(RequestContext& context, const storage::Resource& instance, Keep keep) {
  if (retention(instance.document) == 0) return;
  if (keep == Keep::no) return drop_older(context, instance.document, context.now + 1);
  storage::Resource retained{.kind = std::string(kRetained),
                             .id = instance.document.at("DbiResourceId"),
                             .arn = backup_arn(context, instance.document)};
  retained.document = described(context, instance);
  retained.document["Status"] = "retained";
  retained.hidden = {{"instance", instance.document},
                     {"port", port_of(instance)},
                     {"password", password_of(context, instance)},
                     {"tags", context.resources().tags(kInstance, instance.id)}};
  retained.created = context.now;
  context.resources().put(retained);
}

void forget_backups(RequestContext& context) {
  const std::string account = context.account, region = context.region;
  for (const storage::Location& location : storage::locations(context.tx, "rds", kRetained)) {
    context.account = location.account;
    context.region = location.region;
    const auto retained = context.resources().find(kRetained, location.id);
    if (!retained) continue;
    const aws::Millis oldest = context.now - retention(retained->document) * kDay;
    drop_older(context, retained->document, oldest);
    if (retained->created < oldest) context.resources().erase(kRetained, location.id);
  }
  context.account = account;
  context.region = region;
}

storage::Resource backup_named(RequestContext& context, const std::string& arn) {
  for (storage::Resource& retained : context.resources().list(kRetained))
    if (retained.arn == arn) return std::move(retained);
  for (const storage::Resource& instance : context.resources().list(kInstance)) {
    if (backup_arn(context, instance.document) != arn) continue;
    storage::Resource backup{.kind = std::string(kRetained), .id = instance.document.at("DbiResourceId"), .arn = arn};
    backup.document = described(context, instance);
    return backup;
  }
  throw backup_not_found(arn);
}

Json restore_window(RequestContext& context, const storage::Resource& instance) {
  aws::Millis earliest = 0;
  for (const storage::Resource& snapshot : automated_snapshots(context, instance.document))
    if (earliest == 0 || snapshot.created < earliest) earliest = snapshot.created;
  if (earliest == 0) return nullptr;
  return {{"EarliestTime", aws::seconds(earliest)}, {"LatestTime", context.timestamp()}};
}

Json describe_automated_backups(RequestContext& context, const Input& input) {
  const std::string resource = input.str("DbiResourceId"), arn = input.str("DBInstanceAutomatedBackupsArn");
  const std::string name = lower(input.str("DBInstanceIdentifier"));
  const Filters filters(input);
  const auto unknown = filters.unknown(known_backup_filter);
  if (!unknown.empty()) throw invalid_parameter_value("Unrecognized filter name: " + unknown.front());
  std::vector<Json> all, found;
  for (const storage::Resource& instance : context.resources().list(kInstance))
    if (retention(instance.document) != 0 && !is_member(instance)) all.push_back(described(context, instance));
  for (const storage::Resource& retained : context.resources().list(kRetained)) all.push_back(retained.document);
  for (Json& backup : all) {
    if (!resource.empty() && backup.at("DbiResourceId") != resource) continue;
    if (!arn.empty() && backup.at("DBInstanceAutomatedBackupsArn") != arn) continue;
    if (!name.empty() && backup.at("DBInstanceIdentifier") != name) continue;
    if (filters.match([&](std::string_view filter) { return filter_values(backup, filter); }))
      found.push_back(std::move(backup));
  }
  if (found.empty() && !arn.empty()) throw backup_not_found(arn);
  return page(input, "DBInstanceAutomatedBackups", std::move(found), "DbiResourceId");
}

Json delete_automated_backup(RequestContext& context, const Input& input) {
  const std::string resource = input.str("DbiResourceId"), arn = input.str("DBInstanceAutomatedBackupsArn");
  for (const storage::Resource& retained : context.resources().list(kRetained)) {
    if (retained.id != resource && retained.arn != arn) continue;
    Json out = retained.document;
    out["Status"] = "deleting";
    drop_older(context, retained.document, context.now + 1);
    context.resources().erase(kRetained, retained.id);
    return {{"DBInstanceAutomatedBackup", out}};
  }
  for (const storage::Resource& instance : context.resources().list(kInstance))
    if (instance.document.at("DbiResourceId") == resource || backup_arn(context, instance.document) == arn)
      throw AwsError("InvalidDBInstanceAutomatedBackupState", 400,
                     "The automated backup is in an invalid state: it is active, and only retained ones can be "
                     "deleted.");
  throw backup_not_found(resource.empty() ? arn : resource);
}

}  // namespace orrery::rds
