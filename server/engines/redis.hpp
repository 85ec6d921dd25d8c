#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engines/driver.hpp"
#include "engines/redis_client.hpp"

namespace orrery::engines::redis {

// The parts of the Redis driver. A specification's settings are described in README.md.

/// The user that manages an engine and replicates between engines; clients have no password of it.
inline constexpr const char* kManager = "orrery";

struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

struct User {
  std::string name, access;
  bool enabled = true;
  std::vector<std::string> digests;  ///< SHA-256 of its passwords; none: it needs no password
};

struct Cluster {
  std::vector<std::pair<int, int>> slots;  ///< of the shard: a replica has its primary's
  std::vector<std::string> nodes;          ///< all engines of the cluster
};

/// `settings` of a specification as values.
struct Settings {
  std::vector<std::string> tokens;
  std::string tls;  ///< "required", "preferred", or "": none
  std::map<std::string, std::string> parameters;
  std::optional<std::vector<User>> users;
  std::string replica_of;
  std::optional<Cluster> cluster;
  bool persist = true;
  std::string secret;                        ///< the manager's password, the same in all engines of a group
  std::vector<std::string> names;            ///< more hosts that the certificate must name
  std::vector<std::string> listen;           ///< more addresses to answer at
  std::map<std::string, Address> addresses;  ///< where the other engines of the group listen, by engine id

  explicit Settings(const Json& json);
};

/// Writes conf/redis.conf, conf/users.acl and tls/, and gives them to the engine.
void configure(const Specification&, const Settings&, Runtime&, Surroundings&);

/// How long an exchange with an engine may take: long enough for MIGRATE with its own limit, or for a disk that is
/// busy.
inline constexpr std::chrono::milliseconds kPatience{15'000}, kGlance{5000};

/// The manager's connection to this engine.
Client manage(const Settings&, Runtime&, std::chrono::milliseconds limit = kPatience);
/// The manager's connection to another engine of the group.
Client manage(const Address&, const Settings&, Runtime&, std::chrono::milliseconds limit = kPatience);
/// Where the engine `id` of the group listens; nothing when nobody knows.
std::optional<Address> find(const std::string& id, const Settings&, Surroundings&);

/// Makes the users of the engine those of the settings.
void settle_access(Client&, const Settings&, Surroundings&);
/// Sets the parameters that a running engine can change.
void settle_parameters(Client&, const Settings&, Surroundings&);
/// Makes it a primary, or a replica of the right one.
void settle_replication(const Specification&, const Settings&, Client&, Runtime&, Surroundings&);
/// The same for a node of a cluster: its peers, its slots, its role.
void settle_cluster(const Specification&, const Settings&, Client&, Runtime&, Surroundings&);

/// ROLE: "master", or "slave" with its primary and whether the link is up.
struct Role {
  bool primary = true, linked = false;
  Address source;
  std::vector<Address> replicas;
};
Role role_of(Client&);

/// The value of a line "name:value" of INFO; "" where there is none.
std::string info(Client&, const std::string& section, const std::string& name);

/// Asks each 5 ms until `done` or the limit; false at the limit.
bool wait_for(std::chrono::milliseconds limit, const std::function<bool()>& done);

}  // namespace orrery::engines::redis
