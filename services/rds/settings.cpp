#include "services/rds/settings.hpp"

#include <sstream>

#include "services/rds/engines.hpp"
#include "services/rds/force.hpp"
#include "services/rds/formulas.hpp"
#include "services/rds/replica.hpp"
#include "services/rds/running.hpp"

namespace orrery::rds {

namespace {

Variables variables(const storage::Resource& instance) {
  return {.class_memory = memory_of_class(instance.document.at("DBInstanceClass").get<std::string>()),
          .allocated_storage = instance.document.at("AllocatedStorage").get<std::int64_t>() << 30,
          .port = port_of(instance),
          .replica = instance.document.contains("ReadReplicaSourceDBInstanceIdentifier")};
}

bool on(const std::string& value) { return value == "1" || value == "on" || value == "true"; }

Json words(const std::string& list) {
  Json out = Json::array();
  std::istringstream stream(list);
  for (std::string word; std::getline(stream, word, ',');) {
    word.erase(0, word.find_first_not_of(' '));
    word.erase(word.find_last_not_of(' ') + 1);
    if (!word.empty()) out.push_back(word);
  }
  return out;
}

/// Clients must use TLS by default from PostgreSQL 15 on (RDS user guide, "Requiring an SSL connection").
bool forced_by_default(const std::string& version) { return std::atoi(version.c_str()) >= 15; }

void place_postgres(const std::string& name, const std::string& value, Json& settings) {
  if (name == "shared_preload_libraries")
    settings["preload"] = words(value);
  else if (name == "TimeZone" || name == "timezone")
    settings["timezone"] = value;
  else
    settings["parameters"][name] = value;
  if (name == "rds.force_ssl") settings["force_ssl"] = on(value);
}

}  // namespace

Json engine_settings(RequestContext& context, const storage::Resource& instance) {
  const Json& document = instance.document;
  const bool postgres = document.at("Engine") == "postgres";
  Json settings{{"user", document.at("MasterUsername")},
                {"password", password_of(context, instance)},
                {"parameters", Json::object()},
                {"parameters_generation", instance.hidden.value("generation", std::int64_t{0})},
                // RDS preloads it unless the group says otherwise.
                {"preload", postgres ? Json{"pg_stat_statements"} : Json::array()},
                {"force_ssl", postgres && forced_by_default(document.at("EngineVersion"))},
                {"timezone", "UTC"}};
  if (document.contains("DBName")) settings["database"] = document.at("DBName");
  if (document.value("IAMDatabaseAuthenticationEnabled", false)) settings["iam"] = true;
  // Without backups there is no point in time to restore to, and so no log to keep.
  if (document.at("BackupRetentionPeriod") != 0) settings["archive"] = true;
  if (const auto source = source_of(context, instance))
    settings["replica_of"] = engine_id(context.account, source->region, source->instance);
  if (instance.hidden.contains("recover_to")) settings["recover_to"] = instance.hidden.at("recover_to");
  const Json parameters = in_force(context, instance);
  for (const auto& [name, raw] : parameters.items()) {
    const auto value = evaluate(raw.get<std::string>(), variables(instance));
    if (!value) continue;
    if (postgres)
      place_postgres(name, *value, settings);
    else
      settings["parameters"][name] = *value;
  }
  return settings;
}

}  // namespace orrery::rds
