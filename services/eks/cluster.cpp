#include "aws/cidr.hpp"
#include "aws/ids.hpp"
#include "registry/findings.hpp"
#include "registry/pagination.hpp"
#include "services/eks/certificate.hpp"
#include "services/eks/errors.hpp"
#include "services/eks/operations.hpp"
#include "services/eks/versions.hpp"

namespace orrery::eks {

namespace {

constexpr Rule kVersionSupport{"eks-version-out-of-support",
                               "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"};
constexpr Rule kOpenEndpoint{"eks-endpoint-open-to-the-world",
                             "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"};

const Json kLogTypes = {"api", "audit", "authenticator", "controllerManager", "scheduler"};

/// EKS answers with two entries, what is on and what is off, whatever was sent (API reference, Logging).
Json logging_of(const Json& setup) {
  Json on = Json::array(), off = kLogTypes;
  for (const Json& entry : setup) {
    for (const Json& type : entry.value("types", Json::array())) {
      Json& to = entry.value("enabled", false) ? on : off;
      Json& from = entry.value("enabled", false) ? off : on;
      from.erase(std::remove(from.begin(), from.end(), type), from.end());
      if (std::find(to.begin(), to.end(), type) == to.end()) to.push_back(type);
    }
  }
  Json out = Json::array();
  if (!on.empty()) out.push_back({{"types", on}, {"enabled", true}});
  if (!off.empty()) out.push_back({{"types", off}, {"enabled", false}});
  return {{"clusterLogging", out}};
}

/// The VPC of the given subnets. They lie in one VPC and at least two zones.
std::string check_subnets(RequestContext& context, const std::vector<std::string>& ids) {
  std::set<std::string> vpcs, zones;
  for (const std::string& id : ids) {
    const auto subnet = context.peers.ec2->subnet(context, id);
    if (!subnet) throw errors::invalid_parameter("The subnet ID '" + id + "' does not exist");
    vpcs.insert(subnet->vpc_id);
    zones.insert(subnet->availability_zone);
  }
  if (vpcs.size() > 1) throw errors::invalid_parameter("Subnets specified must belong to the same VPC");
  if (zones.size() < 2) throw errors::invalid_parameter("Subnets specified must be in at least two different AZs");
  return *vpcs.begin();
}

void check_security_groups(RequestContext& context, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (!context.peers.ec2->security_group(context, id))
      throw errors::invalid_parameter("The security group '" + id + "' does not exist");
  }
}

void check_role(RequestContext& context, const std::string& arn) {
  if (!context.peers.iam->role(context, arn))
    throw errors::invalid_parameter(
        "Role with arn: " + arn +
        ", could not be assumed because it does not exist or the trusted entity is not correct");
}

/// Encryption of secrets wants a symmetric key that exists (EKS user guide, "Encrypt Kubernetes secrets").
Json encryption_of(RequestContext& context, const Json& configuration) {
  for (const Json& entry : configuration) {
    const std::string key = entry.value("/provider/keyArn"_json_pointer, std::string());
    const auto info = context.peers.kms->key(context, key);
    if (!info) throw errors::invalid_parameter("Key ARN " + key + " could not be found");
    if (info->spec != "SYMMETRIC_DEFAULT") throw errors::invalid_parameter("The key " + key + " is not symmetric");
  }
  return configuration;
}

/// 172.20.0.0/16 or 10.100.0.0/16, whichever does not meet the VPC (API reference, KubernetesNetworkConfigRequest).
std::string service_cidr(const std::string& vpc_cidr) {
  const auto vpc = aws::parse_cidr(vpc_cidr);
  const auto ten = aws::parse_cidr("10.0.0.0/8");
  return vpc && ten->contains(vpc->address) ? "172.20.0.0/16" : "10.100.0.0/16";
}

Json network_of(const Input& input, const std::string& vpc_cidr) {
  Json out = {{"serviceIpv4Cidr", service_cidr(vpc_cidr)},
              {"ipFamily", "ipv4"},
              {"elasticLoadBalancing", {{"enabled", false}}}};
  out.merge_patch(input.json("kubernetesNetworkConfig").is_null() ? Json::object()
                                                                  : input.json("kubernetesNetworkConfig"));
  return out;
}

void judge(RequestContext& context, const storage::Resource& cluster) {
  const Json& document = cluster.document;
  const Version* version = find_version(document.at("version").get<std::string>());
  if (version && out_of_support(*version, context.now)) {
    // AWS's own words when it is refused; the finding names the version and the day.
    const std::string refusal = "unsupported Kubernetes version";
    const std::string details =
        " " + std::string(version->name) + " (extended support ended on " + std::string(version->extended_until) + ")";
    would_refuse(
        context, kVersionSupport, cluster.arn,
        errors::invalid_parameter(context.settings.strictness == Strictness::strict ? refusal : refusal + details));
  } else {
    settle(context, kVersionSupport, cluster.arn);
  }
  const Json& vpc = document.at("resourcesVpcConfig");
  const Json& open = vpc.at("publicAccessCidrs");
  if (vpc.at("endpointPublicAccess") == true && std::find(open.begin(), open.end(), "0.0.0.0/0") != open.end())
    advise(context, kOpenEndpoint, cluster.arn, "the cluster's API endpoint accepts connections from 0.0.0.0/0");
  else
    settle(context, kOpenEndpoint, cluster.arn);
}

Json with_tags(RequestContext& context, const storage::Resource& cluster) {
  Json out = cluster.document;
  out["tags"] = context.resources().tags("cluster", cluster.id);
  return out;
}

/// Interfaces of the control plane in the cluster's subnets: they are why AWS does not delete those subnets.
Json attach_network(RequestContext& context, const std::string& name, const Json& vpc_config) {
  Json ids = Json::array();
  for (const Json& subnet : vpc_config.at("subnetIds")) {
    NetworkInterfaceRequest request;
    request.subnet_id = subnet;
    request.security_group_ids = {vpc_config.at("clusterSecurityGroupId").get<std::string>()};
    request.description = "Amazon EKS " + name;
    request.interface_type = "interface";
    request.requester_id = "amazon-eks";
    ids.push_back(context.peers.ec2->create_network_interface(context, request).id);
  }
  return ids;
}

Json vpc_config_of(RequestContext& context, const std::string& name, const Input& vpc) {
  const auto subnets = vpc.strings("subnetIds");
  const auto groups = vpc.strings("securityGroupIds");
  const std::string vpc_id = check_subnets(context, subnets);
  check_security_groups(context, groups);
  const bool is_public = vpc.flag("endpointPublicAccess", true), is_private = vpc.flag("endpointPrivateAccess", false);
  if (!is_public && !is_private)
    throw errors::invalid_parameter("Private and public endpoint access cannot both be false");
  auto cidrs = vpc.strings("publicAccessCidrs");
  if (cidrs.empty()) cidrs = {"0.0.0.0/0"};
  // The name and tags are EKS's own (EKS user guide, "View Amazon EKS security group requirements").
  const std::string group = context.peers.ec2->create_security_group(
      context, vpc_id, "eks-cluster-sg-" + name + "-" + std::to_string(context.now),
      "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any "
      "managed workloads.",
      Ec2Peer::SelfIngress::yes,
      {{"Name", "eks-cluster-sg-" + name + "-" + std::to_string(context.now)},
       {"aws:eks:cluster-name", name},
       {"kubernetes.io/cluster/" + name, "owned"}});
  return {{"subnetIds", subnets},      {"securityGroupIds", groups},        {"clusterSecurityGroupId", group},
          {"vpcId", vpc_id},           {"endpointPublicAccess", is_public}, {"endpointPrivateAccess", is_private},
          {"publicAccessCidrs", cidrs}};
}

void link_network(RequestContext& context, const storage::Resource& cluster) {
  auto table = context.resources();
  table.unlink("cluster", cluster.id, "");
  const Json& vpc = cluster.document.at("resourcesVpcConfig");
  for (const Json& subnet : vpc.at("subnetIds")) table.link("cluster", cluster.id, "subnet", {"ec2", "subnet", subnet});
  for (const Json& group : vpc.at("securityGroupIds"))
    table.link("cluster", cluster.id, "security-group", {"ec2", "security-group", group});
}

/// Members that come back as they were sent, and are absent when they were not.
constexpr std::string_view kAsSent[] = {"outpostConfig", "zonalShiftConfig", "remoteNetworkConfig",
                                        "computeConfig", "storageConfig",    "controlPlaneScalingConfig"};

void put_control_plane(Json& document, const std::string& region, const std::string& certificate) {
  const std::string id = [&] {
    std::string text = aws::random_hex(32);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
  }();
  document["endpoint"] = "https://" + id + ".gr7." + region + ".eks.amazonaws.com";
  document["identity"] = {{"oidc", {{"issuer", "https://oidc.eks." + region + ".amazonaws.com/id/" + id}}}};
  document["certificateAuthority"] = {{"data", aws::base64(certificate)}};
}

}  // namespace

