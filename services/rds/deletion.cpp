#include "services/rds/deletion.hpp"

#include "engines/supervisor.hpp"
#include "registry/findings.hpp"
#include "services/rds/automated_backups.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/cluster_snapshot.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/network.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/running.hpp"
#include "services/rds/security.hpp"
#include "services/rds/snapshot.hpp"

namespace orrery::rds {

namespace {

constexpr Rule kNoFinalSnapshot{"rds-final-snapshot-failed",
                                "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"};

constexpr const char* kDeleting = "deleting";

std::string_view snapshot_kind(const storage::Resource& of) {
  return of.kind == kCluster ? kClusterSnapshot : kSnapshot;
}

/// The snapshot stays, as a failed one, and wants no copy any more.
void give_up(RequestContext& context, storage::Resource& of, const std::string& name) {
  std::string why = "there is no such snapshot any more";
  if (auto snapshot = context.resources().find(snapshot_kind(of), name)) {
    why = context.peers.engines->copy_status(copy_of(*snapshot).id).detail;
    snapshot->document["Status"] = "failed";
    snapshot->hidden.erase("copy");
    context.resources().put(*snapshot);
    poke(context);
  }
  of.hidden.erase(kDeleting);
  context.resources().put(of);
  record_event(context, of.kind, of, "failure", "The final snapshot " + name + " failed; nothing was deleted");
  advise(context, kNoFinalSnapshot, of.arn,
         "The final snapshot " + name + " of " + of.id + " failed, so that it was not deleted: " + why);
}

}  // namespace

void await_final_snapshot(storage::Resource& of, const std::string& snapshot, Backups backups) {
  of.hidden[kDeleting] = {{"snapshot", snapshot}, {"backups", backups == Backups::stay}};
}

bool being_deleted(const storage::Resource& of) { return of.hidden.contains(kDeleting); }

bool continue_deletion(RequestContext& context, storage::Resource& of) {
  // A server without engines has nothing to copy from; one with them goes on.
  if (!being_deleted(of) || !has_engine(context, of.document.at("Engine"))) return false;
  const Json deleting = of.hidden.at(kDeleting);
  const std::string name = deleting.at("snapshot");
  const auto snapshot = context.resources().find(snapshot_kind(of), name);
  const std::string status = snapshot ? snapshot_status(context, *snapshot) : "failed";
  if (status == "creating") return false;
  if (status == "failed")
    give_up(context, of, name);
  else if (of.kind == kCluster)
    end_cluster(context, of);
  else
    end_instance(context, of, deleting.at("backups").get<bool>() ? Backups::stay : Backups::go);
  return true;
}

void end_instance(RequestContext& context, const storage::Resource& instance, Backups backups) {
  end_backups(context, instance, backups == Backups::stay ? Keep::yes : Keep::no);
  record_event(context, "db-instance", instance, "deletion", "DB instance deleted");
  release_endpoint(context, instance);
  storage::Resource leaving = instance;
  leave_replication(context, leaving);
  detach(context, leaving);
  drop_credentials(context, leaving);
  context.resources().erase(kInstance, instance.id);
  settle_all(context, instance.arn);
  settle(context, kNoFinalSnapshot, instance.arn);
}

void end_cluster(RequestContext& context, const storage::Resource& cluster) {
  release_cluster(context, cluster);
  drop_credentials(context, cluster);
  record_event(context, "db-cluster", cluster, "deletion", "DB cluster deleted");
  context.resources().erase(kCluster, cluster.id);
  settle_all(context, cluster.arn);
  settle(context, kNoFinalSnapshot, cluster.arn);
  poke(context);
}

}  // namespace orrery::rds
