#include <algorithm>

#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/disks.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/network.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/pending.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/running.hpp"
#include "services/rds/security.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/versions.hpp"
#include "services/rds/watching.hpp"
#include "services/rds/windows.hpp"

namespace orrery::rds {

namespace {

std::string text(const Json& document, const char* member) { return document.at(member).get<std::string>(); }

ChosenVersion change_version(RequestContext& context, const Engine& engine, const Input& input,
                             storage::Resource& instance) {
  if (input.has("Engine") && lower(input.str("Engine")) != engine.name)
    throw invalid_parameter_combination("The engine of a DB instance can't be changed.");
  const bool major_allowed = input.flag("AllowMajorVersionUpgrade");
  const auto [current, target] =
      checked_upgrade(context, engine, text(instance.document, "EngineVersion"), input, instance.arn);
  if (is_member(instance) && target.version != current.version)
    throw invalid_parameter_combination("The engine version of a member of a DB cluster is the cluster's.");
  if (target.major != current.major && !major_allowed)
    throw invalid_parameter_combination(
        "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.");
  instance.document["EngineVersion"] = target.version->version;
  if (target.major == current.major) return target;
  instance.document["OptionGroupMemberships"][0]["OptionGroupName"] = default_option_group(engine, *target.major);
  if (input.has("DBParameterGroupName")) return target;
  const std::string group = instance.document.at("DBParameterGroups").at(0).at("DBParameterGroupName");
  if (!group.starts_with("default."))
    throw invalid_parameter_combination("The current DB instance parameter group " + group +
                                        " is custom. You must explicitly specify a new DB instance parameter group, "
                                        "either default or custom, for the engine version upgrade.");
  instance.document["DBParameterGroups"][0]["DBParameterGroupName"] = group_for(context, "", *target.major);
  return target;
}

void change_backup(const Input& input, const std::string& identifier, Json& document) {
  const std::int64_t days =
      input.integer("BackupRetentionPeriod", document.at("BackupRetentionPeriod").get<std::int64_t>());
  check_range("BackupRetentionPeriod", days, 0, 35);
  document["BackupRetentionPeriod"] = days;
  const Windows windows =
      settle_windows(input.str("PreferredBackupWindow", text(document, "PreferredBackupWindow")),
                     input.str("PreferredMaintenanceWindow", text(document, "PreferredMaintenanceWindow")), identifier);
  document["PreferredBackupWindow"] = windows.backup;
  document["PreferredMaintenanceWindow"] = windows.maintenance;
  document["CopyTagsToSnapshot"] = input.flag("CopyTagsToSnapshot", document.at("CopyTagsToSnapshot"));
}

void change_network(RequestContext& context, const Input& input, storage::Resource& instance) {
  Json& document = instance.document;
  if (const std::string wanted = lower(input.str("DBSubnetGroupName"));
      !wanted.empty() && wanted != document.at("DBSubnetGroup").at("DBSubnetGroupName")) {
    const auto group = find_subnet_group(context, wanted);
    if (!group) throw subnet_group_not_found(wanted);
    const auto before = find_subnet_group(context, document.at("DBSubnetGroup").at("DBSubnetGroupName"));
    if (before && before->at("VpcId") == group->at("VpcId"))
      throw AwsError("InvalidVPCNetworkStateFault", 400,
                     "You cannot move DB instance " + instance.id + " to subnet group " + wanted +
                         ". The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet "
                         "group in different VPC than the specified DB instance and try again.");
    document["DBSubnetGroup"] = {{"DBSubnetGroupName", wanted}};
    document["AvailabilityZone"] = group->at("Subnets").at(0).at("SubnetAvailabilityZone").at("Name");
    document["VpcSecurityGroups"] = security_groups(context, {}, group->at("VpcId"));
  }
  const auto group = find_subnet_group(context, document.at("DBSubnetGroup").at("DBSubnetGroupName"));
  if (const auto ids = input.strings("VpcSecurityGroupIds"); !ids.empty())
    document["VpcSecurityGroups"] = security_groups(context, ids, group->at("VpcId"));
  const bool multi = input.flag("MultiAZ", document.at("MultiAZ"));
  document["MultiAZ"] = multi;
  document.erase("SecondaryAvailabilityZone");
  for (const Json& subnet : group->at("Subnets")) {
    const Json& zone = subnet.at("SubnetAvailabilityZone").at("Name");
    if (multi && zone != document.at("AvailabilityZone")) document["SecondaryAvailabilityZone"] = zone;
  }
  document["PubliclyAccessible"] = input.flag("PubliclyAccessible", document.at("PubliclyAccessible"));
  if (input.str("NetworkType", "IPV4") != "IPV4")
    throw AwsError("NetworkTypeNotSupported", 400,
                   "The network type " + input.str("NetworkType") + " isn't supported.");
  if (const auto port = input.find_integer("DBPortNumber")) {
    check_range("DBPortNumber", *port, 1150, 65535);
    if (*port != port_of(instance)) {
      place_endpoint(context, instance, *port);
      restart(context, instance, Transition::modifying);
    }
  }
}

void change_access(RequestContext& context, const Input& input, storage::Resource& instance) {
  Json& document = instance.document;
  if (input.has("CACertificateIdentifier")) {
    const std::string authority = checked_certificate(context, input.str("CACertificateIdentifier"), instance.arn);
    document["CACertificateIdentifier"] = authority;
    document["CertificateDetails"]["CAIdentifier"] = authority;
  }
  input.acknowledge("CertificateRotationRestart", "no engine runs that a new certificate would restart");
  document["IAMDatabaseAuthenticationEnabled"] =
      input.flag("EnableIAMDatabaseAuthentication", document.at("IAMDatabaseAuthenticationEnabled"));
  document["DeletionProtection"] = input.flag("DeletionProtection", document.at("DeletionProtection"));
  if (input.flag("DisableDomain")) throw invalid_parameter_combination("The DB instance is not a member of a domain.");
  if (const auto tier = input.find_integer("PromotionTier")) {
    check_range("PromotionTier", *tier, 0, 15);
    document["PromotionTier"] = *tier;
  }
}

void rename(RequestContext& context, const std::string& name, storage::Resource& instance) {
  storage::ResourceTable table = context.resources();
  const storage::Tags tags = table.tags(kInstance, instance.id);
  table.erase(kInstance, instance.id);
  settle_all(context, instance.arn);
  const std::string old_name = instance.id;
  instance.id = name;
  instance.arn = context.arn("db:" + name);
  instance.document["DBInstanceArn"] = instance.arn;
  place_endpoint(context, instance, port_of(instance));
  table.put(instance);
  table.tag(kInstance, name, tags);
  rename_in_replication(context, instance, old_name);
}

void change_name(RequestContext& context, const Input& input, storage::Resource& instance) {
  const std::string wanted = input.str("NewDBInstanceIdentifier");
  if (wanted.empty()) return;
  const std::string name = checked_identifier("NewDBInstanceIdentifier", wanted, 63);
  if (name != instance.id && context.resources().exists(kInstance, name)) throw instance_exists();
  instance.document["DBInstanceIdentifier"] = name;
}

void take_over(const Json& from, Json& document, std::initializer_list<const char*> members) {
  for (const char* member : members) {
    document.erase(member);
    if (from.contains(member)) document[member] = from.at(member);
  }
}

bool differ(const Json& before, const Json& after, std::initializer_list<const char*> members) {
  return std::any_of(members.begin(), members.end(),
                     [&](const char* member) { return before.value(member, Json()) != after.value(member, Json()); });
}

/// Stores the instance, changed from `before`, and does what follows from the changes.
void finish(RequestContext& context, const Json& before, storage::Resource& instance) {
  const Json& after = instance.document;
  begin_transition(instance, Transition::modifying);
  if (differ(before, after, {"AvailabilityZone", "DBSubnetGroup", "VpcSecurityGroups"})) reattach(context, instance);
  if (differ(before, after, {"DBInstanceIdentifier"})) rename(context, after.at("DBInstanceIdentifier"), instance);
  // A new class is a new machine, a new version a new server process, and a renamed instance is rebooted.
  if (differ(before, after, {"DBInstanceClass", "DBInstanceIdentifier", "EngineVersion"}))
    restart(context, instance, Transition::modifying);
  record_event(context, "db-instance", instance, "configuration change", "Finished applying modifications");
  poke(context);
  context.resources().put(instance);
  relink(context, instance);
  give_advice(context, instance);
}

}  // namespace

Json modify_instance(RequestContext& context, const Input& input) {
  const storage::Resource before = instance_named(context, input.str("DBInstanceIdentifier"));
  require_available(context, before);
  if (is_member(before)) refuse_of_cluster(input);
  storage::Resource instance = before;
  lay_pending(instance);
  Json& document = instance.document;
  // A new wish replaces the pending one; it is judged against what the instance is now.
  if (input.has("EngineVersion"))
    take_over(before.document, document, {"EngineVersion", "OptionGroupMemberships", "DBParameterGroups"});
  if (input.has("AllocatedStorage"))
    take_over(before.document, document, {"AllocatedStorage", "StorageType", "Iops", "StorageThroughput"});
  const Engine& engine = checked_engine(document.at("Engine"));
  refuse_foreign(engine, input);
  const ChosenVersion version = change_version(context, engine, input, instance);
  document["DBInstanceClass"] = input.str("DBInstanceClass", text(document, "DBInstanceClass"));
  if (!is_member(instance) || document.at("DBInstanceClass") != "db.serverless")
    check_class(document.at("DBInstanceClass"));
  document["AutoMinorVersionUpgrade"] = input.flag("AutoMinorVersionUpgrade", document.at("AutoMinorVersionUpgrade"));
  if (const std::string license = input.str("LicenseModel"); !license.empty()) check_license(engine, license);
  if (const std::string options = input.str("OptionGroupName"); !options.empty())
    check_option_group(engine, version, options);
  if (const std::string group = input.str("DBParameterGroupName"); !group.empty())
    document["DBParameterGroups"][0]["DBParameterGroupName"] = group_for(context, group, *version.major);
  if (!is_member(instance)) {
    change_log_exports(engine, version, input, document);
    settle_storage(engine, input, document);
  }
  change_backup(input, instance.id, document);
  change_network(context, input, instance);
  change_access(context, input, instance);
  settle_monitoring(context, input, document);
  if (!is_member(instance)) change_credentials(context, engine, input, instance);
  change_name(context, input, instance);
  // "If you choose to apply changes immediately, all pending changes are applied too."
  if (input.flag("ApplyImmediately"))
    forget_pending(instance);
  else
    defer(context, before, instance);
  finish(context, before.document, instance);
  return {{"DBInstance", instance_view(context, instance)}};
}

void maintain_instance(RequestContext& context, storage::Resource& instance) {
  const Json before = instance.document;
  lay_pending(instance);
  forget_pending(instance);
  const std::string name = instance.document.at("DBInstanceIdentifier");
  // Somebody took the name in the meantime.
  if (name != instance.id && context.resources().exists(kInstance, name))
    instance.document["DBInstanceIdentifier"] = instance.id;
  finish(context, before, instance);
}

}  // namespace orrery::rds
