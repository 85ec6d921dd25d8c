#include "services/rds/cluster.hpp"
#include "services/rds/deletion.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/running.hpp"
#include "services/rds/snapshot.hpp"

namespace orrery::rds {

Json delete_instance(RequestContext& context, const Input& input) {
  storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  if (is_member(instance)) return delete_member(context, input, std::move(instance));
  const Backups backups = input.flag("DeleteAutomatedBackups", true) ? Backups::go : Backups::stay;
  if (instance.document.at("DeletionProtection").get<bool>())
    throw invalid_parameter_combination(
        "Cannot delete protected DB Instance, please disable deletion protection and try again.");
  const auto final_snapshot = final_snapshot_of(input);
  const std::string status = status_of(context, instance);
  if (status == "deleting") throw invalid_instance_state("Instance " + instance.id + " is already being deleted.");
  // User guide, "Deleting a DB instance", "Considerations".
  if (final_snapshot && (status == "creating" || status == "failed"))
    throw invalid_instance_state("Instance " + instance.id + " is in state " + status +
                                 ", in which no final snapshot can be created.");
  Json out = instance_view(context, instance);
  out["DBInstanceStatus"] = "deleting";
  if (final_snapshot) {
    const Json snapshot = take_snapshot(context, instance, *final_snapshot, {});
    if (snapshot.at("Status") != "available") {
      await_final_snapshot(instance, snapshot.at("DBSnapshotIdentifier"), backups);
      context.resources().put(instance);
      return {{"DBInstance", out}};
    }
  }
  end_instance(context, instance, backups);
  return {{"DBInstance", out}};
}

}  // namespace orrery::rds
