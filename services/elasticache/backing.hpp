#pragma once
#include <optional>
#include <string>

#include "engines/supervisor.hpp"
#include "registry/context.hpp"

namespace orrery::elasticache {

// What a real engine behind a node needs in the store. A replication group or a cluster that stands alone is backed
// when an engine could run as it was made; then `hidden` has "secret", the password of the engines' manager. A
// cluster's `hidden` has
//   "engines"         {"0001": {"id": …, "listen": [host, port], "endpoint": {"Address": …, "Port": …}}, …} by node
//   "restore_from"    the copy that its data begins with
//   "generation"      how often it was rebooted
//   "boot_parameters" the values of parameters that wait for a reboot
// of which a node has its own in "engines" once it was rebooted alone. A serverless cache has one node, "0001".
// and a group's "endpoints" {"primary": …, "reader": …}, or {"configuration": …} with cluster mode on, in the form of
// "engines", where they have addresses of their own.

/// The supervisor when it runs this engine ("redis", "valkey", "memcached"), else null: endpoints are names only.
engines::Supervisor* runner(RequestContext& context, const std::string& engine);

/// Backs a new group or cluster when its engine runs here.
void back(RequestContext& context, const std::string& engine, storage::Resource& resource);
bool backed(const storage::Resource& resource);

/// Leases what a node of a backed cluster listens on, unless it has that. Returns its endpoint.
Json lease_node(RequestContext& context, storage::Resource& cluster, const std::string& node, std::int64_t port);
/// A member of the list above: the node's own, else the cluster's.
Json of_node(const storage::Resource& cluster, const std::string& node, const char* member, const Json& fallback);
/// The endpoint of a node that has an engine.
std::optional<Json> leased_endpoint(const storage::Resource& cluster, const std::string& node);

/// Leases addresses of their own for a backed group's endpoints, where engines can share them: they stay the same when
/// a replica takes over.
void lease_endpoints(RequestContext& context, storage::Resource& group, const std::string& node_host);

/// Gives up every lease of a cluster or group.
void release(RequestContext& context, const storage::Resource& resource);

/// Has the supervisor look again after this request.
void poke(RequestContext& context);

}  // namespace orrery::elasticache