storage::Resource find_cluster(RequestContext& context, const std::string& name) {
  auto cluster = context.resources().find("cluster", name);
  if (!cluster) throw errors::no_cluster(name);
  return *std::move(cluster);
}

Json create_cluster(RequestContext& context, const Input& input) {
  const std::string name = input.str("name"), role = input.str("roleArn");
  auto table = context.resources();
  if (table.exists("cluster", name))
    throw errors::in_use("Cluster already exists with name: " + name).with("clusterName", name);
  check_role(context, role);
  const std::string version = input.str("version", default_version(context.now).name);
  if (!find_version(version)) throw errors::invalid_parameter("unsupported Kubernetes version");
  const CertificateAuthority authority = make_certificate_authority(context.now);
  storage::Resource cluster{"cluster", name, context.arn("cluster/" + name), {}, {}, context.now};
  Json& document = cluster.document;
  document = {{"name", name},
              {"arn", cluster.arn},
              {"createdAt", context.timestamp()},
              {"version", version},
              {"roleArn", role},
              {"status", "ACTIVE"},
              {"platformVersion", "eks.1"},
              {"health", {{"issues", Json::array()}}}};
  document["resourcesVpcConfig"] = vpc_config_of(context, name, input.object("resourcesVpcConfig"));
  const auto vpc = context.peers.ec2->vpc(context, document["resourcesVpcConfig"]["vpcId"]);
  document["kubernetesNetworkConfig"] = network_of(input, vpc ? vpc->cidr_block : "");
  document["logging"] = logging_of(input.object("logging").json("clusterLogging"));
  if (input.has("encryptionConfig"))
    document["encryptionConfig"] = encryption_of(context, input.json("encryptionConfig"));
  const Input access = input.object("accessConfig");
  document["accessConfig"] = {{"authenticationMode", access.str("authenticationMode", "CONFIG_MAP")}};
  // Not in answers (provider, internal/service/eks/cluster.go: "isn't returned from the AWS API").
  cluster.hidden["bootstrapClusterCreatorAdminPermissions"] =
      access.flag("bootstrapClusterCreatorAdminPermissions", true);
  cluster.hidden["bootstrapSelfManagedAddons"] = input.flag("bootstrapSelfManagedAddons", true);
  document["upgradePolicy"] = {{"supportType", input.object("upgradePolicy").str("supportType", "EXTENDED")}};
  document["deletionProtection"] = input.flag("deletionProtection", false);
  for (const std::string_view member : kAsSent) {
    if (input.has(member)) document[std::string(member)] = input.json(member);
  }
  if (input.has("clientRequestToken")) document["clientRequestToken"] = input.str("clientRequestToken");
  put_control_plane(document, context.region, authority.certificate);
  cluster.hidden["privateKey"] = authority.private_key;
  cluster.hidden["networkInterfaceIds"] = attach_network(context, name, document["resourcesVpcConfig"]);
  judge(context, cluster);
  table.put(cluster);
  table.tag("cluster", name, input.string_map("tags"));
  link_network(context, cluster);
  return {{"cluster", with_tags(context, cluster)}};
}

