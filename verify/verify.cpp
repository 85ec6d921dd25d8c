#include "verify/verify.hpp"

#include <map>
#include <set>

#include "net/fetch.hpp"
#include "verify/site.hpp"

namespace orrery::verify {

namespace {

struct Part {
  const char* service;
  void (*check)(Site&);
};

// Secrets come first: they say how to enter databases and caches.
constexpr Part kParts[] = {{"secretsmanager", &check_secrets},
                           {"kms", &check_keys},
                           {"s3", &check_buckets},
                           {"dynamodb", &check_locks},
                           {"rds", &check_databases},
                           {"elasticache", &check_caches},
                           {"eks", &check_clusters}};

/// The services that keep something, by account and region.
std::map<std::pair<std::string, std::string>, std::set<std::string>> scopes(const std::string& endpoint) {
  const net::Fetched answer = net::fetch(endpoint, "/_orrery/scopes");
  const Json document = Json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !document.is_object()) throw std::runtime_error("no Orrery answers at " + endpoint);
  std::map<std::pair<std::string, std::string>, std::set<std::string>> out;
  for (const Json& scope : document.at("scopes")) {
    out[{scope.at("account"), scope.at("region")}].insert(scope.at("service"));
  }
  return out;
}

}  // namespace

void Site::check(const Subject& subject, const std::function<Outcome()>& look) {
  Outcome outcome;
  try {
    outcome = look();
  } catch (const std::exception& error) {
    outcome = failed(error.what());
  }
  report.add({api.account(), api.region(), subject, std::move(outcome)});
}

Report look_at(const std::string& endpoint) {
  Report report;
  const auto places = scopes(endpoint);
  const Engines engines(endpoint);
  const Authority authority(endpoint);
  for (const auto& [place, services] : places) {
    const Api api(endpoint, place.first, place.second);
    Site site{api, engines, authority, report};
    for (const Part& part : kParts) {
      if (!services.contains(part.service)) continue;
      try {
        part.check(site);
      } catch (const std::exception& error) {
        report.add({place.first, place.second, {"service", part.service, endpoint}, failed(error.what())});
      }
    }
  }
  return report;
}

}  // namespace orrery::verify
