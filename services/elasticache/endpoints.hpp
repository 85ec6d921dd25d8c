#pragma once
#include <string>
#include <string_view>

#include "registry/context.hpp"

namespace orrery::elasticache {

// The host names of endpoints, in AWS's shapes. The only place that makes them: engines will listen behind them.

enum class Tls { off, on };

std::string primary_address(RequestContext& context, const std::string& group, const std::string& shard, Tls tls);
std::string reader_address(RequestContext& context, const std::string& group, const std::string& shard, Tls tls);
/// Of a replication group with cluster mode on.
std::string configuration_address(RequestContext& context, const std::string& group, Tls tls);
/// Of one node: `shard` is "" and `cluster` its own group for a cluster that stands alone.
std::string node_address(RequestContext& context, const std::string& group, const std::string& cluster,
                         const std::string& node, Tls tls);
std::string serverless_address(RequestContext& context, const std::string& cache);
/// Of a memcached cluster (auto discovery).
std::string discovery_address(RequestContext& context, const std::string& cluster);

}  // namespace orrery::elasticache