Json describe_cluster(RequestContext& context, const Input& input) {
  return {{"cluster", with_tags(context, find_cluster(context, input.str("name")))}};
}

Json list_clusters(RequestContext& context, const Input& input) {
  input.acknowledge("include", "only connected (external) clusters differ, and those are not offered");
  std::vector<std::string> names;
  for (const auto& cluster : context.resources().list("cluster")) names.push_back(cluster.id);
  const auto next = paginate(names, static_cast<std::size_t>(input.integer("maxResults", 100)),
                             input.find_str("nextToken"), std::identity(), errors::invalid_parameter("Invalid token"));
  Json out = {{"clusters", names}};
  if (next) out["nextToken"] = *next;
  return out;
}

Json delete_cluster(RequestContext& context, const Input& input) {
  storage::Resource cluster = find_cluster(context, input.str("name"));
  auto table = context.resources();
  for (const auto& group : table.list("nodegroup")) {
    if (group.document.at("clusterName") == cluster.id)
      throw errors::in_use("Cluster has nodegroups attached").with("clusterName", cluster.id);
  }
  if (cluster.document.value("deletionProtection", false))
    throw errors::invalid_request("Cluster " + cluster.id + " has deletion protection enabled");
  Json out = with_tags(context, cluster);
  out["status"] = "DELETING";
  for (const Json& id : cluster.hidden.at("networkInterfaceIds"))
    context.peers.ec2->delete_network_interface(context, id);
  table.erase("cluster", cluster.id);
  context.peers.ec2->delete_security_group(
      context, cluster.document.at("resourcesVpcConfig").at("clusterSecurityGroupId").get<std::string>());
  for (const auto& update : table.list("update")) {
    if (update.hidden.at("cluster") == cluster.id) table.erase("update", update.id);
  }
  return {{"cluster", out}};
}

