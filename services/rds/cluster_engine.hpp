#pragma once
#include <string>

#include "engines/specification.hpp"
#include "registry/context.hpp"
#include "services/rds/running.hpp"

namespace orrery::rds {

// A cluster's data is one engine's, whose writer is whichever instance is the writer at the time: it is there as long
// as the cluster is, and rests while the cluster has no instances. Readers are engines of their own that stream from
// it. A failover therefore moves the role, not the data.

std::string cluster_engine_id(const RequestContext& context, const storage::Resource& cluster);
engines::Specification cluster_specification(RequestContext& context, const storage::Resource& cluster);

struct Endpoints {
  std::string writer, reader;
  std::int64_t port = 0;
};
Endpoints cluster_endpoints(RequestContext& context, const storage::Resource& cluster);
/// Leases the cluster's addresses where an engine runs; again after its port changed.
void place_cluster(RequestContext& context, storage::Resource& cluster, std::int64_t port);
void release_cluster(RequestContext& context, const storage::Resource& cluster);
/// Addresses that a member's engine answers at besides its own: the reader endpoint is the first reader's, or the
/// writer's where there is no reader.
Json further_addresses(RequestContext& context, const storage::Resource& cluster, const std::string& resource_id);

std::string cluster_status(RequestContext& context, const storage::Resource& cluster);
/// Restarts the writer's engine with the parameters of the cluster's group.
void restart_cluster(RequestContext& context, storage::Resource& cluster, Transition transition);
/// True when `cluster` changed: for the clock's work.
bool watch_cluster(RequestContext& context, storage::Resource& cluster);

}  // namespace orrery::rds
