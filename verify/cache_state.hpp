#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "verify/api.hpp"
#include "verify/endpoint.hpp"

namespace orrery::verify {

/// A cache cluster: a member of a replication group, or one that stands alone.
struct CacheCluster {
  std::string id, group, software, version, status;
  bool tls = false;
  Endpoint endpoint;  ///< of its first node
  std::vector<Endpoint> nodes;
  std::vector<std::string> security_groups;
};

struct CacheShard {
  Endpoint primary, reader;
  std::size_t nodes = 0;
};

struct CacheGroup {
  std::string id, status;
  bool sharded = false, tls = false, token = false, users = false;
  Endpoint configuration;
  std::vector<CacheShard> shards;
  std::vector<std::string> members;
};

struct ServerlessCache {
  CacheCluster node;  ///< what it is to a client
  bool users = false;
};

/// By id, as DescribeCacheClusters has them.
std::map<std::string, CacheCluster> cache_clusters(const Api& api);
std::vector<CacheGroup> cache_groups(const Api& api);
std::vector<ServerlessCache> serverless_caches(const Api& api);

}  // namespace orrery::verify
