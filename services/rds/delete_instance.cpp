#include "services/rds/automated_backups.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/network.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/running.hpp"
#include "services/rds/security.hpp"
#include "services/rds/snapshot.hpp"

namespace orrery::rds {

Json delete_instance(RequestContext& context, const Input& input) {
  storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  if (is_member(instance)) return delete_member(context, input, std::move(instance));
  const Keep keep = input.flag("DeleteAutomatedBackups", true) ? Keep::no : Keep::yes;
  if (instance.document.at("DeletionProtection").get<bool>())
    throw invalid_parameter_combination(
        "Cannot delete protected DB Instance, please disable deletion protection and try again.");
  const auto final_snapshot = final_snapshot_of(input);
  const std::string status = status_of(context, instance);
  // User guide, "Deleting a DB instance", "Considerations".
  if (final_snapshot && (status == "creating" || status == "failed"))
    throw invalid_instance_state("Instance " + instance.id + " is in state " + status +
                                 ", in which no final snapshot can be created.");
  if (final_snapshot) take_snapshot(context, instance, *final_snapshot, {});
  end_backups(context, instance, keep);
  record_event(context, "db-instance", instance, "deletion", "DB instance deleted");
  release_endpoint(context, instance);
  Json out = instance_view(context, instance);
  out["DBInstanceStatus"] = "deleting";
  leave_replication(context, instance);
  detach(context, instance);
  drop_credentials(context, instance);
  context.resources().erase(kInstance, instance.id);
  settle_all(context, instance.arn);
  return {{"DBInstance", out}};
}

}  // namespace orrery::rds
