#include "services/rds/engine_versions.hpp"

#include <algorithm>

#include "registry/filters.hpp"
#include "services/rds/engines.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/paging.hpp"

namespace orrery::rds {

namespace {

Json describe(RequestContext& context, const Engine& engine, const MajorVersion& major, const EngineVersion& version) {
  Json targets = Json::array();
  for (const MajorVersion& other : engine.majors) {
    if (&other < &major) continue;
    for (const EngineVersion& target : other.versions) {
      if (withdrawn(target, context.now) || (&other == &major && &target <= &version)) continue;
      targets.push_back({{"Engine", engine.name},
                         {"EngineVersion", target.version},
                         {"Description", std::string(engine.description) + " " + std::string(target.version)},
                         {"AutoUpgrade", false},
                         {"IsMajorVersionUpgrade", &other != &major}});
    }
  }
  return {{"Engine", engine.name},
          {"EngineVersion", version.version},
          {"MajorEngineVersion", major.major},
          {"DBParameterGroupFamily", major.family},
          {"DBEngineDescription", engine.description},
          {"DBEngineVersionDescription", std::string(engine.description) + " " + std::string(version.version)},
          {"ValidUpgradeTarget", targets},
          {"ExportableLogTypes", std::vector<std::string_view>(engine.log_types.begin(), engine.log_types.end())},
          {"SupportsLogExportsToCloudwatchLogs", true},
          {"SupportsReadReplica", true},
          {"Status", "available"},
          {"SupportedEngineModes", Json::array({"provisioned"})},
          {"SupportsParallelQuery", false},
          {"SupportsGlobalDatabases", false},
          {"SupportsBabelfish", false},
          {"SupportedCACertificateIdentifiers", {"rds-ca-ecc384-g1", "rds-ca-rsa4096-g1", "rds-ca-rsa2048-g1"}}};
}

bool wanted(std::string_view asked, const MajorVersion& major, const EngineVersion& version) {
  return asked.empty() || asked == version.version || asked == major.major;
}

std::vector<std::string> version_filter_values(const Json& version, std::string_view name) {
  if (name == "db-parameter-group-family") return {version.at("DBParameterGroupFamily")};
  if (name == "engine") return {version.at("Engine")};
  if (name == "engine-mode") return {"provisioned"};
  if (name == "engine-version") return {version.at("EngineVersion")};
  return {version.at("Status")};
}

bool known_version_filter(std::string_view name) {
  return name == "db-parameter-group-family" || name == "engine" || name == "engine-mode" || name == "engine-version" ||
         name == "status";
}

}  // namespace

Json describe_engine_versions(RequestContext& context, const Input& input) {
  const std::string name = input.str("Engine"), number = input.str("EngineVersion");
  const std::string family = input.str("DBParameterGroupFamily");
  const bool default_only = input.flag("DefaultOnly");
  input.acknowledge("IncludeAll", "no engine version here is unavailable");
  input.acknowledge("ListSupportedCharacterSets", "none of these engines lists character sets");
  input.acknowledge("ListSupportedTimezones", "none of these engines lists time zones");
  const Filters filters(input);
  const auto unknown = filters.unknown(known_version_filter);
  if (!unknown.empty()) throw invalid_parameter_value("Unrecognized filter name: " + unknown.front());
  if (known_elsewhere(name)) throw not_built("The RDS engine '" + name + "'");
  std::vector<Json> found;
  for (const Engine& engine : engines()) {
    if (!name.empty() && name != engine.name) continue;
    const auto fallback = choose_version(engine, number, context.now);
    for (const MajorVersion& major : engine.majors) {
      if (!family.empty() && family != major.family) continue;
      for (const EngineVersion& version : major.versions) {
        if (withdrawn(version, context.now) || !wanted(number, major, version)) continue;
        if (default_only && (!fallback || fallback->version != &version)) continue;
        Json item = describe(context, engine, major, version);
        if (filters.match([&](std::string_view f) { return version_filter_values(item, f); })) {
          item["order"] = std::string(engine.name) + "/" + std::to_string(1000 + found.size());
          found.push_back(std::move(item));
        }
      }
    }
  }
  Json answer = page(input, "DBEngineVersions", std::move(found), "order");
  for (Json& item : answer["DBEngineVersions"]) item.erase("order");
  return answer;
}

}  // namespace orrery::rds
