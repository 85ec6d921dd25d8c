#include "services/rds/building.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/disks.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/events.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/names.hpp"
#include "services/rds/network.hpp"
#include "services/rds/security.hpp"
#include "services/rds/watching.hpp"

namespace orrery::rds {

Json create_instance(RequestContext& context, const Input& input) {
  if (!input.str("DBClusterIdentifier").empty()) return create_member(context, input);
  const std::string identifier = checked_identifier("DBInstanceIdentifier", input.str("DBInstanceIdentifier"), 63);
  const Engine& engine = checked_engine(input.str("Engine"));
  if (engine.name == kAuroraPostgres)
    throw invalid_parameter_combination(
        "The engine aurora-postgresql requires a DB cluster: specify DBClusterIdentifier.");
  if (context.resources().exists(kInstance, identifier)) throw instance_exists();
  refuse_foreign(engine, input);
  storage::Resource instance = blank_instance(context, identifier);
  Json& document = instance.document;
  const storage::Tags tags = all_tags(input);
  const ChosenVersion version = checked_version(context, engine, input.str("EngineVersion"), instance.arn);
  document["DBInstanceClass"] = input.str("DBInstanceClass");
  check_class(document.at("DBInstanceClass"));
  settle_software(context, engine, version, input, document);
  settle_storage(engine, input, document);
  settle_backup(input, identifier, document);
  settle_encryption(context, input, document);
  settle_port(context, input, engine.port, instance);
  place_instance(context, input, document);
  settle_access(context, input, instance);
  settle_monitoring(context, input, document);
  settle_credentials(context, engine, input, instance);
  if (const std::string name = input.str("DBName"); !name.empty()) {
    check_database_name(engine, name);
    document["DBName"] = name;
  }
  settle_promotion_tier(input, document);
  launch(context, instance, tags);
  record_event(context, "db-instance", instance, "creation", "DB instance created");
  return {{"DBInstance", instance_view(context, instance)}};
}

}  // namespace orrery::rds
