#include "services/rds/instance.hpp"

#include "aws/ids.hpp"
#include "registry/filters.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/force.hpp"
#include "services/rds/names.hpp"
#include "services/rds/network.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/running.hpp"
#include "services/rds/snapshot.hpp"
#include "services/rds/subnet_group.hpp"
#include "services/rds/tags.hpp"

namespace orrery::rds {

namespace {

Json view(RequestContext& context, const storage::Resource& instance, const storage::Tags& tags) {
  Json out = instance.document;
  const std::string group_name = out.at("DBSubnetGroup").at("DBSubnetGroupName");
  if (const auto group = find_subnet_group(context, group_name)) {
    out["DBSubnetGroup"] = *group;
    // An instance's copy of the group has no such members (DescribeDBInstances' example answers).
    out["DBSubnetGroup"].erase("DBSubnetGroupArn");
    out["DBSubnetGroup"].erase("SupportedNetworkTypes");
  }
  out["DBInstanceStatus"] = status_of(context, instance);
  // An instance has no endpoint before it is up.
  if (out.at("DBInstanceStatus") == "creating") out.erase("Endpoint");
  out["DBParameterGroups"][0]["ParameterApplyStatus"] = apply_status(context, instance);
  if (const auto cluster = cluster_of(context, instance)) lay_cluster(context, *cluster, instance, out);
  if (password_pending(context, instance)) out["PendingModifiedValues"]["MasterUserPassword"] = "****";
  // On AWS logs are shipped every five minutes, here when somebody asks for them.
  if (out.at("BackupRetentionPeriod") != 0 && !is_member(instance))
    out["LatestRestorableTime"] = aws::seconds(context.now / 1000 * 1000);
  out["TagList"] = tag_list(tags);
  return out;
}

std::string name_of(const std::string& identifier_or_arn) {
  const aws::Arn arn = aws::parse_arn(identifier_or_arn);
  const std::string name = arn.valid() && arn.resource.starts_with("db:") ? arn.resource.substr(3) : identifier_or_arn;
  return lower(name);
}

std::vector<std::string> filter_values(const storage::Resource& instance, std::string_view name) {
  const Json& document = instance.document;
  if (name == "db-instance-id") return {instance.id, instance.arn};
  if (name == "dbi-resource-id") return {document.at("DbiResourceId")};
  if (name == "engine") return {document.at("Engine")};
  if (name == "db-cluster-id" && is_member(instance)) return {document.at("DBClusterIdentifier")};
  return {};
}

bool known_filter(std::string_view name) {
  return name == "db-instance-id" || name == "dbi-resource-id" || name == "engine" || name == "db-cluster-id" ||
         name == "domain";
}

void refuse_member(const storage::Resource& instance, const std::string& done) {
  if (is_member(instance))
    throw invalid_instance_state("Instance " + instance.id + " is a member of DB cluster " +
                                 instance.document.at("DBClusterIdentifier").get<std::string>() + " and can only be " +
                                 done + " together with it.");
}

/// The standby takes over in its zone, and the zone of before has the new standby.
void fail_over(RequestContext& context, storage::Resource& instance) {
  std::swap(instance.document["AvailabilityZone"], instance.document["SecondaryAvailabilityZone"]);
  reattach(context, instance);
  record_event(context, "db-instance", instance, "failover", "Multi-AZ instance failover started");
  record_event(context, "db-instance", instance, "failover", "Multi-AZ instance failover completed");
}

Json set_status(RequestContext& context, storage::Resource instance, const std::string& status) {
  instance.document["DBInstanceStatus"] = status;
  context.resources().put(instance);
  return {{"DBInstance", instance_view(context, instance)}};
}

}  // namespace

storage::Resource instance_named(RequestContext& context, const std::string& identifier) {
  auto instance = context.resources().find(kInstance, name_of(identifier));
  if (!instance) throw instance_not_found(name_of(identifier));
  return std::move(*instance);
}

Json instance_view(RequestContext& context, const storage::Resource& instance) {
  return view(context, instance, context.resources().tags(kInstance, instance.id));
}

void require_available(RequestContext& context, const storage::Resource& instance) {
  if (status_of(context, instance) != "available")
    throw invalid_instance_state("Instance " + instance.id + " is not in available state.");
}

void relink(RequestContext& context, const storage::Resource& instance) {
  storage::ResourceTable table = context.resources();
  table.unlink(kInstance, instance.id, "");
  const Json& document = instance.document;
  table.link(kInstance, instance.id, "subnet-group",
             {"rds", "db-subnet-group", document.at("DBSubnetGroup").at("DBSubnetGroupName")});
  for (const Json& group : document.at("DBParameterGroups"))
    table.link(kInstance, instance.id, "parameter-group",
               {"rds", "db-parameter-group", group.at("DBParameterGroupName")});
  if (is_member(instance))
    table.link(kInstance, instance.id, "cluster", {"rds", "db-cluster", document.at("DBClusterIdentifier")});
}

Json describe_instances(RequestContext& context, const Input& input) {
  const Filters filters(input);
  const auto unknown = filters.unknown(known_filter);
  if (!unknown.empty()) throw invalid_parameter_value("Unrecognized filter name: " + unknown.front());
  const auto matches = [&](const storage::Resource& instance) {
    return filters.match([&](std::string_view name) { return filter_values(instance, name); });
  };
  std::vector<Json> instances;
  if (const std::string wanted = input.str("DBInstanceIdentifier"); !wanted.empty()) {
    const storage::Resource instance = instance_named(context, wanted);
    if (!matches(instance)) throw instance_not_found(instance.id);
    instances.push_back(instance_view(context, instance));
  } else {
    const auto tags = context.resources().tags(kInstance);
    for (const storage::Resource& instance : context.resources().list(kInstance)) {
      if (!matches(instance)) continue;
      const auto own = tags.find(instance.id);
      instances.push_back(view(context, instance, own == tags.end() ? storage::Tags{} : own->second));
    }
  }
  return page(input, "DBInstances", std::move(instances), "DBInstanceIdentifier");
}

Json reboot_instance(RequestContext& context, const Input& input) {
  storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  require_available(context, instance);
  if (input.flag("ForceFailover") && !instance.document.at("MultiAZ").get<bool>())
    throw invalid_parameter_combination("You cannot force failover of a DB instance that is not MultiAZ.");
  if (input.flag("ForceFailover")) fail_over(context, instance);
  record_event(context, "db-instance", instance, "availability", "DB instance restarted");
  restart(context, instance, Transition::rebooting);
  return set_status(context, instance, "available");
}

Json start_instance(RequestContext& context, const Input& input) {
  storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  refuse_member(instance, "started");
  if (status_of(context, instance) != "stopped")
    throw invalid_instance_state("Instance " + instance.id + " is not in stopped state.");
  instance.document.erase("AutomaticRestartTime");
  restart(context, instance, Transition::starting);
  record_event(context, "db-instance", instance, "notification", "DB instance started");
  return set_status(context, instance, "available");
}

Json stop_instance(RequestContext& context, const Input& input) {
  storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  refuse_member(instance, "stopped");
  require_available(context, instance);
  if (const std::string snapshot = input.str("DBSnapshotIdentifier"); !snapshot.empty())
    take_snapshot(context, instance, snapshot, {});
  // RDS starts a stopped instance again after seven days (user guide, "Stopping a DB instance").
  begin_transition(instance, Transition::stopping);
  record_event(context, "db-instance", instance, "notification", "DB instance stopped");
  poke(context);
  instance.document["AutomaticRestartTime"] = aws::seconds(context.now + aws::Millis{7} * 24 * 3600 * 1000);
  return set_status(context, instance, "stopped");
}

Json add_role_to_instance(RequestContext& context, const Input& input) {
  storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  require_available(context, instance);
  const std::string role = input.str("RoleArn"), feature = input.str("FeatureName");
  const std::string engine = instance.document.at("Engine");
  if (engine != "postgres" || (feature != "s3Import" && feature != "s3Export" && feature != "Lambda"))
    throw invalid_parameter_value("The feature-name " + feature + " is not supported for the engine " + engine + ".");
  if (!context.peers.iam->role(context, role)) throw invalid_parameter_value("Role ARN " + role + " does not exist.");
  for (const Json& known : instance.document.at("AssociatedRoles"))
    if (known.at("FeatureName") == feature)
      throw AwsError(
          "DBInstanceRoleAlreadyExists", 400,
          "An IAM role is already associated with the feature " + feature + " of DB instance " + instance.id + ".");
  instance.document["AssociatedRoles"].push_back({{"RoleArn", role}, {"FeatureName", feature}, {"Status", "ACTIVE"}});
  context.resources().put(instance);
  return Json::object();
}

bool take_role(Json& roles, const std::string& role, const std::string& feature) {
  for (auto it = roles.begin(); it != roles.end(); ++it) {
    if (it->at("RoleArn") != role || (!feature.empty() && it->value("FeatureName", "") != feature)) continue;
    roles.erase(it);
    return true;
  }
  return false;
}

Json remove_role_from_instance(RequestContext& context, const Input& input) {
  storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  const std::string role = input.str("RoleArn"), feature = input.str("FeatureName");
  if (!take_role(instance.document["AssociatedRoles"], role, feature))
    throw AwsError("DBInstanceRoleNotFound", 404,
                   "The IAM role " + role + " is not associated with the feature " + feature + " of DB instance " +
                       instance.id + ".");
  context.resources().put(instance);
  return Json::object();
}

}  // namespace orrery::rds
