#pragma once
#include "services/kms/key.hpp"

namespace orrery::kms {

// lifecycle.cpp
Json create_key(RequestContext&, const Input&);
Json describe_key(RequestContext&, const Input&);
Json list_keys(RequestContext&, const Input&);
Json enable_key(RequestContext&, const Input&);
Json disable_key(RequestContext&, const Input&);
Json update_key_description(RequestContext&, const Input&);
Json schedule_key_deletion(RequestContext&, const Input&);
Json cancel_key_deletion(RequestContext&, const Input&);

// rotation.cpp
Json enable_key_rotation(RequestContext&, const Input&);
Json disable_key_rotation(RequestContext&, const Input&);
Json get_key_rotation_status(RequestContext&, const Input&);
Json rotate_key_on_demand(RequestContext&, const Input&);
Json list_key_rotations(RequestContext&, const Input&);
/// Rotates the key when its period has passed.
void rotate_when_due(RequestContext&, Key&);

// policy.cpp
Json get_key_policy(RequestContext&, const Input&);
Json put_key_policy(RequestContext&, const Input&);
Json list_key_policies(RequestContext&, const Input&);

// tag.cpp
Json tag_resource(RequestContext&, const Input&);
Json untag_resource(RequestContext&, const Input&);
Json list_resource_tags(RequestContext&, const Input&);

// replica.cpp
Json replicate_key(RequestContext&, const Input&);
Json update_primary_region(RequestContext&, const Input&);
bool has_replicas(const Key&);
/// After a key of a multi-Region set is gone: takes it out of the others' configuration.
void forget_replica(RequestContext&, const std::string& id, const Json& configuration);

// import.cpp
Json get_parameters_for_import(RequestContext&, const Input&);
Json import_key_material(RequestContext&, const Input&);
Json delete_imported_key_material(RequestContext&, const Input&);
/// Forgets imported material whose ValidTo has passed.
void expire_material(RequestContext&, Key&);

// alias.cpp
Json create_alias(RequestContext&, const Input&);
Json update_alias(RequestContext&, const Input&);
Json delete_alias(RequestContext&, const Input&);
Json list_aliases(RequestContext&, const Input&);

// grant.cpp
Json create_grant(RequestContext&, const Input&);
Json list_grants(RequestContext&, const Input&);
Json list_retirable_grants(RequestContext&, const Input&);
Json revoke_grant(RequestContext&, const Input&);
Json retire_grant(RequestContext&, const Input&);

// encryption.cpp
Json encrypt(RequestContext&, const Input&);
Json decrypt(RequestContext&, const Input&);
Json re_encrypt(RequestContext&, const Input&);

// data_key.cpp
Json generate_data_key(RequestContext&, const Input&);
Json generate_data_key_without_plaintext(RequestContext&, const Input&);
Json generate_data_key_pair(RequestContext&, const Input&);
Json generate_data_key_pair_without_plaintext(RequestContext&, const Input&);
Json generate_random(RequestContext&, const Input&);

// signing.cpp
Json get_public_key(RequestContext&, const Input&);
Json sign(RequestContext&, const Input&);
Json verify(RequestContext&, const Input&);
Json generate_mac(RequestContext&, const Input&);
Json verify_mac(RequestContext&, const Input&);
Json derive_shared_secret(RequestContext&, const Input&);

}  // namespace orrery::kms
