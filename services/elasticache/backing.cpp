#include "services/elasticache/backing.hpp"

#include "aws/ids.hpp"
#include "services/elasticache/names.hpp"

namespace orrery::elasticache {

namespace {

Json leased(RequestContext& context, engines::Supervisor& supervisor, const std::string& id, std::int64_t port) {
  const auto lease = supervisor.lease(context.tx, id, static_cast<std::uint16_t>(port));
  return {{"id", id},
          {"listen", {lease.listen.host, lease.listen.port}},
          {"endpoint", {{"Address", lease.advertised.host}, {"Port", lease.advertised.port}}}};
}

/// A name may be used again for something new, whose data is another's: the id is of this resource alone.
std::string new_id(const RequestContext& context, const std::string& name) {
  return "elasticache/" + context.account + "/" + context.region + "/" + name + "-" + aws::random_hex(8);
}

}  // namespace

engines::Supervisor* runner(RequestContext& context, const std::string& engine) {
  engines::Supervisor* supervisor = context.peers.engines;
  return supervisor && supervisor->backend(engine) != engines::Backend::off ? supervisor : nullptr;
}

void back(RequestContext& context, const std::string& engine, storage::Resource& resource) {
  if (runner(context, engine)) resource.hidden["secret"] = aws::random_hex(40);
}

bool backed(const storage::Resource& resource) { return resource.hidden.contains("secret"); }

Json lease_node(RequestContext& context, storage::Resource& cluster, const std::string& node, std::int64_t port) {
  Json& engines = cluster.hidden["engines"];
  if (const auto known = engines.find(node); engines.is_object() && known != engines.end())
    return known->at("endpoint");
  engines[node] = leased(context, *context.peers.engines, new_id(context, cluster.id + "." + node), port);
  return engines.at(node).at("endpoint");
}

Json of_node(const storage::Resource& cluster, const std::string& node, const char* member, const Json& fallback) {
  return cluster.hidden.at("engines").at(node).value(member, cluster.hidden.value(member, fallback));
}

std::optional<Json> leased_endpoint(const storage::Resource& cluster, const std::string& node) {
  const auto engines = cluster.hidden.find("engines");
  if (engines == cluster.hidden.end() || !engines->contains(node)) return std::nullopt;
  return engines->at(node).at("endpoint");
}

void lease_endpoints(RequestContext& context, storage::Resource& group, const std::string& node_host) {
  const std::string engine = text(group.hidden.at("node"), "Engine");
  engines::Supervisor* supervisor = runner(context, engine);
  if (!supervisor || supervisor->listening(engine) != engines::Listening::anywhere) return;
  if (group.hidden.contains("endpoints")) return;
  const std::int64_t port = group.hidden.at("port");
  Json endpoints = Json::object();
  const std::vector<const char*> roles =
      group.document.at("ClusterEnabled").get<bool>() ? std::vector{"configuration"} : std::vector{"primary", "reader"};
  for (const char* role : roles) {
    Json lease = leased(context, *supervisor, new_id(context, group.id + "." + role), port);
    const Json& listen = lease.at("listen");
    // A second port of one address is of no use: an engine listens on one.
    if (listen.at(0) != node_host && listen.at(1) == port)
      endpoints[role] = std::move(lease);
    else
      supervisor->release(context.tx, lease.at("id"));
  }
  group.hidden["endpoints"] = std::move(endpoints);
}

void release(RequestContext& context, const storage::Resource& resource) {
  if (!context.peers.engines) return;
  for (const char* kind : {"engines", "endpoints"})
    for (const Json& lease : resource.hidden.value(kind, Json::object()))
      context.peers.engines->release(context.tx, lease.at("id"));
}

void poke(RequestContext& context) {
  if (engines::Supervisor* supervisor = context.peers.engines)
    context.tx.on_commit([supervisor] { supervisor->poke(); });
}

}  // namespace orrery::elasticache
