#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/elasticache/engines.hpp"
#include "services/elasticache/parameter_group.hpp"

namespace orrery::elasticache {

// What the nodes of a replication group and a cluster that stands alone have in common. `document` has the form of a
// CacheCluster; each function takes its members from a create or modify input, over what is there, with AWS's defaults.

EngineVersion settle_engine(RequestContext& context, const Input& input, Json& document, const std::string& arn);
void settle_parameter_group(RequestContext& context, const Input& input, const EngineVersion& version, ClusterMode mode,
                            Json& document);
void settle_node_type(const Input& input, Json& document);
void settle_schedule(const Input& input, const std::string& seed, Json& document);
/// Subnet group (on creation) and security groups. Returns the subnet group.
Json settle_network(RequestContext& context, const Input& input, Json& document);
void settle_notifications(const Input& input, Json& document);
void settle_logs(const Input& input, Json& document);
/// The AUTH token; it is kept in `hidden`.
void settle_token(RequestContext& context, const Input& input, Json& document, Json& hidden);
void check_range(std::string_view parameter, std::int64_t value, std::int64_t least, std::int64_t most);
std::vector<std::string> zones_of(const Json& subnet_group);
void settle_all(RequestContext& context, const std::string& arn);

}  // namespace orrery::elasticache
