#include "services/elasticache/live.hpp"

#include "registry/findings.hpp"
#include "services/elasticache/backing.hpp"
#include "services/elasticache/engines.hpp"
#include "services/elasticache/layout.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/nodes.hpp"
#include "services/elasticache/serverless.hpp"
#include "services/elasticache/wanted.hpp"

namespace orrery::elasticache {

namespace {

constexpr Rule kVersionDiffers{"elasticache-engine-version-differs", kVersionCalendar};
constexpr Rule kFailed{"elasticache-engine-failed",
                       "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/TroubleshootingConnections.html"};

std::string minor_of(const std::string& version) {
  const auto first = version.find('.');
  return first == std::string::npos ? version : version.substr(0, version.find('.', first + 1));
}

}  // namespace

const char* Lives::status_of_group(Life life) {
  switch (life) {
    case Life::available:
      return "available";
    case Life::creating:
      return "creating";
    case Life::failed:
      return "create-failed";
    case Life::modifying:
    case Life::rebooting:
      break;
  }
  return "modifying";
}

const char* Lives::status_of_cluster(Life life) {
  return life == Life::rebooting ? "rebooting cluster nodes" : status_of_group(life);
}

Lives::Life Lives::life_of(const engines::Specification& spec) {
  const engines::Supervisor* supervisor = runner(context_, spec.software);
  if (!supervisor) return Life::available;
  const engines::Status status = supervisor->status(spec.id);
  if (status.phase == engines::Phase::failed) return Life::failed;
  const bool applied = status.settings == spec.settings && status.generation == spec.generation;
  if (status.phase == engines::Phase::running && applied) return Life::available;
  if (!status.proven) return Life::creating;
  return status.generation == spec.generation ? Life::modifying : Life::rebooting;
}

void Lives::learn(const std::vector<engines::Specification>& specs) {
  for (const engines::Specification& spec : specs) lives_[spec.id] = life_of(spec);
}

void Lives::learn_group(const storage::Resource& group) {
  if (backed(group) && learnt_.emplace(group.id, true).second) learn(engines_of_group(context_, group));
}

Lives::Life Lives::life_of(const storage::Resource& cluster, const std::string& node) {
  if (!leased_endpoint(cluster, node)) return Life::available;
  const auto group = cluster.document.find("ReplicationGroupId");
  if (group == cluster.document.end()) {
    if (learnt_.emplace("/" + cluster.id, true).second) learn(engines_of_cluster(context_, cluster));
  } else if (const auto found = context_.resources().find(kGroup, group->get<std::string>())) {
    learn_group(*found);
  }
  const auto known = lives_.find(cluster.hidden.at("engines").at(node).at("id").get<std::string>());
  return known == lives_.end() ? Life::available : known->second;
}

/// A group is being created until all nodes that it began with are there; one that is added later modifies it.
Lives::Life Lives::life_of_group(const storage::Resource& group) {
  Life worst = Life::available;
  for (const Json& id : group.document.at("MemberClusters")) {
    const auto cluster = context_.resources().find(kCluster, id.get<std::string>());
    Life life = cluster ? life_of(*cluster, "0001") : Life::available;
    if (life == Life::failed) return life;
    if (life == Life::rebooting || (life == Life::creating && cluster->created != group.created))
      life = Life::modifying;
    if (life == Life::creating || worst == Life::available) worst = life;
  }
  return group.hidden.contains("leaving") && worst == Life::available ? Life::modifying : worst;
}

bool Lives::may_leave(const storage::Resource& group) {
  if (!group.hidden.contains("leaving")) return false;
  for (const Json& shard : group.hidden.at("shards")) {
    const auto primary = context_.resources().find(kCluster, text(shard.at("members").at(0), "id"));
    if (primary && life_of(*primary, "0001") != Life::available) return false;
  }
  return true;
}

void Lives::show_group(const storage::Resource& group, Json& document) {
  if (!backed(group)) return;
  const char* status = status_of_group(life_of_group(group));
  document["Status"] = status;
  for (Json& shard : document["NodeGroups"]) shard["Status"] = status;
}

void Lives::show_cluster(const storage::Resource& cluster, Json& document) {
  const Json engines = cluster.hidden.value("engines", Json::object());
  if (engines.empty()) return;
  Life worst = Life::available;
  for (Json& node : document["CacheNodes"]) {
    const Life life = life_of(cluster, text(node, "CacheNodeId"));
    if (life != Life::available) worst = life;
    node["CacheNodeStatus"] = status_of_cluster(life);
  }
  document["CacheClusterStatus"] = status_of_cluster(worst);
  const Json wanted = boot_parameters(context_, cluster);
  Json& group = document["CacheParameterGroup"];
  for (Json& node : document["CacheNodes"]) {
    const std::string id = text(node, "CacheNodeId");
    if (!engines.contains(id) || of_node(cluster, id, "boot_parameters", Json::object()) == wanted) continue;
    group["ParameterApplyStatus"] = node["ParameterGroupStatus"] = "pending-reboot";
    group["CacheNodeIdsToReboot"].push_back(id);
  }
}

void Lives::show_serverless(const storage::Resource& cache, Json& document) {
  if (const auto spec = engine_of_serverless(context_, cache)) document["Status"] = status_of_group(life_of(*spec));
}

bool Lives::changing_serverless(const storage::Resource& cache) {
  const auto spec = engine_of_serverless(context_, cache);
  const Life life = spec ? life_of(*spec) : Life::available;
  return life != Life::available && life != Life::failed;
}

bool Lives::changing(const storage::Resource& group) {
  if (!backed(group)) return false;
  const Life life = life_of_group(group);
  return life != Life::available && life != Life::failed;
}

void show_snapshot(RequestContext& context, const storage::Resource& snapshot, Json& document) {
  const Json copies = snapshot.hidden.value("copies", Json::array());
  const engines::Supervisor* supervisor = copies.empty() ? nullptr : runner(context, text(document, "Engine"));
  if (!supervisor) return;
  for (const Json& copy : copies) {
    const engines::CopyStatus status = supervisor->copy_status(copy.at("id"));
    if (status.phase == engines::CopyPhase::failed) document["SnapshotStatus"] = "failed";
    if (status.phase == engines::CopyPhase::missing || status.phase == engines::CopyPhase::copying)
      document["SnapshotStatus"] = "creating";
    if (status.phase != engines::CopyPhase::complete) continue;
    for (Json& node : document["NodeSnapshots"])
      if (node.value("NodeGroupId", "0001") == copy.at("shard"))
        node["CacheSize"] = std::to_string((status.bytes + (1 << 20) - 1) >> 20) + " MB";
  }
}

namespace {

void end_shards(RequestContext& context) {
  for (const auto& location : storage::locations(context.tx, "elasticache", kGroup)) {
    context.account = location.account;
    context.region = location.region;
    auto group = context.resources().find(kGroup, location.id);
    if (!group || !Lives(context).may_leave(*group)) continue;
    group->hidden.erase("leaving");
    apply_layout(context, *group, Interfaces::keep);
  }
}

/// `kind` are clusters or serverless caches.
void watch(RequestContext& context, const engines::Supervisor& supervisor, std::string_view kind,
           const char* version_member) {
  for (const auto& location : storage::locations(context.tx, "elasticache", kind)) {
    context.account = location.account;
    context.region = location.region;
    auto cluster = context.resources().find(kind, location.id);
    if (!cluster || !cluster->hidden.contains("engines") || !runner(context, text(cluster->document, "Engine")))
      continue;
    std::string ran, failure;
    for (const Json& engine : cluster->hidden.at("engines")) {
      const engines::Status status = supervisor.status(engine.at("id"));
      if (!status.version.empty()) ran = status.version;
      if (status.phase == engines::Phase::failed) failure = status.detail;
    }
    const std::string asked = text(cluster->document, version_member), &arn = cluster->arn;
    // Noted, so that a second in which nothing happened writes nothing.
    Json seen{{"asked", asked}, {"ran", ran}, {"failure", failure}};
    if (ran.empty() && failure.empty()) continue;
    if (cluster->hidden.value("seen", Json()) == seen) continue;
    settle_engines(context, arn);
    if (!ran.empty() && minor_of(ran) != minor_of(asked))
      advise(context, kVersionDiffers, arn,
             text(cluster->document, "Engine") + " " + asked + " was asked for; what runs is version " + ran +
                 " of this machine.");
    if (!failure.empty()) advise(context, kFailed, arn, "The engine behind " + cluster->id + " failed: " + failure);
    cluster->hidden["seen"] = std::move(seen);
    context.resources().put(*cluster);
  }
}

}  // namespace

void watch_engines(RequestContext& context) {
  if (!context.peers.engines) return;
  const std::string account = context.account, region = context.region;
  watch(context, *context.peers.engines, kCluster, "EngineVersion");
  watch(context, *context.peers.engines, kServerless, "FullEngineVersion");
  end_shards(context);
  context.account = account;
  context.region = region;
}

void settle_engines(RequestContext& context, const std::string& arn) {
  settle(context, kVersionDiffers, arn);
  settle(context, kFailed, arn);
}

}  // namespace orrery::elasticache
