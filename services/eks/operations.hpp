#pragma once
#include "registry/service.hpp"

namespace orrery::eks {

// Kinds in the store: "cluster" (id: name), "nodegroup" (id: cluster/name), "update" (id: UUID).

/// The cluster of that name, or ResourceNotFoundException.
storage::Resource find_cluster(RequestContext& context, const std::string& name);

/// Records an update that is done at once and returns its Update shape. `params` are {type, value} pairs.
Json record_update(RequestContext& context, const std::string& cluster, const std::string& node_group,
                   const std::string& type, const Json& params);

Json create_cluster(RequestContext&, const Input&);
Json describe_cluster(RequestContext&, const Input&);
Json list_clusters(RequestContext&, const Input&);
Json delete_cluster(RequestContext&, const Input&);
Json update_cluster_config(RequestContext&, const Input&);
Json update_cluster_version(RequestContext&, const Input&);
Json associate_encryption_config(RequestContext&, const Input&);
Json describe_cluster_versions(RequestContext&, const Input&);

Json create_nodegroup(RequestContext&, const Input&);
Json describe_nodegroup(RequestContext&, const Input&);
Json list_nodegroups(RequestContext&, const Input&);
Json delete_nodegroup(RequestContext&, const Input&);
Json update_nodegroup_config(RequestContext&, const Input&);
Json update_nodegroup_version(RequestContext&, const Input&);

Json describe_update(RequestContext&, const Input&);
Json list_updates(RequestContext&, const Input&);

Json tag_resource(RequestContext&, const Input&);
Json untag_resource(RequestContext&, const Input&);
Json list_tags_for_resource(RequestContext&, const Input&);

}  // namespace orrery::eks
