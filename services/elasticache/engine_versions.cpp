#include "services/elasticache/engine_versions.hpp"

#include "services/elasticache/engines.hpp"
#include "services/elasticache/paging.hpp"

namespace orrery::elasticache {

namespace {

std::string_view title(std::string_view engine) {
  return engine == "redis" ? "Redis" : engine == "valkey" ? "Valkey" : "memcached";
}

}  // namespace

Json describe_engine_versions(RequestContext& context, const Input& input) {
  const std::string engine = input.str("Engine"), number = input.str("EngineVersion");
  const std::string family = input.str("CacheParameterGroupFamily");
  const bool default_only = input.flag("DefaultOnly");
  std::vector<Json> found;
  for (const EngineVersion& version : engine_versions()) {
    if (withdrawn(version, context.now)) continue;
    if (!engine.empty() && engine != version.engine) continue;
    if (!number.empty() && number != version.offered && number != version.actual) continue;
    if (!family.empty() && family != version.family) continue;
    if (default_only && choose_version(version.engine, "")->offered != version.offered) continue;
    const std::string name(title(version.engine));
    found.push_back({{"Engine", version.engine},
                     {"EngineVersion", version.offered},
                     {"CacheParameterGroupFamily", version.family},
                     {"CacheEngineDescription", name},
                     {"CacheEngineVersionDescription", name + " version " + std::string(version.actual)},
                     {"order", std::to_string(1000 + found.size())}});
  }
  Json answer = page(input, "CacheEngineVersions", std::move(found), "order");
  for (Json& item : answer["CacheEngineVersions"]) item.erase("order");
  return answer;
}

}  // namespace orrery::elasticache
