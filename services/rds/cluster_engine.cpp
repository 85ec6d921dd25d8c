#include "services/rds/cluster_engine.hpp"

#include "engines/supervisor.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/deletion.hpp"
#include "services/rds/force.hpp"
#include "services/rds/network.hpp"
#include "services/rds/restore.hpp"
#include "services/rds/settings.hpp"

namespace orrery::rds {

namespace {

bool cluster_runs(const RequestContext& context, const storage::Resource& cluster) {
  return cluster.hidden.contains("lease") && has_engine(context, cluster.document.at("Engine"));
}

/// Whether the reader endpoint has an address of its own, at which engines can listen beside theirs.
bool has_reader_address(const storage::Resource& cluster) { return cluster.hidden.contains("reader_lease"); }

}  // namespace

std::string cluster_engine_id(const RequestContext& context, const storage::Resource& cluster) {
  return "rds/" + context.account + "/" + context.region + "/" +
         cluster.document.at("DbClusterResourceId").get<std::string>();
}

engines::Specification cluster_specification(RequestContext& context, const storage::Resource& cluster) {
  const auto writer = writer_of(context, cluster);
  engines::Specification out;
  out.id = cluster_engine_id(context, cluster);
  out.software = "postgres";
  out.version = cluster.document.at("EngineVersion");
  out.host = cluster.hidden.at("lease").at("listen").at("host");
  out.port = cluster.hidden.at("lease").at("listen").at("port");
  if (!writer || cluster.document.at("Status") == "stopped") out.desired = engines::Desired::stopped;
  out.generation = cluster.hidden.value("generation", std::int64_t{0});
  out.restore_from = origin_of(cluster).id;
  out.settings = cluster_settings(context, cluster, writer ? &*writer : nullptr);
  return out;
}

Endpoints cluster_endpoints(RequestContext& context, const storage::Resource& cluster) {
  if (!cluster_runs(context, cluster)) {
    const std::string address = endpoint_address(context, cluster.id);
    const std::string rest = address.substr(cluster.id.size() + 1);
    return {cluster.id + ".cluster-" + rest, cluster.id + ".cluster-ro-" + rest,
            cluster.hidden.at("port").get<std::int64_t>()};
  }
  const Json& writer = cluster.hidden.at("lease").at("advertised");
  const Json& reader = has_reader_address(cluster) ? cluster.hidden.at("reader_lease").at("advertised") : writer;
  return {writer.at("host"), reader.at("host"), writer.at("port").get<std::int64_t>()};
}

void place_cluster(RequestContext& context, storage::Resource& cluster, std::int64_t port) {
  cluster.hidden["port"] = port;
  cluster.hidden.erase("lease");
  cluster.hidden.erase("reader_lease");
  if (!has_engine(context, cluster.document.at("Engine"))) return;
  const std::string id = cluster_engine_id(context, cluster);
  cluster.hidden["lease"] = lease(context, id, port);
  if (context.peers.engines->listening("postgres") != engines::Listening::anywhere) return;
  // A second port of one address is of no use: an engine listens on one.
  Json reader = lease(context, id + "-ro", port);
  if (reader.at("listen").at("port") == cluster.hidden.at("lease").at("listen").at("port"))
    cluster.hidden["reader_lease"] = std::move(reader);
  else
    context.peers.engines->release(context.tx, id + "-ro");
}

void release_cluster(RequestContext& context, const storage::Resource& cluster) {
  if (context.peers.engines == nullptr || !cluster.hidden.contains("lease")) return;
  const std::string id = cluster_engine_id(context, cluster);
  context.peers.engines->release(context.tx, id);
  context.peers.engines->release(context.tx, id + "-ro");
  poke(context);
}

Json further_addresses(RequestContext& context, const storage::Resource& cluster, const std::string& resource_id) {
  if (!has_reader_address(cluster)) return nullptr;
  std::string holder = cluster.hidden.value("writer", "");
  for (const storage::Resource& member : members_of(context, cluster)) {
    if (is_writer(cluster, member)) continue;
    holder = member.document.at("DbiResourceId");
    break;
  }
  if (holder != resource_id) return nullptr;
  return Json::array({cluster.hidden.at("reader_lease").at("listen").at("host")});
}

std::string cluster_status(RequestContext& context, const storage::Resource& cluster) {
  if (being_deleted(cluster)) return "deleting";
  const std::string stored = cluster.document.at("Status");
  if (!cluster_runs(context, cluster) || !writer_of(context, cluster)) return stored;
  const engines::Specification wanted = cluster_specification(context, cluster);
  const engines::Status status = context.peers.engines->status(wanted.id);
  if (stored == "stopped") {
    const bool down = status.phase == engines::Phase::stopped || status.phase == engines::Phase::unknown;
    return down ? stored : "stopping";
  }
  // A cluster is available before its first instance is.
  const std::string transition = cluster.hidden.value("transition", "starting");
  return transition == "creating" || as_wanted(status, wanted) ? stored : transition;
}

void restart_cluster(RequestContext& context, storage::Resource& cluster, Transition transition) {
  cluster.hidden["generation"] = cluster.hidden.value("generation", std::int64_t{0}) + 1;
  take_force(context, cluster);
  begin_transition(cluster, transition);
  poke(context);
}

bool watch_cluster(RequestContext& context, storage::Resource& cluster) {
  if (!has_engine(context, cluster.document.at("Engine"))) return false;
  const engines::Status status = context.peers.engines->status(cluster_engine_id(context, cluster));
  bool changed = false;
  if (status.phase != engines::Phase::running) {
    const Json before = cluster.hidden;
    place_cluster(context, cluster, cluster.hidden.at("port").get<std::int64_t>());
    changed = cluster.hidden != before;
    if (changed) poke(context);
  } else if (cluster.hidden.contains("transition") && as_wanted(status, cluster_specification(context, cluster))) {
    cluster.hidden.erase("transition");
    // From now on there is data to copy, and none to start with.
    cluster.hidden["born"] = true;
    changed = true;
  }
  return changed;
}

}  // namespace orrery::rds