namespace {

struct Change {
  std::string type;
  Json params = Json::array();
  void param(const std::string& name, const Json& value) {
    params.push_back({{"type", name}, {"value", value.is_string() ? value.get<std::string>() : value.dump()}});
  }
};

Change change_vpc(RequestContext& context, storage::Resource& cluster, const Input& vpc) {
  Json& config = cluster.document["resourcesVpcConfig"];
  Change change{vpc.has("subnetIds") || vpc.has("securityGroupIds") ? "VpcConfigUpdate" : "EndpointAccessUpdate"};
  const auto take = [&](const char* member, const char* param) {
    if (!vpc.has(member)) return;
    config[member] = vpc.json(member);
    change.param(param, config[member]);
  };
  if (vpc.has("subnetIds") && check_subnets(context, vpc.strings("subnetIds")) != config.at("vpcId"))
    throw errors::invalid_parameter("Subnets specified must belong to the VPC of the cluster");
  check_security_groups(context, vpc.strings("securityGroupIds"));
  take("subnetIds", "Subnets");
  take("securityGroupIds", "SecurityGroups");
  take("endpointPublicAccess", "EndpointPublicAccess");
  take("endpointPrivateAccess", "EndpointPrivateAccess");
  take("publicAccessCidrs", "PublicAccessCidrs");
  if (config["endpointPublicAccess"] == false && config["endpointPrivateAccess"] == false)
    throw errors::invalid_parameter("Private and public endpoint access cannot both be false");
  link_network(context, cluster);
  return change;
}

Change change_logging(storage::Resource& cluster, const Input& logging) {
  Json setup = cluster.document["logging"]["clusterLogging"];
  const Json& asked = logging.json("clusterLogging");
  for (const Json& entry : asked) setup.push_back(entry);
  cluster.document["logging"] = logging_of(setup);
  Change change{"LoggingUpdate"};
  change.param("ClusterLogging", Json{{"clusterLogging", asked}});
  return change;
}

/// A member that is replaced, or patched, as it was sent.
Change change_member(storage::Resource& cluster, const Input& input, const char* member, const char* type,
                     const char* param) {
  const Json& value = input.json(member);
  Json& kept = cluster.document[member];
  value.is_object() ? kept.merge_patch(value) : void(kept = value);
  Change change{type};
  change.param(param, value);
  return change;
}

}  // namespace

