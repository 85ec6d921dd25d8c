#include "services/rds/wanted.hpp"

#include "services/rds/cluster.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/cluster_snapshot.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/restore.hpp"
#include "services/rds/running.hpp"
#include "services/rds/snapshot.hpp"

namespace orrery::rds {

namespace {

/// Until it is up an engine needs the copy that it starts with, also when the snapshot is deleted meanwhile.
void add_origin(const storage::Resource& of, engines::Wanted& wanted) {
  const engines::Copy origin = origin_of(of);
  if (!origin.id.empty() && !of.hidden.value("born", false)) wanted.copies.push_back(origin);
}

void add_instance(RequestContext& context, const storage::Resource& instance, engines::Wanted& wanted) {
  if (!engine_runs(context, instance)) return;
  const auto cluster = cluster_of(context, instance);
  if (cluster && is_writer(*cluster, instance)) return;
  wanted.engines.push_back(specification(context, instance));
  add_origin(instance, wanted);
}

void add_cluster(RequestContext& context, const storage::Resource& cluster, engines::Wanted& wanted) {
  if (!cluster.hidden.contains("lease") || !has_engine(context, cluster.document.at("Engine"))) return;
  wanted.engines.push_back(cluster_specification(context, cluster));
  add_origin(cluster, wanted);
}

void add_copy(RequestContext&, const storage::Resource& snapshot, engines::Wanted& wanted) {
  if (engines::Copy copy = copy_of(snapshot); !copy.id.empty()) wanted.copies.push_back(std::move(copy));
}

}  // namespace

void add_wanted(RequestContext& context, engines::Wanted& wanted) {
  const std::string account = context.account, region = context.region;
  using Add = void (*)(RequestContext&, const storage::Resource&, engines::Wanted&);
  for (const auto& [kind, add] : {std::pair<std::string_view, Add>{kCluster, &add_cluster},
                                  {kInstance, &add_instance},
                                  {kSnapshot, &add_copy},
                                  {kClusterSnapshot, &add_copy}}) {
    for (const storage::Location& location : storage::locations(context.tx, "rds", kind)) {
      context.account = location.account;
      context.region = location.region;
      if (const auto resource = context.resources().find(kind, location.id)) add(context, *resource, wanted);
    }
  }
  context.account = account;
  context.region = region;
}

}  // namespace orrery::rds
