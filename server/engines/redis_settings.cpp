#include "engines/redis.hpp"

namespace orrery::engines::redis {

namespace {

std::vector<std::string> strings(const Json& json, const char* name) {
  return json.value(name, std::vector<std::string>{});
}

std::optional<std::vector<User>> read_users(const Json& json) {
  const auto found = json.find("users");
  if (found == json.end()) return std::nullopt;
  std::vector<User> users;
  for (const Json& user : *found)
    users.push_back({.name = user.at("name"),
                     .access = user.value("access", ""),
                     .enabled = user.value("enabled", true),
                     .digests = strings(user, "passwords_sha256")});
  return users;
}

/// Nodes of a cluster start side by side, because none is complete without the others; so there it is the driver that
/// knows of replicas, and not the supervisor, which has a replica wait for its primary.
std::string read_primary(const Json& json) {
  const auto cluster = json.find("cluster");
  return (cluster == json.end() ? json : *cluster).value("replica_of", "");
}

std::optional<Cluster> read_cluster(const Json& json) {
  const auto found = json.find("cluster");
  if (found == json.end()) return std::nullopt;
  return Cluster{found->at("slots").get<std::vector<std::pair<int, int>>>(), strings(*found, "nodes")};
}

}  // namespace

Settings::Settings(const Json& json)
    : tokens(strings(json, "auth_tokens")),
      tls(json.value("tls", "")),
      parameters(json.value("parameters", std::map<std::string, std::string>{})),
      users(read_users(json)),
      replica_of(read_primary(json)),
      cluster(read_cluster(json)),
      persist(json.value("persist", true)),
      secret(json.at("secret")),
      names(strings(json, "names")),
      listen(strings(json, "listen")) {
  const auto known = json.find("addresses");
  if (known == json.end()) return;
  for (const auto& [id, address] : known->items()) addresses[id] = {address.at(0), address.at(1)};
}

}  // namespace orrery::engines::redis