Json update_cluster_config(RequestContext& context, const Input& input) {
  static constexpr struct {
    const char *member, *type, *param;
  } kMembers[] = {
      {"accessConfig", "AccessConfigUpdate", "AuthenticationMode"},
      {"upgradePolicy", "UpgradePolicyUpdate", "UpgradePolicy"},
      {"zonalShiftConfig", "ZonalShiftConfigUpdate", "ZonalShiftConfig"},
      {"computeConfig", "AutoModeUpdate", "ComputeConfig"},
      {"kubernetesNetworkConfig", "AutoModeUpdate", "KubernetesNetworkConfig"},
      {"storageConfig", "AutoModeUpdate", "StorageConfig"},
      {"remoteNetworkConfig", "RemoteNetworkConfigUpdate", "RemoteNetworkConfig"},
      {"deletionProtection", "DeletionProtectionUpdate", "DeletionProtection"},
      {"controlPlaneScalingConfig", "ControlPlaneScalingConfigUpdate", "UpdatedTier"},
  };
  input.acknowledge("clientRequestToken", "an update is done at once; a repetition finds nothing left to do");
  storage::Resource cluster = find_cluster(context, input.str("name"));
  const Json before = cluster.document;
  std::vector<Change> changes;
  if (input.has("resourcesVpcConfig"))
    changes.push_back(change_vpc(context, cluster, input.object("resourcesVpcConfig")));
  if (input.has("logging")) changes.push_back(change_logging(cluster, input.object("logging")));
  for (const auto& [member, type, param] : kMembers) {
    if (input.has(member)) changes.push_back(change_member(cluster, input, member, type, param));
  }
  if (changes.empty()) throw errors::invalid_parameter("No changes needed for the cluster");
  for (const Change& change : changes) {
    if (change.type != changes[0].type) throw errors::invalid_parameter("Only one type of update can be allowed.");
  }
  if (cluster.document == before)
    throw errors::invalid_parameter("Cluster is already at the desired configuration").with("clusterName", cluster.id);
  judge(context, cluster);
  context.resources().put(cluster);
  Json params = Json::array();
  for (const Change& change : changes) params.insert(params.end(), change.params.begin(), change.params.end());
  return {{"update", record_update(context, cluster.id, "", changes[0].type, params)}};
}

Json update_cluster_version(RequestContext& context, const Input& input) {
  input.acknowledge("clientRequestToken", "an update is done at once");
  input.acknowledge("force", "upgrade insights, which force overrides, are not offered");
  storage::Resource cluster = find_cluster(context, input.str("name"));
  const std::string from = cluster.document.at("version"), to = input.str("version");
  const Version *old_version = find_version(from), *new_version = find_version(to);
  if (!new_version) throw errors::invalid_parameter("unsupported Kubernetes version");
  if (from == to)
    throw errors::invalid_parameter("Cluster is already at version " + to).with("clusterName", cluster.id);
  if (old_version && new_version != old_version + 1) {
    throw errors::invalid_parameter("Unsupported Kubernetes minor version update from " + from + " to " + to)
        .with("clusterName", cluster.id);
  }
  cluster.document["version"] = to;
  judge(context, cluster);
  context.resources().put(cluster);
  const Json params = {{{"type", "Version"}, {"value", to}}, {{"type", "PlatformVersion"}, {"value", "eks.1"}}};
  return {{"update", record_update(context, cluster.id, "", "VersionUpdate", params)}};
}

Json associate_encryption_config(RequestContext& context, const Input& input) {
  input.acknowledge("clientRequestToken", "an update is done at once");
  storage::Resource cluster = find_cluster(context, input.str("clusterName"));
  if (cluster.document.contains("encryptionConfig"))
    throw errors::invalid_parameter("Encryption is already enabled on cluster").with("clusterName", cluster.id);
  cluster.document["encryptionConfig"] = encryption_of(context, input.json("encryptionConfig"));
  context.resources().put(cluster);
  const Json params = {{{"type", "EncryptionConfig"}, {"value", cluster.document["encryptionConfig"].dump()}}};
  return {{"update", record_update(context, cluster.id, "", "AssociateEncryptionConfig", params)}};
}

}  // namespace orrery::eks
