#pragma once
#include <optional>
#include <string>
#include <vector>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

inline constexpr std::string_view kCluster = "db-cluster";

/// The cluster with this identifier or ARN. DBClusterNotFoundFault.
storage::Resource cluster_named(RequestContext& context, const std::string& identifier);
/// The cluster that an instance is a member of; nothing for other instances.
std::optional<storage::Resource> cluster_of(RequestContext& context, const storage::Resource& instance);
inline bool is_member(const storage::Resource& instance) { return instance.document.contains("DBClusterIdentifier"); }
/// In the order in which they were created.
std::vector<storage::Resource> members_of(RequestContext& context, const storage::Resource& cluster);
bool is_writer(const storage::Resource& cluster, const storage::Resource& instance);
std::optional<storage::Resource> writer_of(RequestContext& context, const storage::Resource& cluster);
/// Makes the most fitting of the members that are left the writer, other than the one that goes.
void choose_writer(RequestContext& context, storage::Resource& cluster, const std::string& other_than);

Json cluster_view(RequestContext& context, const storage::Resource& cluster);
/// What an instance's description takes from its cluster.
void lay_cluster(RequestContext& context, const storage::Resource& cluster, const storage::Resource& instance,
                 Json& out);
void require_cluster_available(RequestContext& context, const storage::Resource& cluster);
void relink_cluster(RequestContext& context, const storage::Resource& cluster);

Json create_cluster(RequestContext&, const Input&);
Json describe_clusters(RequestContext&, const Input&);
Json modify_cluster(RequestContext&, const Input&);
Json delete_cluster(RequestContext&, const Input&);
Json start_cluster(RequestContext&, const Input&);
Json stop_cluster(RequestContext&, const Input&);
Json fail_over_cluster(RequestContext&, const Input&);
Json add_role_to_cluster(RequestContext&, const Input&);
Json remove_role_from_cluster(RequestContext&, const Input&);
Json describe_cluster_endpoints(RequestContext&, const Input&);
Json describe_global_clusters(RequestContext&, const Input&);

/// CreateDBInstance and DeleteDBInstance of a cluster's members.
Json create_member(RequestContext&, const Input&);
Json delete_member(RequestContext&, const Input&, storage::Resource instance);
/// Refuses what is set for the whole cluster.
void refuse_of_cluster(const Input&);

}  // namespace orrery::rds
