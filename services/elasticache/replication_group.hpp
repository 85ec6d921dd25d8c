#pragma once
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

/// The group with this identifier or ReplicationGroupNotFoundFault.
storage::Resource group_named(RequestContext& context, const std::string& id);
/// Copies into the group's document what it shares with its members' common settings.
void mirror_settings(storage::Resource& group);
/// Rewrites the edges to the user groups in the document.
void link_user_groups(RequestContext& context, const storage::Resource& group);
/// Automatic failover, Multi-AZ and the number of nodes must agree.
void check_failover(const storage::Resource& group);
/// User groups may not change what does not exist, and need encryption in transit.
void check_user_groups(RequestContext& context, const storage::Resource& group);
void settle_transit(const Input& input, Json& node);
/// Advice on what the engines can't do of it.
void advise_transit(RequestContext& context, const storage::Resource& group);
/// The answer of a call that made or changed a group.
Json group_answer(RequestContext& context, const storage::Resource& group);

Json create_replication_group(RequestContext&, const Input&);
Json describe_replication_groups(RequestContext&, const Input&);
Json modify_replication_group(RequestContext&, const Input&);
Json delete_replication_group(RequestContext&, const Input&);
Json increase_replica_count(RequestContext&, const Input&);
Json decrease_replica_count(RequestContext&, const Input&);
Json modify_shard_configuration(RequestContext&, const Input&);
Json test_failover(RequestContext&, const Input&);

}  // namespace orrery::elasticache
