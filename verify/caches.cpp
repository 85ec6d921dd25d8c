#include "engines/memcached_client.hpp"
#include "verify/cache_state.hpp"
#include "verify/redis.hpp"
#include "verify/site.hpp"
#include "verify/traffic.hpp"

namespace orrery::verify {

namespace {

using engines::redis::Client;
using engines::redis::Target;
using Clusters = std::map<std::string, CacheCluster>;

enum class Login { none, token, users };
enum class Tls { off, on };

/// Something that answers, and what has to be true of it behind the login.
struct Door {
  Endpoint endpoint;
  Tls tls = Tls::off;
  Login login = Login::none;
  std::function<Outcome(Client&, const std::string& greeting)> inside;
};

/// What TLS is verified with; "" without.
std::string authority(const Site& site, Tls tls) {
  if (tls == Tls::off) return "";
  if (site.authority.pem().empty())
    throw std::runtime_error("TLS is on, and the server has no /_orrery/ca.pem to verify it with");
  return site.authority.pem();
}

Target target(const Site& site, const Door& door, const Credential& credential) {
  return {door.endpoint.host, door.endpoint.port,  authority(site, door.tls),
          credential.user,    credential.password, std::chrono::seconds(5)};
}

Outcome enter(const Site& site, const Door& door, const Credential& credential) {
  const Target entry = target(site, door, credential);
  Client client(entry);
  const std::string greeting = enter_redis(client, entry);
  Outcome outcome = door.inside(client, greeting);
  if (!credential.secret.empty()) outcome.detail += ", with the secret " + credential.secret;
  return outcome;
}

/// Without a known token or password: who asks for one is as the state says.
Outcome knock(const Site& site, const Door& door) {
  if (!wants_login(target(site, door, {}))) {
    if (door.login == Login::token) return failed("it has an auth token and answers without it");
    return enter(site, door, {});
  }
  if (door.login == Login::none) return failed("it asks for a password that nobody set: NOAUTH");
  return ok("NOAUTH without a login, and no secret names it");
}

void check_door(Site& site, const Subject& subject, const Door& door, const std::vector<Credential>& credentials) {
  if (credentials.empty()) site.check(subject, [&] { return knock(site, door); });
  for (const Credential& credential : credentials) {
    site.check(subject, [&] { return enter(site, door, credential); });
  }
}

Outcome as_primary(Client& client, const std::string& greeting, const CacheShard& shard) {
  const Replication found = replication(client);
  const std::size_t wanted = shard.nodes - std::min<std::size_t>(shard.nodes, 1);
  const std::string replicas = std::to_string(found.replicas) + " of " + std::to_string(wanted) + " replicas";
  if (!found.primary) return failed("the primary endpoint answers as a replica");
  return found.replicas == wanted ? ok(greeting + ", primary with " + replicas)
                                  : failed("only " + replicas + " are connected");
}

Outcome as_cluster(Client& client, const std::string& greeting, const CacheGroup& group) {
  const std::string state = cluster_info(client, "cluster_state"), known = cluster_info(client, "cluster_known_nodes");
  if (state != "ok") return failed("cluster_state is " + state);
  if (known != std::to_string(group.members.size())) {
    return failed("the cluster knows " + known + " nodes, and " + std::to_string(group.members.size()) +
                  " are described");
  }
  return ok(greeting + ", cluster_state ok, " + std::to_string(group.shards.size()) + " shards, " + known + " nodes");
}

Outcome as_any(Client&, const std::string& greeting) { return ok(greeting); }

std::optional<std::string> engine_of(const Site& site, const std::string& cluster) {
  return site.engines.find("elasticache/" + site.api.account() + "/" + site.api.region() + "/" + cluster + ".");
}

/// Why there is nothing to connect to, if so. `cluster` is the group's first member, or stands alone.
std::optional<Outcome> nothing_to_enter(const Site& site, const std::string& status, const CacheCluster& cluster) {
  const auto engine = engine_of(site, cluster.id);
  const std::string said = "status " + status;
  if (status.ends_with("failed") || status == "incompatible-network") {
    return failed(said + (engine ? "; engine " + *engine : ""));
  }
  if (!engine) return noted("no engine", said + ", " + cluster.software + " " + cluster.version);
  if (status != "available" && status != "snapshotting") return noted(status, "engine " + *engine);
  return std::nullopt;
}

std::vector<Credential> credentials_of(const Site& site, const CacheGroup& group) {
  std::vector<Credential> out;
  std::vector<Endpoint> places{group.configuration};
  for (const CacheShard& shard : group.shards) places.insert(places.end(), {shard.primary, shard.reader});
  for (const Endpoint& place : places) {
    for (Credential& found : site.credentials.naming(place.host, "")) {
      const auto same = [&](const Credential& one) { return one.secret == found.secret; };
      if (std::none_of(out.begin(), out.end(), same)) out.push_back(std::move(found));
    }
  }
  return out;
}

void enter_group(Site& site, const CacheGroup& group) {
  const auto credentials = credentials_of(site, group);
  Door door{group.configuration,
            group.tls ? Tls::on : Tls::off,
            group.users ? Login::users : (group.token ? Login::token : Login::none),
            {}};
  if (group.sharded) {
    door.inside = [&](Client& client, const std::string& greeting) { return as_cluster(client, greeting, group); };
    check_door(site, {"cache", group.id, door.endpoint.text()}, door, credentials);
    return;
  }
  for (const CacheShard& shard : group.shards) {
    door.endpoint = shard.primary;
    door.inside = [&](Client& client, const std::string& greeting) { return as_primary(client, greeting, shard); };
    check_door(site, {"cache", group.id, door.endpoint.text()}, door, credentials);
    if (shard.reader.host.empty()) continue;
    door.endpoint = shard.reader;
    door.inside = as_any;
    check_door(site, {"cache reader", group.id, door.endpoint.text()}, door, credentials);
  }
}

Endpoint main_endpoint(const CacheGroup& group) {
  return group.sharded || group.shards.empty() ? group.configuration : group.shards.front().primary;
}

std::uint16_t usual_port(const CacheCluster& cluster) { return cluster.software == "memcached" ? 11211 : 6379; }

void check_group(Site& site, const CacheGroup& group, const Clusters& clusters) {
  const auto member = group.members.empty() ? clusters.end() : clusters.find(group.members.front());
  const Endpoint place = main_endpoint(group);
  if (member == clusters.end()) {
    site.check({"cache", group.id, place.text()}, [&] { return noted(group.status, "it has no member yet"); });
    return;
  }
  if (const auto outcome = nothing_to_enter(site, group.status, member->second)) {
    site.check({"cache", group.id, place.text()}, [&] { return *outcome; });
  } else {
    enter_group(site, group);
  }
  check_traffic(site, {group.id, member->second.security_groups, place.ports_of_rules(usual_port(member->second))});
}

void check_memcached(Site& site, const CacheCluster& cluster) {
  for (const Endpoint& node : cluster.nodes) {
    site.check({"cache", cluster.id, node.text()}, [&] {
      const std::string pem = authority(site, cluster.tls ? Tls::on : Tls::off);
      const std::string version = engines::memcached_version({node.host, node.port, pem, std::chrono::seconds(5)});
      return ok("memcached " + version + (cluster.tls ? ", TLS" : ", no TLS"));
    });
  }
}

void check_alone(Site& site, const CacheCluster& cluster) {
  const Subject subject{"cache", cluster.id, cluster.endpoint.text()};
  if (const auto outcome = nothing_to_enter(site, cluster.status, cluster)) {
    site.check(subject, [&] { return *outcome; });
  } else if (cluster.software == "memcached") {
    check_memcached(site, cluster);
  } else {
    const Door door{cluster.endpoint, cluster.tls ? Tls::on : Tls::off, Login::none, as_any};
    check_door(site, subject, door, site.credentials.naming(cluster.endpoint.host, ""));
  }
  check_traffic(site, {cluster.id, cluster.security_groups, cluster.endpoint.ports_of_rules(usual_port(cluster))});
}

/// It speaks as a cluster of one shard.
void check_serverless(Site& site, const ServerlessCache& cache) {
  const CacheCluster& node = cache.node;
  if (node.software == "memcached" || nothing_to_enter(site, node.status, node)) return check_alone(site, node);
  CacheGroup group;
  group.id = node.id;
  group.sharded = group.tls = true;
  group.users = cache.users;
  group.configuration = node.endpoint;
  group.shards = {{}};
  group.members = {node.id};
  enter_group(site, group);
  check_traffic(site, {node.id, node.security_groups, node.endpoint.ports_of_rules(usual_port(node))});
}

}  // namespace

void check_caches(Site& site) {
  const Clusters clusters = cache_clusters(site.api);
  for (const CacheGroup& group : cache_groups(site.api)) check_group(site, group, clusters);
  for (const auto& [id, cluster] : clusters) {
    if (cluster.group.empty()) check_alone(site, cluster);
  }
  for (const ServerlessCache& cache : serverless_caches(site.api)) check_serverless(site, cache);
}

}  // namespace orrery::verify
