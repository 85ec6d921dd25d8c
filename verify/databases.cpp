#include <map>
#include <set>

#include "verify/database_target.hpp"
#include "verify/endpoint.hpp"
#include "verify/site.hpp"
#include "verify/traffic.hpp"

namespace orrery::verify {

namespace {

/// An instance, or an endpoint of a cluster.
struct Instance {
  const char* what = "database";
  std::string id, resource_id, software, version, status, user, database, secret_arn;
  std::string cluster, cluster_resource_id;  ///< "" outside of clusters
  bool empty = false;                        ///< a cluster without instances
  Endpoint endpoint;
  std::vector<std::string> groups;
};

Instance instance(const pugi::xml_node& node) {
  Instance out;
  out.id = text(node, "DBInstanceIdentifier");
  out.resource_id = text(node, "DbiResourceId");
  out.software = text(node, "Engine");
  out.version = text(node, "EngineVersion");
  out.status = text(node, "DBInstanceStatus");
  out.user = text(node, "MasterUsername");
  out.database = text(node, "DBName");
  out.secret_arn = text(node, "MasterUserSecret/SecretArn");
  out.endpoint = endpoint(node.child("Endpoint"));
  out.cluster = text(node, "DBClusterIdentifier");
  out.groups = texts(node, "VpcSecurityGroups", "VpcSecurityGroupId");
  return out;
}

/// By its writer's endpoint.
Instance cluster(const pugi::xml_node& node) {
  Instance out;
  out.what = "database cluster";
  out.id = out.cluster = text(node, "DBClusterIdentifier");
  out.resource_id = text(node, "DbClusterResourceId");
  out.empty = texts(node, "DBClusterMembers", "DBInstanceIdentifier").empty();
  out.software = text(node, "Engine");
  out.version = text(node, "EngineVersion");
  out.status = text(node, "Status");
  out.user = text(node, "MasterUsername");
  out.database = text(node, "DatabaseName");
  out.secret_arn = text(node, "MasterUserSecret/SecretArn");
  out.endpoint = {text(node, "Endpoint"), static_cast<std::uint16_t>(node.child("Port").text().as_uint())};
  out.groups = texts(node, "VpcSecurityGroups", "VpcSecurityGroupId");
  return out;
}

Instance reader(Instance cluster, const pugi::xml_node& node) {
  cluster.what = "database reader";
  cluster.endpoint.host = text(node, "ReaderEndpoint");
  return cluster;
}

/// The statuses in which an instance takes connections, and those that say that it is broken (RDS user guide, "Viewing
/// Amazon RDS DB instance status").
bool takes_connections(const std::string& status) {
  return status == "available" || status == "backing-up" || status == "storage-optimization" ||
         status.starts_with("configuring-");
}

bool is_broken(const std::string& status) {
  static const std::set<std::string> broken{"failed", "inaccessible-encryption-credentials", "insufficient-capacity",
                                            "restore-error", "storage-full"};
  return broken.contains(status) || status.starts_with("incompatible-");
}

struct Software {
  const DatabaseClient* client = nullptr;  ///< null: not spoken here
  std::uint16_t port = 0;
  const char* database = "";  ///< that every server has
};

Software software(const std::string& engine) {
  if (engine == "postgres" || engine == "aurora-postgresql") return {&postgres_client, 5432, "postgres"};
  const bool spoken = engine == "mysql" || engine == "mariadb";
  return {spoken ? &mariadb_client : nullptr, 3306, ""};
}

DatabaseTarget target(const Site& site, const Instance& instance, const Credential& credential) {
  DatabaseTarget out{instance.endpoint.host, instance.endpoint.port, credential.user,
                     credential.password,    credential.database,    site.authority.file()};
  if (out.user.empty()) out.user = instance.user;
  if (out.database.empty())
    out.database = instance.database.empty() ? software(instance.software).database : instance.database;
  return out;
}

Outcome enter(const Site& site, const Instance& instance, const Credential& credential) {
  const DatabaseTarget entry = target(site, instance, credential);
  return ok(software(instance.software).client->enter(entry) + ", as " + entry.user + " with the secret " +
            credential.secret);
}

Outcome knock(const Site& site, const Instance& instance) {
  if (!software(instance.software).client->wants_password(target(site, instance, {})))
    return failed("it lets " + instance.user + " in without a password");
  return ok("asks for a password over TLS; no secret names it");
}

/// Why there is nothing to connect to, if so.
std::optional<Outcome> nothing_to_enter(const Site& site, const Instance& instance) {
  const std::string place = "rds/" + site.api.account() + "/" + site.api.region() + "/";
  auto engine = site.engines.find(place + instance.resource_id);
  // A writer works on its cluster's data.
  if (!engine && !instance.cluster_resource_id.empty())
    engine = site.engines.find(place + instance.cluster_resource_id);
  const std::string said = "status " + instance.status;
  if (is_broken(instance.status)) return failed(said + (engine ? "; engine " + *engine : ""));
  if (instance.empty) return noted("no instance", said);
  if (!engine) return noted("no engine", said + ", " + instance.software + " " + instance.version);
  if (!takes_connections(instance.status)) return noted(instance.status, "engine " + *engine);
  if (software(instance.software).client == nullptr)
    return noted("not tried", instance.software + " is not spoken here");
  return std::nullopt;
}

/// The secrets that name it.
std::vector<Credential> named(const Site& site, const Instance& instance) {
  auto credentials = site.credentials.naming(instance.endpoint.host, instance.id);
  const auto managed = site.credentials.of_arn(instance.secret_arn);
  if (managed && !managed->password.empty()) credentials.push_back(*managed);
  return credentials;
}

/// By what secrets each cluster is entered, by any of its endpoints.
using Entrances = std::map<std::string, std::vector<Credential>>;

void check_instance(Site& site, const Instance& instance, const Entrances& entrances) {
  const Subject subject{instance.what, instance.id, instance.endpoint.text()};
  if (const auto outcome = nothing_to_enter(site, instance)) {
    site.check(subject, [&] { return *outcome; });
    return;
  }
  auto credentials = named(site, instance);
  if (const auto of_cluster = entrances.find(instance.cluster); credentials.empty() && of_cluster != entrances.end())
    credentials = of_cluster->second;
  if (credentials.empty()) site.check(subject, [&] { return knock(site, instance); });
  for (const Credential& credential : credentials) {
    site.check(subject, [&] { return enter(site, instance, credential); });
  }
}

}  // namespace

void check_databases(Site& site) {
  std::vector<Instance> clusters, instances;
  site.api.each(kRds, "DescribeDBClusters", "DBClusters", [&](const pugi::xml_node& node) {
    clusters.push_back(cluster(node));
    if (!clusters.back().empty) clusters.push_back(reader(clusters.back(), node));
  });
  site.api.each(kRds, "DescribeDBInstances", "DBInstances",
                [&](const pugi::xml_node& node) { instances.push_back(instance(node)); });
  Entrances entrances;
  for (const Instance& each : clusters) {
    if (auto& known = entrances[each.id]; known.empty()) known = named(site, each);
    for (Instance& member : instances)
      if (member.cluster == each.id) member.cluster_resource_id = each.resource_id;
  }
  for (const auto* all : {&clusters, &instances}) {
    for (const Instance& each : *all) check_instance(site, each, entrances);
  }
  for (const Instance& each : instances)
    check_traffic(site, {each.id, each.groups, each.endpoint.ports_of_rules(software(each.software).port)});
}

}  // namespace orrery::verify
