#include "aws/ids.hpp"
#include "registry/pagination.hpp"
#include "services/eks/errors.hpp"
#include "services/eks/operations.hpp"
#include "services/eks/versions.hpp"

namespace orrery::eks {

namespace {

std::string key_of(const std::string& cluster, const std::string& name) { return cluster + "/" + name; }

storage::Resource find_node_group(RequestContext& context, const Input& input) {
  const std::string cluster = input.str("clusterName"), name = input.str("nodegroupName");
  find_cluster(context, cluster);
  auto group = context.resources().find("nodegroup", key_of(cluster, name));
  if (!group) throw errors::no_node_group(cluster, name);
  return *std::move(group);
}

Json group_with_tags(RequestContext& context, const storage::Resource& group) {
  Json out = group.document;
  out["tags"] = context.resources().tags("nodegroup", group.id);
  return out;
}

/// Graviton families end in a 'g' after the generation digit, with further letters behind (t4g, m6gd, c7gn).
bool is_arm(const std::string& instance_type) {
  const std::string family = instance_type.substr(0, instance_type.find('.'));
  const auto digit = family.find_first_of("0123456789");
  return family == "a1" || (digit != std::string::npos && family.find('g', digit) != std::string::npos);
}

/// AL2023 from 1.30 on, AL2 before (EKS user guide, release notes of 1.30).
std::string default_ami_type(const std::string& version, const std::string& instance_type) {
  const int minor = std::stoi(version.substr(version.find('.') + 1));
  if (minor >= 30) return is_arm(instance_type) ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD";
  return is_arm(instance_type) ? "AL2_ARM_64" : "AL2_x86_64";
}

void check_scaling(const Json& scaling) {
  const int least = scaling.at("minSize"), most = scaling.at("maxSize"), desired = scaling.at("desiredSize");
  const auto text = [](int n) { return std::to_string(n); };
  if (least > most)
    throw errors::invalid_parameter("Minimum capacity " + text(least) + " can't be greater than maximum size " +
                                    text(most));
  if (desired < least)
    throw errors::invalid_parameter("Minimum capacity " + text(least) + " can't be greater than desired size " +
                                    text(desired));
  if (desired > most)
    throw errors::invalid_parameter("Maximum capacity " + text(most) + " can't be smaller than desired size " +
                                    text(desired));
}

void check_placement(RequestContext& context, const std::vector<std::string>& subnets, const std::string& role) {
  for (const std::string& id : subnets) {
    if (!context.peers.ec2->subnet(context, id))
      throw errors::invalid_parameter("The subnet ID '" + id + "' does not exist");
  }
  if (!context.peers.iam->role(context, role))
    throw errors::invalid_parameter("The role with name " + role.substr(role.rfind('/') + 1) + " cannot be found.");
}

/// Defaults of CreateNodegroup (API reference); a launch template brings disk and image of its own.
void put_machine(Json& document, const Input& input) {
  const bool from_template = input.has("launchTemplate");
  auto types = input.strings("instanceTypes");
  if (types.empty() && !from_template) types = {"t3.medium"};
  if (!types.empty()) document["instanceTypes"] = types;
  document["amiType"] = input.str(
      "amiType", default_ami_type(document.at("version"), types.empty() ? std::string("t3.medium") : types.front()));
  document["capacityType"] = input.str("capacityType", "ON_DEMAND");
  if (from_template && input.has("diskSize"))
    throw errors::invalid_parameter("Disk size must be specified within the launch template.");
  if (!from_template) document["diskSize"] = input.integer("diskSize", 20);
  document["releaseVersion"] = input.str("releaseVersion", document.at("version").get<std::string>() + ".0-20250519");
}

Json update_config_of(const Json& asked) {
  if (asked.is_null()) return {{"maxUnavailable", 1}};
  if (asked.contains("maxUnavailable") && asked.contains("maxUnavailablePercentage"))
    throw errors::invalid_parameter("maxUnavailable and maxUnavailablePercentage are mutually exclusive");
  return asked;
}

}  // namespace

Json create_nodegroup(RequestContext& context, const Input& input) {
  input.acknowledge("clientRequestToken", "a repetition is refused as a group in use, as its name is unique");
  const std::string cluster_name = input.str("clusterName"), name = input.str("nodegroupName");
  const storage::Resource cluster = find_cluster(context, cluster_name);
  auto table = context.resources();
  if (table.exists("nodegroup", key_of(cluster_name, name))) {
    throw errors::in_use("NodeGroup already exists with name " + name + " and cluster name " + cluster_name)
        .with("clusterName", cluster_name)
        .with("nodegroupName", name);
  }
  const auto subnets = input.strings("subnets");
  const std::string role = input.str("nodeRole"), unique = aws::uuid();
  check_placement(context, subnets, role);
  storage::Resource group{"nodegroup",
                          key_of(cluster_name, name),
                          context.arn("nodegroup/" + cluster_name + "/" + name + "/" + unique),
                          {},
                          {},
                          context.now};
  Json& document = group.document;
  document = {{"nodegroupName", name},
              {"nodegroupArn", group.arn},
              {"clusterName", cluster_name},
              {"version", input.str("version", cluster.document.at("version").get<std::string>())},
              {"createdAt", context.timestamp()},
              {"modifiedAt", context.timestamp()},
              {"status", "ACTIVE"},
              {"nodeRole", role},
              {"subnets", subnets},
              {"health", {{"issues", Json::array()}}}};
  if (!find_version(document["version"].get<std::string>()))
    throw errors::invalid_parameter("Requested Nodegroup version is not supported");
  put_machine(document, input);
  document["scalingConfig"] = {{"minSize", 1}, {"maxSize", 2}, {"desiredSize", 2}};
  if (input.has("scalingConfig")) document["scalingConfig"].merge_patch(input.json("scalingConfig"));
  check_scaling(document["scalingConfig"]);
  document["updateConfig"] = update_config_of(input.json("updateConfig"));
  for (const char* member :
       {"remoteAccess", "labels", "taints", "launchTemplate", "nodeRepairConfig", "warmPoolConfig"}) {
    if (input.has(member)) document[member] = input.json(member);
  }
  document["resources"] = {{"autoScalingGroups", {{{"name", "eks-" + name + "-" + unique}}}}};
  table.put(group);
  table.tag("nodegroup", group.id, input.string_map("tags"));
  for (const std::string& subnet : subnets) table.link("nodegroup", group.id, "subnet", {"ec2", "subnet", subnet});
  return {{"nodegroup", group_with_tags(context, group)}};
}

Json describe_nodegroup(RequestContext& context, const Input& input) {
  return {{"nodegroup", group_with_tags(context, find_node_group(context, input))}};
}

Json list_nodegroups(RequestContext& context, const Input& input) {
  const std::string cluster = input.str("clusterName");
  find_cluster(context, cluster);
  std::vector<std::string> names;
  for (const auto& group : context.resources().list("nodegroup")) {
    if (group.document.at("clusterName") == cluster) names.push_back(group.document.at("nodegroupName"));
  }
  const auto next = paginate(names, static_cast<std::size_t>(input.integer("maxResults", 100)),
                             input.find_str("nextToken"), std::identity(), errors::invalid_parameter("Invalid token"));
  Json out = {{"nodegroups", names}};
  if (next) out["nextToken"] = *next;
  return out;
}

Json delete_nodegroup(RequestContext& context, const Input& input) {
  const storage::Resource group = find_node_group(context, input);
  Json out = group_with_tags(context, group);
  out["status"] = "DELETING";
  context.resources().erase("nodegroup", group.id);
  return {{"nodegroup", out}};
}

namespace {

void change_labels(Json& document, const Input& labels, Json& params) {
  Json& kept = document["labels"];
  if (kept.is_null()) kept = Json::object();
  for (const auto& [key, value] : labels.string_map("addOrUpdateLabels")) kept[key] = value;
  for (const std::string& key : labels.strings("removeLabels")) kept.erase(key);
  if (labels.has("addOrUpdateLabels"))
    params.push_back({{"type", "LabelsToAdd"}, {"value", labels.json("addOrUpdateLabels").dump()}});
  if (labels.has("removeLabels"))
    params.push_back({{"type", "LabelsToRemove"}, {"value", labels.json("removeLabels").dump()}});
  if (kept.empty()) document.erase("labels");
}

/// A taint is named by its key and effect (API reference, UpdateTaintsPayload).
void change_taints(Json& document, const Input& taints, Json& params) {
  Json& kept = document["taints"];
  if (kept.is_null()) kept = Json::array();
  const auto drop = [&](const Json& taint) {
    kept.erase(std::remove_if(kept.begin(), kept.end(),
                              [&](const Json& other) {
                                return other.value("key", "") == taint.value("key", "") &&
                                       other.value("effect", "") == taint.value("effect", "");
                              }),
               kept.end());
  };
  for (const Json& taint : taints.json("removeTaints")) drop(taint);
  for (const Json& taint : taints.json("addOrUpdateTaints")) {
    drop(taint);
    kept.push_back(taint);
  }
  if (taints.has("addOrUpdateTaints"))
    params.push_back({{"type", "TaintsToAdd"}, {"value", taints.json("addOrUpdateTaints").dump()}});
  if (taints.has("removeTaints"))
    params.push_back({{"type", "TaintsToRemove"}, {"value", taints.json("removeTaints").dump()}});
  if (kept.empty()) document.erase("taints");
}

}  // namespace

Json update_nodegroup_config(RequestContext& context, const Input& input) {
  input.acknowledge("clientRequestToken", "an update is done at once");
  storage::Resource group = find_node_group(context, input);
  Json& document = group.document;
  Json params = Json::array();
  if (input.has("labels")) change_labels(document, input.object("labels"), params);
  if (input.has("taints")) change_taints(document, input.object("taints"), params);
  if (input.has("scalingConfig")) {
    document["scalingConfig"].merge_patch(input.json("scalingConfig"));
    check_scaling(document["scalingConfig"]);
    for (const auto& [member, param] :
         {std::pair{"minSize", "MinSize"}, {"maxSize", "MaxSize"}, {"desiredSize", "DesiredSize"}})
      params.push_back({{"type", param}, {"value", document["scalingConfig"][member].dump()}});
  }
  if (input.has("updateConfig")) {
    document["updateConfig"] = update_config_of(input.json("updateConfig"));
    params.push_back({{"type", "MaxUnavailable"}, {"value", document["updateConfig"].dump()}});
  }
  for (const auto& [member, param] :
       {std::pair{"nodeRepairConfig", "NodeRepairConfig"}, {"warmPoolConfig", "WarmPoolState"}}) {
    if (!input.has(member)) continue;
    document[member] = input.json(member);
    params.push_back({{"type", param}, {"value", document[member].dump()}});
  }
  document["modifiedAt"] = context.timestamp();
  context.resources().put(group);
  return {
      {"update", record_update(context, document["clusterName"], document["nodegroupName"], "ConfigUpdate", params)}};
}

Json update_nodegroup_version(RequestContext& context, const Input& input) {
  input.acknowledge("clientRequestToken", "an update is done at once");
  input.acknowledge("force", "there are no pods whose disruption budgets could stand in the way");
  storage::Resource group = find_node_group(context, input);
  Json& document = group.document;
  Json params = Json::array();
  const std::string version = input.str(
      "version", input.has("launchTemplate") || input.has("releaseVersion")
                     ? document.at("version").get<std::string>()
                     : find_cluster(context, document["clusterName"]).document.at("version").get<std::string>());
  if (!find_version(version)) throw errors::invalid_parameter("Requested Nodegroup version is not supported");
  if (version != document["version"] && !input.has("releaseVersion"))
    document["releaseVersion"] = version + ".0-20250519";
  document["version"] = version;
  params.push_back({{"type", "Version"}, {"value", version}});
  if (input.has("releaseVersion")) document["releaseVersion"] = input.str("releaseVersion");
  params.push_back({{"type", "ReleaseVersion"}, {"value", document["releaseVersion"]}});
  if (input.has("launchTemplate")) document["launchTemplate"].merge_patch(input.json("launchTemplate"));
  document["modifiedAt"] = context.timestamp();
  context.resources().put(group);
  return {
      {"update", record_update(context, document["clusterName"], document["nodegroupName"], "VersionUpdate", params)}};
}

}  // namespace orrery::eks
