#include "services/rds/cluster.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "registry/filters.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/force.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/running.hpp"
#include "services/rds/tags.hpp"

namespace orrery::rds {

namespace {

std::string cluster_name_of(const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  return lower(arn.valid() && arn.resource.starts_with("cluster:") ? arn.resource.substr(8) : reference);
}

std::vector<std::string> cluster_filter_values(const storage::Resource& cluster, std::string_view name) {
  if (name == "db-cluster-id") return {cluster.id, cluster.arn};
  if (name == "db-cluster-resource-id") return {cluster.document.at("DbClusterResourceId")};
  if (name == "engine") return {cluster.document.at("Engine")};
  return {};
}

bool known_cluster_filter(std::string_view name) {
  return name == "db-cluster-id" || name == "db-cluster-resource-id" || name == "engine" || name == "clone-group-id" ||
         name == "domain";
}

Json member_list(RequestContext& context, const storage::Resource& cluster) {
  Json list = Json::array();
  const std::string status = apply_status(context, cluster);
  for (const storage::Resource& member : members_of(context, cluster))
    list.push_back({{"DBInstanceIdentifier", member.id},
                    {"IsClusterWriter", is_writer(cluster, member)},
                    {"DBClusterParameterGroupStatus", status},
                    {"PromotionTier", member.document.at("PromotionTier")}});
  return list;
}

}  // namespace

storage::Resource cluster_named(RequestContext& context, const std::string& identifier) {
  auto cluster = context.resources().find(kCluster, cluster_name_of(identifier));
  if (!cluster) throw cluster_not_found(cluster_name_of(identifier));
  return std::move(*cluster);
}

std::optional<storage::Resource> cluster_of(RequestContext& context, const storage::Resource& instance) {
  if (!is_member(instance)) return std::nullopt;
  return context.resources().find(kCluster, instance.document.at("DBClusterIdentifier").get<std::string>());
}

std::vector<storage::Resource> members_of(RequestContext& context, const storage::Resource& cluster) {
  std::vector<storage::Resource> members;
  storage::ResourceTable table = context.resources();
  for (const storage::Edge& edge : table.links_to(kCluster, cluster.id)) {
    if (edge.from.kind != kInstance) continue;
    if (auto member = table.find(kInstance, edge.from.id)) members.push_back(std::move(*member));
  }
  std::sort(members.begin(), members.end(), [](const storage::Resource& a, const storage::Resource& b) {
    return std::pair(a.created, a.id) < std::pair(b.created, b.id);
  });
  return members;
}

bool is_writer(const storage::Resource& cluster, const storage::Resource& instance) {
  return instance.document.at("DbiResourceId") == cluster.hidden.value("writer", "");
}

std::optional<storage::Resource> writer_of(RequestContext& context, const storage::Resource& cluster) {
  for (storage::Resource& member : members_of(context, cluster))
    if (is_writer(cluster, member)) return std::move(member);
  return std::nullopt;
}

void choose_writer(RequestContext& context, storage::Resource& cluster, const std::string& other_than) {
  cluster.hidden["writer"] = "";
  std::int64_t best = 16;
  // "Aurora promotes the replica with the highest priority", which is the lowest tier.
  for (const storage::Resource& member : members_of(context, cluster)) {
    const std::int64_t tier = member.document.at("PromotionTier").get<std::int64_t>();
    if (member.id == other_than || tier >= best) continue;
    best = tier;
    cluster.hidden["writer"] = member.document.at("DbiResourceId");
  }
}

Json cluster_view(RequestContext& context, const storage::Resource& cluster) {
  Json out = cluster.document;
  out["Status"] = cluster_status(context, cluster);
  const Endpoints endpoints = cluster_endpoints(context, cluster);
  out["Endpoint"] = endpoints.writer;
  out["ReaderEndpoint"] = endpoints.reader;
  out["Port"] = endpoints.port;
  out["DBClusterMembers"] = member_list(context, cluster);
  out["MultiAZ"] = out.at("DBClusterMembers").size() > 1;
  out["EarliestRestorableTime"] = out.at("ClusterCreateTime");
  out["LatestRestorableTime"] = aws::seconds(context.now / 1000 * 1000);
  out["TagList"] = tag_list(context.resources().tags(kCluster, cluster.id));
  return out;
}

void lay_cluster(RequestContext& context, const storage::Resource& cluster, const storage::Resource& instance,
                 Json& out) {
  const Json& of = cluster.document;
  for (const char* member :
       {"MasterUsername", "BackupRetentionPeriod", "VpcSecurityGroups", "EngineVersion",
        "IAMDatabaseAuthenticationEnabled", "StorageEncrypted", "KmsKeyId", "PreferredBackupWindow"})
    if (of.contains(member)) out[member] = of.at(member);
  if (of.contains("DatabaseName")) out["DBName"] = of.at("DatabaseName");
  if (!out.contains("Endpoint") || !is_writer(cluster, instance) || !engine_runs(context, instance)) return;
  const Endpoints endpoints = cluster_endpoints(context, cluster);
  out["Endpoint"]["Address"] = endpoints.writer;
  out["Endpoint"]["Port"] = endpoints.port;
}

void require_cluster_available(RequestContext& context, const storage::Resource& cluster) {
  if (cluster_status(context, cluster) != "available")
    throw invalid_cluster_state("DB cluster " + cluster.id + " is not currently in the available state.");
}

void relink_cluster(RequestContext& context, const storage::Resource& cluster) {
  storage::ResourceTable table = context.resources();
  table.unlink(kCluster, cluster.id, "");
  table.link(kCluster, cluster.id, "subnet-group", {"rds", "db-subnet-group", cluster.document.at("DBSubnetGroup")});
  table.link(kCluster, cluster.id, "parameter-group",
             {"rds", "db-cluster-parameter-group", cluster.document.at("DBClusterParameterGroup")});
}

Json describe_clusters(RequestContext& context, const Input& input) {
  input.acknowledge("IncludeShared", "no other account shares clusters with this one");
  const Filters filters(input);
  const auto unknown = filters.unknown(known_cluster_filter);
  if (!unknown.empty()) throw invalid_parameter_value("Unrecognized filter name: " + unknown.front());
  std::vector<Json> clusters;
  const auto add = [&](const storage::Resource& cluster) {
    if (filters.match([&](std::string_view name) { return cluster_filter_values(cluster, name); }))
      clusters.push_back(cluster_view(context, cluster));
  };
  if (const std::string wanted = input.str("DBClusterIdentifier"); !wanted.empty())
    add(cluster_named(context, wanted));
  else
    for (const storage::Resource& cluster : context.resources().list(kCluster)) add(cluster);
  return page(input, "DBClusters", std::move(clusters), "DBClusterIdentifier");
}

Json describe_cluster_endpoints(RequestContext& context, const Input& input) {
  const std::string wanted = input.str("DBClusterIdentifier"), endpoint = input.str("DBClusterEndpointIdentifier");
  input.json("Filters");
  if (!endpoint.empty()) throw not_built("DescribeDBClusterEndpoints of a custom endpoint");
  std::vector<Json> found;
  for (const storage::Resource& cluster : context.resources().list(kCluster)) {
    if (!wanted.empty() && cluster.id != cluster_name_of(wanted)) continue;
    const Endpoints endpoints = cluster_endpoints(context, cluster);
    for (const auto& [type, address] : {std::pair{"READER", endpoints.reader}, {"WRITER", endpoints.writer}})
      found.push_back({{"DBClusterIdentifier", cluster.id},
                       {"Endpoint", address},
                       {"EndpointType", type},
                       {"Status", "available"},
                       {"order", cluster.id + type}});
  }
  Json answer = page(input, "DBClusterEndpoints", std::move(found), "order");
  for (Json& item : answer["DBClusterEndpoints"]) item.erase("order");
  return answer;
}

Json describe_global_clusters(RequestContext&, const Input& input) {
  // None can be made here, so that none is found.
  input.json("Filters");
  if (const std::string wanted = input.str("GlobalClusterIdentifier"); !wanted.empty())
    throw AwsError("GlobalClusterNotFoundFault", 404, "Global cluster " + wanted + " not found.");
  return page(input, "GlobalClusters", {}, "GlobalClusterIdentifier");
}

}  // namespace orrery::rds
