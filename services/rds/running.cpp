#include "services/rds/running.hpp"

#include "engines/supervisor.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/deletion.hpp"
#include "services/rds/engines.hpp"
#include "services/rds/force.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/network.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/restore.hpp"
#include "services/rds/settings.hpp"

namespace orrery::rds {

namespace {

std::string software(const std::string& rds_engine) {
  return is_postgres(rds_engine) ? "postgres" : rds_engine == "mysql" || rds_engine == "mariadb" ? rds_engine : "";
}

Json written(const engines::Endpoint& endpoint) { return {{"host", endpoint.host}, {"port", endpoint.port}}; }

std::string_view name_of(Transition transition) {
  switch (transition) {
    case Transition::creating:
      return "creating";
    case Transition::modifying:
      return "modifying";
    case Transition::rebooting:
      return "rebooting";
    case Transition::starting:
      return "starting";
    case Transition::stopping:
      return "stopping";
  }
  return "";
}

std::string own_engine_id(const RequestContext& context, const storage::Resource& instance) {
  return engine_id(context.account, context.region, instance);
}

/// The cluster whose data the instance's engine has; nothing for an instance with data of its own, and for readers.
std::optional<storage::Resource> written_cluster(RequestContext& context, const storage::Resource& instance) {
  auto cluster = cluster_of(context, instance);
  if (!cluster || !is_writer(*cluster, instance)) return std::nullopt;
  return cluster;
}

}  // namespace

std::string engine_id(const std::string& account, const std::string& region, const storage::Resource& instance) {
  return "rds/" + account + "/" + region + "/" + instance.document.at("DbiResourceId").get<std::string>();
}

std::string engine_id(RequestContext& context, const storage::Resource& instance) {
  const auto cluster = written_cluster(context, instance);
  return cluster ? cluster_engine_id(context, *cluster) : own_engine_id(context, instance);
}

bool as_wanted(const engines::Status& status, const engines::Specification& wanted) {
  return status.phase == engines::Phase::running && status.generation == wanted.generation &&
         status.port == wanted.port && status.settings == wanted.settings;
}

Json lease(RequestContext& context, const std::string& id, std::int64_t port) {
  const auto lease = context.peers.engines->lease(context.tx, id, static_cast<std::uint16_t>(port));
  return {{"advertised", written(lease.advertised)}, {"listen", written(lease.listen)}};
}

bool has_engine(const RequestContext& context, const std::string& rds_engine) {
  const std::string name = software(rds_engine);
  return !name.empty() && context.peers.engines != nullptr &&
         context.peers.engines->backend(name) != engines::Backend::off;
}

bool engine_runs(const RequestContext& context, const storage::Resource& instance) {
  return instance.hidden.contains("lease") && has_engine(context, instance.document.at("Engine"));
}

void place_endpoint(RequestContext& context, storage::Resource& instance, std::int64_t port) {
  Json& document = instance.document;
  instance.hidden["port"] = port;
  instance.hidden.erase("lease");
  document["Endpoint"] = {{"Address", endpoint_address(context, instance.id)}, {"Port", port}};
  if (const auto zone = hosted_zone(context.region); !zone.empty()) document["Endpoint"]["HostedZoneId"] = zone;
  if (!has_engine(context, document.at("Engine"))) return;
  instance.hidden["lease"] = lease(context, own_engine_id(context, instance), port);
  document["Endpoint"]["Address"] = instance.hidden["lease"]["advertised"]["host"];
  document["Endpoint"]["Port"] = instance.hidden["lease"]["advertised"]["port"];
}

std::int64_t port_of(const storage::Resource& instance) {
  const auto own = instance.hidden.find("port");
  return own != instance.hidden.end() ? own->get<std::int64_t>()
                                      : instance.document.at("Endpoint").at("Port").get<std::int64_t>();
}

void release_endpoint(RequestContext& context, const storage::Resource& instance) {
  if (context.peers.engines == nullptr || !instance.hidden.contains("lease")) return;
  context.peers.engines->release(context.tx, own_engine_id(context, instance));
  poke(context);
}

void begin_transition(storage::Resource& instance, Transition transition) {
  instance.hidden["transition"] = name_of(transition);
}

void restart(RequestContext& context, storage::Resource& instance, Transition transition) {
  instance.hidden["generation"] = instance.hidden.value("generation", std::int64_t{0}) + 1;
  take_force(context, instance);
  begin_transition(instance, transition);
  poke(context);
  if (auto cluster = written_cluster(context, instance)) {
    restart_cluster(context, *cluster, transition);
    context.resources().put(*cluster);
  }
}

void poke(RequestContext& context) {
  if (engines::Supervisor* supervisor = context.peers.engines)
    context.tx.on_commit([supervisor] { supervisor->poke(); });
}

std::string status_of(RequestContext& context, const storage::Resource& instance) {
  if (being_deleted(instance)) return "deleting";
  const std::string stored = instance.document.at("DBInstanceStatus");
  if (!engine_runs(context, instance)) return stored;
  const engines::Status status = context.peers.engines->status(engine_id(context, instance));
  if (status.phase == engines::Phase::failed) return "failed";
  if (stored == "stopped") {
    const bool down = status.phase == engines::Phase::stopped || status.phase == engines::Phase::unknown;
    return down ? stored : "stopping";
  }
  if (stored != "available" || as_wanted(status, specification(context, instance))) return stored;
  // What ran before is not being created, although nobody has noted yet that it ran (watch_engine). A member's engine
  // may be older than the member.
  const bool created = status.proven && !is_member(instance);
  const std::string transition = instance.hidden.value("transition", "starting");
  return transition == "creating" && created ? "modifying" : transition;
}

bool password_pending(RequestContext& context, const storage::Resource& instance) {
  if (!engine_runs(context, instance) || is_member(instance)) return false;
  const engines::Status status = context.peers.engines->status(engine_id(context, instance));
  return status.phase == engines::Phase::running &&
         status.settings.value("password", "") != password_of(context, instance);
}

engines::Specification specification(RequestContext& context, const storage::Resource& instance) {
  if (const auto cluster = written_cluster(context, instance)) return cluster_specification(context, *cluster);
  const Json& document = instance.document;
  engines::Specification out;
  out.id = own_engine_id(context, instance);
  out.software = software(document.at("Engine"));
  const auto cluster = cluster_of(context, instance);
  out.version = cluster ? cluster->document.at("EngineVersion") : document.at("EngineVersion");
  if (const auto lease = instance.hidden.find("lease"); lease != instance.hidden.end()) {
    out.host = lease->at("listen").at("host");
    out.port = lease->at("listen").at("port");
  }
  if (document.at("DBInstanceStatus") == "stopped") out.desired = engines::Desired::stopped;
  out.restore_from = origin_of(instance).id;
  out.generation = instance.hidden.value("generation", std::int64_t{0});
  out.settings = engine_settings(context, instance);
  return out;
}

}  // namespace orrery::rds
