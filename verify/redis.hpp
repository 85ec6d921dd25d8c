#pragma once
#include <string>

#include "engines/redis_client.hpp"

namespace orrery::verify {

/// What a primary of a group says of itself.
struct Replication {
  bool primary = false;
  std::size_t replicas = 0;
};

// All throw engines::redis::ClientError in the words of the server.

/// PING, then "redis 7.0.15, TLS".
std::string enter_redis(engines::redis::Client& client, const engines::redis::Target& target);

/// Whether PING is answered by NOAUTH when nobody has logged in; false: by PONG.
bool wants_login(const engines::redis::Target& target);

Replication replication(engines::redis::Client& client);

/// The value of "name:value" in CLUSTER INFO.
std::string cluster_info(engines::redis::Client& client, const std::string& name);

}  // namespace orrery::verify
