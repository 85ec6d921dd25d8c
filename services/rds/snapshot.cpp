#include "services/rds/snapshot.hpp"

#include "aws/ids.hpp"
#include "engines/supervisor.hpp"
#include "registry/filters.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/running.hpp"
#include "services/rds/security.hpp"
#include "services/rds/sharing.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/tags.hpp"

namespace orrery::rds {

namespace {

Json view(RequestContext& context, const storage::Resource& snapshot) {
  Json out = snapshot.document;
  out["Status"] = snapshot_status(context, snapshot);
  out["PercentProgress"] = out.at("Status") == "available" ? 100 : 0;
  out["TagList"] = tag_list(context.resources().tags(kSnapshot, snapshot.id));
  return out;
}

std::vector<std::string> snapshot_filter_values(const storage::Resource& snapshot, std::string_view name) {
  if (name == "db-instance-id") return {snapshot.document.at("DBInstanceIdentifier")};
  if (name == "db-snapshot-id") return {snapshot.id, snapshot.arn};
  if (name == "dbi-resource-id") return {snapshot.document.at("DbiResourceId")};
  if (name == "snapshot-type") return {snapshot.document.at("SnapshotType")};
  return {snapshot.document.at("Engine")};
}

bool known_snapshot_filter(std::string_view name) {
  return name == "db-instance-id" || name == "db-snapshot-id" || name == "dbi-resource-id" || name == "snapshot-type" ||
         name == "engine";
}

/// Names of snapshots can come again; those of copies never do, since a copy is made but once.
std::string new_copy_id(const RequestContext& context) {
  return "rds-snapshot/" + context.account + "/" + context.region + "/" + aws::random_hex(16);
}

storage::Resource named(RequestContext& context, const std::string& name, const std::string& type) {
  storage::Resource snapshot{.kind = std::string(kSnapshot), .id = name, .arn = context.arn("snapshot:" + name)};
  snapshot.created = context.now;
  snapshot.document = {{"DBSnapshotIdentifier", name},
                       {"DBSnapshotArn", snapshot.arn},
                       {"Status", "available"},
                       {"SnapshotType", type},
                       {"SnapshotTarget", "region"},
                       {"PercentProgress", 100},
                       {"SnapshotCreateTime", context.timestamp()}};
  return snapshot;
}

storage::Resource snapshot_of(RequestContext& context, const storage::Resource& instance, const std::string& name,
                              const std::string& type) {
  storage::Resource snapshot = named(context, name, type);
  const Json& from = instance.document;
  Json& document = snapshot.document;
  document["OriginalSnapshotCreateTime"] = context.timestamp();
  document["SnapshotDatabaseTime"] = context.timestamp();
  document["Encrypted"] = from.at("StorageEncrypted");
  document["Port"] = port_of(instance);
  document["OptionGroupName"] = from.at("OptionGroupMemberships").at(0).at("OptionGroupName");
  for (const char* member :
       {"DBInstanceIdentifier", "Engine", "EngineVersion", "AllocatedStorage", "AvailabilityZone", "InstanceCreateTime",
        "MasterUsername", "LicenseModel", "Iops", "StorageThroughput", "StorageType", "KmsKeyId",
        "IAMDatabaseAuthenticationEnabled", "DbiResourceId", "DedicatedLogVolume"})
    if (from.contains(member)) document[member] = from.at(member);
  if (const auto group = find_subnet_group(context, from.at("DBSubnetGroup").at("DBSubnetGroupName")))
    document["VpcId"] = group->at("VpcId");
  // What an instance restored from it begins with.
  snapshot.hidden = {{"instance", from},
                     {"port", port_of(instance)},
                     {"password", password_of(context, instance)},
                     {"tags", context.resources().tags(kInstance, instance.id)}};
  if (engine_runs(context, instance)) {
    snapshot.hidden["copy"] = {
        {"id", new_copy_id(context)}, {"source", engine_id(context, instance)}, {"from_copy", ""}};
    poke(context);
  }
  context.resources().put(snapshot);
  if (from.at("CopyTagsToSnapshot").get<bool>())
    context.resources().tag(kSnapshot, name, context.resources().tags(kInstance, instance.id));
  return snapshot;
}

AwsError invalid_snapshot_state(const std::string& message) { return {"InvalidDBSnapshotState", 400, message}; }

/// A snapshot of this account by name, or by ARN in any region.
storage::Resource copy_source(RequestContext& context, const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  if (!arn.valid() || arn.account != context.account) return restorable_snapshot(context, reference);
  if (!arn.resource.starts_with("snapshot:")) throw snapshot_not_found(reference);
  auto found = context.resources("rds", arn.region).find(kSnapshot, lower(arn.resource.substr(9)));
  if (!found) throw snapshot_not_found(reference);
  return std::move(*found);
}

}  // namespace

storage::Resource snapshot_named(RequestContext& context, const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  const std::string name =
      lower(arn.valid() && arn.resource.starts_with("snapshot:") ? arn.resource.substr(9) : reference);
  auto snapshot = context.resources().find(kSnapshot, name);
  if (!snapshot) throw snapshot_not_found(name);
  return std::move(*snapshot);
}

storage::Resource restorable_snapshot(RequestContext& context, const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  if (!arn.valid() || arn.account == context.account) return snapshot_named(context, reference);
  auto shared = shared_snapshot(context, kSnapshot, reference);
  if (!shared) throw snapshot_not_found(reference);
  return std::move(*shared);
}

engines::Copy copy_of(const storage::Resource& snapshot) {
  const auto copy = snapshot.hidden.find("copy");
  if (copy == snapshot.hidden.end()) return {};
  return {copy->at("id"), copy->at("source"), copy->at("from_copy")};
}

std::string snapshot_status(RequestContext& context, const storage::Resource& snapshot) {
  const engines::Copy copy = copy_of(snapshot);
  if (copy.id.empty()) return snapshot.document.value("Status", "available");
  if (!has_engine(context, snapshot.document.at("Engine"))) return "available";
  switch (context.peers.engines->copy_status(copy.id).phase) {
    case engines::CopyPhase::complete:
      return "available";
    case engines::CopyPhase::failed:
      return "failed";
    default:
      return "creating";
  }
}

Json take_snapshot(RequestContext& context, const storage::Resource& instance, const std::string& identifier,
                   const storage::Tags& tags) {
  const std::string name = checked_identifier("DBSnapshotIdentifier", identifier, 255);
  if (context.resources().exists(kSnapshot, name)) throw snapshot_exists(name);
  const storage::Resource snapshot = snapshot_of(context, instance, name, "manual");
  context.resources().tag(kSnapshot, name, tags);
  record_event(context, "db-snapshot", snapshot, "creation", "Manual snapshot created");
  return view(context, snapshot);
}

void take_automated_snapshot(RequestContext& context, const storage::Resource& instance) {
  std::string time = aws::iso8601(context.now).substr(0, 16);
  time[10] = time[13] = '-';
  const std::string name = "rds:" + instance.id + "-" + time;
  if (context.resources().exists(kSnapshot, name)) return;
  record_event(context, "db-instance", instance, "backup", "Backing up DB instance");
  snapshot_of(context, instance, name, "automated");
  record_event(context, "db-instance", instance, "backup", "Finished DB Instance backup");
}

std::optional<std::string> final_snapshot_of(const Input& input) {
  const bool skip = input.flag("SkipFinalSnapshot");
  const std::string identifier = input.str("FinalDBSnapshotIdentifier");
  if (skip && !identifier.empty())
    throw invalid_parameter_combination(
        "FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is enabled.");
  if (!skip && identifier.empty())
    throw invalid_parameter_combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
  if (skip) return std::nullopt;
  return identifier;
}

void drop_snapshot(RequestContext& context, const storage::Resource& snapshot) {
  context.resources().erase(kSnapshot, snapshot.id);
  poke(context);
}

Json create_snapshot(RequestContext& context, const Input& input) {
  const std::string identifier = input.str("DBSnapshotIdentifier");
  const storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  if (is_member(instance))
    throw invalid_parameter_combination(
        "The specified instance is a member of a cluster and a snapshot cannot be created directly. Please use the "
        "CreateDBClusterSnapshot API instead.");
  require_available(context, instance);
  return {{"DBSnapshot", take_snapshot(context, instance, identifier, read_tags(input))}};
}

Json copy_snapshot(RequestContext& context, const Input& input) {
  for (const char* member : {"TargetCustomAvailabilityZone", "SnapshotAvailabilityZone"})
    if (!input.str(member).empty()) throw not_built(std::string("CopyDBSnapshot with ") + member);
  if (input.str("SnapshotTarget", "region") != "region") throw not_built("CopyDBSnapshot to another target");
  if (!input.str("OptionGroupName").empty() || input.flag("CopyOptionGroup"))
    throw not_built("CopyDBSnapshot with an option group");
  input.acknowledge("PreSignedUrl", "the source is in the same store");
  input.acknowledge("SourceRegion", "clients make the presigned URL of it");
  const std::string name =
      checked_identifier("TargetDBSnapshotIdentifier", input.str("TargetDBSnapshotIdentifier"), 255);
  const storage::Resource source = copy_source(context, input.str("SourceDBSnapshotIdentifier"));
  if (snapshot_status(context, source) != "available")
    throw invalid_snapshot_state("Snapshot " + source.id + " is not in available state.");
  if (context.resources().exists(kSnapshot, name)) throw snapshot_exists(name);
  storage::Resource copy = named(context, name, "manual");
  for (const auto& [member, value] : source.document.items())
    if (!copy.document.contains(member)) copy.document[member] = value;
  copy.document["SourceDBSnapshotIdentifier"] = source.arn;
  copy.document["SourceRegion"] = aws::parse_arn(source.arn).region;
  if (const std::string key = input.str("KmsKeyId"); !key.empty()) {
    copy.document["Encrypted"] = true;
    copy.document["KmsKeyId"] = key_arn(context, key);
  }
  copy.hidden = source.hidden;
  copy.hidden.erase("restore_accounts");
  if (const engines::Copy data = copy_of(source); !data.id.empty()) {
    copy.hidden["copy"] = {{"id", new_copy_id(context)}, {"source", ""}, {"from_copy", data.id}};
    poke(context);
  }
  context.resources().put(copy);
  storage::Tags tags = read_tags(input);
  if (input.flag("CopyTags"))
    tags.merge(storage::ResourceTable(context.tx, context.account, copy.document.at("SourceRegion"), "rds")
                   .tags(kSnapshot, source.id));
  context.resources().tag(kSnapshot, name, tags);
  return {{"DBSnapshot", view(context, copy)}};
}

Json describe_snapshots(RequestContext& context, const Input& input) {
  const std::string wanted = lower(input.str("DBSnapshotIdentifier")), of = lower(input.str("DBInstanceIdentifier"));
  const std::string type = input.str("SnapshotType"), resource = input.str("DbiResourceId");
  const Filters filters(input);
  const auto unknown = filters.unknown(known_snapshot_filter);
  if (!unknown.empty()) throw invalid_parameter_value("Unrecognized filter name: " + unknown.front());
  std::vector<Json> snapshots;
  for (const storage::Resource& snapshot : visible_snapshots(context, kSnapshot, input)) {
    const Json& document = snapshot.document;
    if (!wanted.empty() && snapshot.id != wanted && lower(snapshot.arn) != wanted) continue;
    if (!of.empty() && document.at("DBInstanceIdentifier") != of) continue;
    if (!type.empty() && type != "shared" && type != "public" && document.at("SnapshotType") != type) continue;
    if (!resource.empty() && document.at("DbiResourceId") != resource) continue;
    if (!filters.match([&](std::string_view name) { return snapshot_filter_values(snapshot, name); })) continue;
    snapshots.push_back(view(context, snapshot));
  }
  if (!wanted.empty() && snapshots.empty()) throw snapshot_not_found(wanted);
  return page(input, "DBSnapshots", std::move(snapshots), "DBSnapshotIdentifier");
}

Json delete_snapshot(RequestContext& context, const Input& input) {
  const storage::Resource snapshot = snapshot_named(context, input.str("DBSnapshotIdentifier"));
  if (snapshot.document.at("SnapshotType") == "automated")
    throw invalid_snapshot_state("Deletion of automated snapshots is not permitted: " + snapshot.id);
  if (snapshot_status(context, snapshot) == "creating")
    throw invalid_snapshot_state("Cannot delete the snapshot because it is not currently in the available state.");
  Json out = view(context, snapshot);
  out["Status"] = "deleted";
  drop_snapshot(context, snapshot);
  record_event(context, "db-snapshot", snapshot, "deletion", "Deleted manual snapshot");
  return {{"DBSnapshot", out}};
}

}  // namespace orrery::rds
