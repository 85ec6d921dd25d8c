#pragma once
#include "services/secretsmanager/secret.hpp"

namespace orrery::secretsmanager {

// lifecycle.cpp
Json create_secret(RequestContext&, const Input&);
Json describe_secret(RequestContext&, const Input&);
Json update_secret(RequestContext&, const Input&);
Json delete_secret(RequestContext&, const Input&);
Json restore_secret(RequestContext&, const Input&);

// value.cpp
Json get_secret_value(RequestContext&, const Input&);
Json put_secret_value(RequestContext&, const Input&);
Json batch_get_secret_value(RequestContext&, const Input&);

// stage.cpp
Json list_secret_version_ids(RequestContext&, const Input&);
Json update_secret_version_stage(RequestContext&, const Input&);

// list.cpp
Json list_secrets(RequestContext&, const Input&);

// policy.cpp
Json get_resource_policy(RequestContext&, const Input&);
Json put_resource_policy(RequestContext&, const Input&);
Json delete_resource_policy(RequestContext&, const Input&);
Json validate_resource_policy(RequestContext&, const Input&);

// tag.cpp
Json tag_resource(RequestContext&, const Input&);
Json untag_resource(RequestContext&, const Input&);

// password.cpp
Json get_random_password(RequestContext&, const Input&);

// rotation.cpp
Json rotate_secret(RequestContext&, const Input&);
Json cancel_rotate_secret(RequestContext&, const Input&);

// replication.cpp
Json replicate_secret_to_regions(RequestContext&, const Input&);
Json remove_regions_from_replication(RequestContext&, const Input&);
Json stop_replication_to_replica(RequestContext&, const Input&);
/// Reads AddReplicaRegions and ForceOverwriteReplicaSecret.
void add_replicas(RequestContext&, Secret&, const Input&);
/// After a write to a secret: writes it to its replicas.
void sync_replicas(RequestContext&, const std::string& name);

/// Advice on a secret that never rotates; taken back when rotation is set up or the secret goes.
void advise_rotation(RequestContext&, const Secret&);
void settle_rotation(RequestContext&, const Secret&);

/// Stores a value under ClientRequestToken or a new id. A repeated token is answered when the value is the same,
/// and refused when it differs. Returns the version's id.
std::string put_version(RequestContext&, Secret&, const std::optional<std::string>& token, const Value&,
                        const std::vector<std::string>& stages);

}  // namespace orrery::secretsmanager
