#include <set>

#include "verify/endpoint.hpp"
#include "verify/postgres.hpp"
#include "verify/site.hpp"
#include "verify/traffic.hpp"

namespace orrery::verify {

namespace {

struct Instance {
  std::string id, resource_id, software, version, status, user, database, secret_arn;
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
  out.groups = texts(node, "VpcSecurityGroups", "VpcSecurityGroupId");
  return out;
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

std::uint16_t default_port(const std::string& software) { return software == "postgres" ? 5432 : 3306; }

PostgresTarget target(const Site& site, const Instance& instance, const Credential& credential) {
  PostgresTarget out{instance.endpoint.host, instance.endpoint.port, credential.user, credential.password,
                     credential.database,    site.authority.file()};
  if (out.user.empty()) out.user = instance.user;
  if (out.database.empty()) out.database = instance.database.empty() ? "postgres" : instance.database;
  return out;
}

Outcome enter(const Site& site, const Instance& instance, const Credential& credential) {
  const PostgresTarget entry = target(site, instance, credential);
  return ok(enter_postgres(entry) + ", as " + entry.user + " with the secret " + credential.secret);
}

Outcome knock(const Site& site, const Instance& instance) {
  if (!wants_password(target(site, instance, {}))) return failed("it lets " + instance.user + " in without a password");
  return ok("asks for a password over TLS; no secret names it");
}

/// Why there is nothing to connect to, if so.
std::optional<Outcome> nothing_to_enter(const Site& site, const Instance& instance) {
  const auto engine =
      site.engines.find("rds/" + site.api.account() + "/" + site.api.region() + "/" + instance.resource_id);
  const std::string said = "status " + instance.status;
  if (is_broken(instance.status)) return failed(said + (engine ? "; engine " + *engine : ""));
  if (!engine) return noted("no engine", said + ", " + instance.software + " " + instance.version);
  if (!takes_connections(instance.status)) return noted(instance.status, "engine " + *engine);
  if (instance.software != "postgres") return noted("not tried", "only PostgreSQL is spoken here, not " + instance.software);
  return std::nullopt;
}

void check_instance(Site& site, const Instance& instance) {
  const Subject subject{"database", instance.id, instance.endpoint.text()};
  if (const auto outcome = nothing_to_enter(site, instance)) {
    site.check(subject, [&] { return *outcome; });
    return;
  }
  auto credentials = site.credentials.naming(instance.endpoint.host, instance.id);
  const auto managed = site.credentials.of_arn(instance.secret_arn);
  if (managed && !managed->password.empty()) credentials.push_back(*managed);
  if (credentials.empty()) site.check(subject, [&] { return knock(site, instance); });
  for (const Credential& credential : credentials) {
    site.check(subject, [&] { return enter(site, instance, credential); });
  }
}

}  // namespace

void check_databases(Site& site) {
  std::vector<Instance> instances;
  site.api.each(kRds, "DescribeDBInstances", "DBInstances",
                [&](const pugi::xml_node& node) { instances.push_back(instance(node)); });
  for (const Instance& each : instances) {
    check_instance(site, each);
    check_traffic(site, {each.id, each.groups, each.endpoint.ports_of_rules(default_port(each.software))});
  }
}

}  // namespace orrery::verify
