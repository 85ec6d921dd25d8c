#include "services/rds/checks.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/network.hpp"
#include "services/rds/running.hpp"
#include "services/rds/security.hpp"
#include "services/rds/snapshot.hpp"

namespace orrery::rds {

Json delete_instance(RequestContext& context, const Input& input) {
  storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  const bool skip = input.flag("SkipFinalSnapshot");
  const std::string final_snapshot = input.str("FinalDBSnapshotIdentifier");
  input.acknowledge("DeleteAutomatedBackups", "no automated backups are kept apart from the instance");
  if (instance.document.at("DeletionProtection").get<bool>())
    throw invalid_parameter_combination(
        "Cannot delete protected DB Instance, please disable deletion protection and try again.");
  if (skip && !final_snapshot.empty())
    throw invalid_parameter_combination(
        "FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is enabled.");
  if (!skip && final_snapshot.empty())
    throw invalid_parameter_combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
  if (!skip) take_snapshot(context, instance, final_snapshot, {});
  release_endpoint(context, instance);
  Json out = instance_view(context, instance);
  out["DBInstanceStatus"] = "deleting";
  detach(context, instance);
  drop_credentials(context, instance);
  context.resources().erase(kInstance, instance.id);
  settle_all(context, instance.arn);
  return {{"DBInstance", out}};
}

}  // namespace orrery::rds
