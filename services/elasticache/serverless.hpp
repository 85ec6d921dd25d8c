#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

// Serverless caches and their snapshots. A cache's `hidden` is as backing.hpp says; a snapshot's has
//   "copies"  [{"id": …, "source": <engine id> or "from_copy": <copy id>}], one at most
//   "version" the full engine version

inline constexpr std::string_view kServerless = "serverless-cache", kServerlessSnapshot = "serverless-snapshot";

/// The cache of this name or ServerlessCacheNotFoundFault.
storage::Resource serverless_named(RequestContext& context, const std::string& name);
/// Refuses to go on with a cache that is being made or changed.
void check_settled(RequestContext& context, const storage::Resource& cache);
/// The key's ARN; "" for "".
std::string checked_key(RequestContext& context, const std::string& key);

void take_serverless_snapshot(RequestContext& context, const storage::Resource& cache, const std::string& name);
/// The snapshot in the form of one of a replication group, for a group that begins with it.
storage::Resource serverless_seed(RequestContext& context, const std::string& name);
/// What a new cache begins with, by the ARN of a snapshot of either kind.
storage::Resource seed_by_arn(RequestContext& context, const std::string& arn);

Json create_serverless_cache(RequestContext&, const Input&);
Json describe_serverless_caches(RequestContext&, const Input&);
Json modify_serverless_cache(RequestContext&, const Input&);
Json delete_serverless_cache(RequestContext&, const Input&);

Json create_serverless_snapshot(RequestContext&, const Input&);
Json copy_serverless_snapshot(RequestContext&, const Input&);
Json describe_serverless_snapshots(RequestContext&, const Input&);
Json delete_serverless_snapshot(RequestContext&, const Input&);

}  // namespace orrery::elasticache
