#pragma once
#include <string>
#include <vector>

#include "registry/context.hpp"

namespace orrery::elasticache {

// A replication group keeps in `hidden`:
//   "node"   what its members have in common, in the form of a CacheCluster
//   "shards" [{"id": "0001", "slots": "0-16383", "members": [{"id": "rg-001", "zone": "us-east-1a"}, …]}, …], primary
//   first
//   "leaving" shards that are to go, in the same form, while their slots move to the others
//   "port"
// and everything else about nodes follows from these.

inline constexpr std::string_view kGroup = "replication-group";

/// A member's name: "rg-001", or "rg-0001-001" with cluster mode on.
std::string member_name(const storage::Resource& group, const std::string& shard, int index);
/// Adds members (in zones not yet used first) or drops the last replicas until the shard has `count` of them.
void resize_shard(const storage::Resource& group, Json& shard, std::size_t count,
                  const std::vector<std::string>& zones);
/// The shards and those that are leaving.
Json all_shards(const storage::Resource& group);
/// Spreads the 16384 slots evenly over the shards that name none.
void spread_slots(Json& shards);

enum class Interfaces { keep, renew };
/// Writes the group's NodeGroups, MemberClusters and endpoints and stores its member clusters, as the layout says;
/// removes members that it no longer has. Stores the group.
void apply_layout(RequestContext& context, storage::Resource& group, Interfaces interfaces);

}  // namespace orrery::elasticache
