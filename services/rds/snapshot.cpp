#include "services/rds/snapshot.hpp"

#include "registry/filters.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/running.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/tags.hpp"

namespace orrery::rds {

namespace {

constexpr std::string_view kKind = "db-snapshot";

Json view(RequestContext& context, const storage::Resource& snapshot) {
  Json out = snapshot.document;
  out["TagList"] = tag_list(context.resources().tags(kKind, snapshot.id));
  return out;
}

std::vector<std::string> filter_values(const storage::Resource& snapshot, std::string_view name) {
  if (name == "db-instance-id") return {snapshot.document.at("DBInstanceIdentifier")};
  if (name == "db-snapshot-id") return {snapshot.id, snapshot.arn};
  if (name == "dbi-resource-id") return {snapshot.document.at("DbiResourceId")};
  if (name == "snapshot-type") return {snapshot.document.at("SnapshotType")};
  return {snapshot.document.at("Engine")};
}

bool known_filter(std::string_view name) {
  return name == "db-instance-id" || name == "db-snapshot-id" || name == "dbi-resource-id" || name == "snapshot-type" ||
         name == "engine";
}

}  // namespace

Json take_snapshot(RequestContext& context, const storage::Resource& instance, const std::string& identifier,
                   const storage::Tags& tags) {
  const std::string name = checked_identifier("DBSnapshotIdentifier", identifier, 255);
  storage::ResourceTable table = context.resources();
  if (table.exists(kKind, name)) throw snapshot_exists(name);
  storage::Resource snapshot{.kind = std::string(kKind), .id = name, .arn = context.arn("snapshot:" + name)};
  const Json& from = instance.document;
  snapshot.document = {{"DBSnapshotIdentifier", name},
                       {"DBSnapshotArn", snapshot.arn},
                       {"Status", "available"},
                       {"SnapshotType", "manual"},
                       {"SnapshotTarget", "region"},
                       {"PercentProgress", 100},
                       {"SnapshotCreateTime", context.timestamp()},
                       {"OriginalSnapshotCreateTime", context.timestamp()},
                       {"SnapshotDatabaseTime", context.timestamp()},
                       {"Encrypted", from.at("StorageEncrypted")},
                       {"Port", port_of(instance)},
                       {"OptionGroupName", from.at("OptionGroupMemberships").at(0).at("OptionGroupName")}};
  for (const char* member :
       {"DBInstanceIdentifier", "Engine", "EngineVersion", "AllocatedStorage", "AvailabilityZone", "InstanceCreateTime",
        "MasterUsername", "LicenseModel", "Iops", "StorageThroughput", "StorageType", "KmsKeyId",
        "IAMDatabaseAuthenticationEnabled", "DbiResourceId", "DedicatedLogVolume"})
    if (from.contains(member)) snapshot.document[member] = from.at(member);
  if (const auto group = find_subnet_group(context, from.at("DBSubnetGroup").at("DBSubnetGroupName")))
    snapshot.document["VpcId"] = group->at("VpcId");
  snapshot.created = context.now;
  table.put(snapshot);
  if (from.at("CopyTagsToSnapshot").get<bool>()) table.tag(kKind, name, table.tags(kInstance, instance.id));
  table.tag(kKind, name, tags);
  return view(context, snapshot);
}

Json create_snapshot(RequestContext& context, const Input& input) {
  const std::string identifier = input.str("DBSnapshotIdentifier");
  const storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  require_available(context, instance);
  return {{"DBSnapshot", take_snapshot(context, instance, identifier, read_tags(input))}};
}

Json describe_snapshots(RequestContext& context, const Input& input) {
  const std::string wanted = lower(input.str("DBSnapshotIdentifier")), of = lower(input.str("DBInstanceIdentifier"));
  const std::string type = input.str("SnapshotType"), resource = input.str("DbiResourceId");
  input.acknowledge("IncludeShared", "no other account shares snapshots with this one");
  input.acknowledge("IncludePublic", "no snapshot is public");
  const Filters filters(input);
  const auto unknown = filters.unknown(known_filter);
  if (!unknown.empty()) throw invalid_parameter_value("Unrecognized filter name: " + unknown.front());
  std::vector<Json> snapshots;
  for (const storage::Resource& snapshot : context.resources().list(kKind)) {
    const Json& document = snapshot.document;
    if (!wanted.empty() && snapshot.id != wanted && lower(snapshot.arn) != wanted) continue;
    if (!of.empty() && document.at("DBInstanceIdentifier") != of) continue;
    if (!type.empty() && document.at("SnapshotType") != type) continue;
    if (!resource.empty() && document.at("DbiResourceId") != resource) continue;
    if (!filters.match([&](std::string_view name) { return filter_values(snapshot, name); })) continue;
    snapshots.push_back(view(context, snapshot));
  }
  if (!wanted.empty() && snapshots.empty()) throw snapshot_not_found(wanted);
  return page(input, "DBSnapshots", std::move(snapshots), "DBSnapshotIdentifier");
}

Json delete_snapshot(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("DBSnapshotIdentifier"));
  auto snapshot = context.resources().find(kKind, name);
  if (!snapshot) throw snapshot_not_found(name);
  Json out = view(context, *snapshot);
  out["Status"] = "deleted";
  context.resources().erase(kKind, name);
  return {{"DBSnapshot", out}};
}

}  // namespace orrery::rds
