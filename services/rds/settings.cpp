#include "services/rds/settings.hpp"

#include <sstream>

#include "services/rds/cluster.hpp"
#include "services/rds/cluster_engine.hpp"
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

/// Clients must use TLS by default from PostgreSQL 15 and MariaDB 11.8 on, and need not for MySQL up to 8.4 (RDS user
/// guide, "Requiring an SSL connection", and "Requiring SSL/TLS for all connections" of the two).
bool forced_by_default(const std::string& engine, const std::string& version) {
  const int major = std::atoi(version.c_str()),
            minor = std::atoi(version.c_str() + std::min(version.find('.'), version.size() - 1) + 1);
  if (is_postgres(engine)) return major >= 15;
  return engine == "mariadb" && (major > 11 || (major == 11 && minor >= 8));
}

void place_postgres(const std::string& name, const std::string& value, Json& settings) {
  if (name == "shared_preload_libraries")
    settings["preload"] = words(value);
  else if (name == "TimeZone" || name == "timezone")
    settings["timezone"] = value;
  else
    settings["parameters"][name] = value;
  if (name == "rds.force_ssl") settings["force_ssl"] = on(value);
}

/// What every engine has.
Json common(const Json& document, const std::string& password, std::int64_t generation) {
  const std::string engine = document.at("Engine");
  const bool postgres = is_postgres(engine);
  Json settings{{"user", document.at("MasterUsername")},
                {"password", password},
                {"parameters", Json::object()},
                {"parameters_generation", generation},
                // RDS preloads it unless the group says otherwise.
                {"preload", postgres ? Json{"pg_stat_statements"} : Json::array()},
                {"force_ssl", forced_by_default(engine, document.at("EngineVersion"))},
                {"timezone", "UTC"}};
  if (document.value("IAMDatabaseAuthenticationEnabled", false)) settings["iam"] = true;
  if (!postgres) settings["backup_days"] = document.at("BackupRetentionPeriod");
  // Without backups there is no point in time to restore to, and so no log to keep.
  if (const auto& days = document.at("BackupRetentionPeriod"); days != 0) settings["archive"] = days;
  return settings;
}

void add_parameters(RequestContext& context, const storage::Resource& of, const Variables& values, Json& settings) {
  const bool postgres = is_postgres(of.document.at("Engine").get<std::string>());
  const Json parameters = in_force(context, of);
  for (const auto& [name, raw] : parameters.items()) {
    const auto value = evaluate(raw.get<std::string>(), values);
    if (!value) continue;
    if (postgres)
      place_postgres(name, *value, settings);
    else
      settings["parameters"][name] = *value;
  }
}

std::int64_t generation_of(const storage::Resource& resource) {
  return resource.hidden.value("generation", std::int64_t{0});
}

/// The latest time is the only one that a cluster can be restored to here, and that takes no log.
Json common_of_cluster(const storage::Resource& cluster, std::int64_t generation) {
  Json settings = common(cluster.document, cluster.hidden.value("password", ""), generation);
  if (cluster.document.contains("DatabaseName")) settings["database"] = cluster.document.at("DatabaseName");
  settings.erase("archive");
  return settings;
}

/// An Aurora reader streams from the engine that has its cluster's data.
Json reader_settings(RequestContext& context, const storage::Resource& cluster, const storage::Resource& reader) {
  Json settings = common_of_cluster(cluster, generation_of(reader));
  settings["replica_of"] = cluster_engine_id(context, cluster);
  // "If you are using Amazon Aurora, specify a DbClusterResourceId" (user guide, on policies for IAM database access).
  if (settings.contains("iam")) settings["login_resource"] = settings.at("replica_of");
  if (Json also = further_addresses(context, cluster, reader.document.at("DbiResourceId")); !also.is_null())
    settings["listen"] = std::move(also);
  Variables values = variables(reader);
  values.replica = true;
  add_parameters(context, cluster, values, settings);
  add_parameters(context, reader, values, settings);
  return settings;
}

}  // namespace

Json cluster_settings(RequestContext& context, const storage::Resource& cluster, const storage::Resource* writer) {
  Json settings = common_of_cluster(cluster, generation_of(cluster));
  if (Json also = further_addresses(context, cluster, cluster.hidden.value("writer", "")); !also.is_null())
    settings["listen"] = std::move(also);
  const Variables values = writer ? variables(*writer) : Variables{};
  add_parameters(context, cluster, values, settings);
  if (writer) add_parameters(context, *writer, values, settings);
  return settings;
}

Json engine_settings(RequestContext& context, const storage::Resource& instance) {
  if (const auto cluster = cluster_of(context, instance)) return reader_settings(context, *cluster, instance);
  Json settings = common(instance.document, password_of(context, instance), generation_of(instance));
  if (instance.document.contains("DBName")) settings["database"] = instance.document.at("DBName");
  if (const auto source = source_of(context, instance))
    settings["replica_of"] = engine_id(context.account, source->region, source->instance);
  if (instance.hidden.contains("recover_to")) settings["recover_to"] = instance.hidden.at("recover_to");
  add_parameters(context, instance, variables(instance), settings);
  return settings;
}

}  // namespace orrery::rds
