#pragma once
#include "services/iam/entity.hpp"

namespace orrery::iam {

// role.cpp
Json create_role(RequestContext&, const Input&);
Json get_role(RequestContext&, const Input&);
Json list_roles(RequestContext&, const Input&);
Json update_role(RequestContext&, const Input&);
Json update_role_description(RequestContext&, const Input&);
Json update_assume_role_policy(RequestContext&, const Input&);
Json delete_role(RequestContext&, const Input&);
// service_linked_role.cpp
Json create_service_linked_role(RequestContext&, const Input&);
Json delete_service_linked_role(RequestContext&, const Input&);
Json get_service_linked_role_deletion_status(RequestContext&, const Input&);
// policy.cpp
Json create_policy(RequestContext&, const Input&);
Json get_policy(RequestContext&, const Input&);
Json list_policies(RequestContext&, const Input&);
Json delete_policy(RequestContext&, const Input&);
// policy_version.cpp
Json create_policy_version(RequestContext&, const Input&);
Json get_policy_version(RequestContext&, const Input&);
Json list_policy_versions(RequestContext&, const Input&);
Json set_default_policy_version(RequestContext&, const Input&);
Json delete_policy_version(RequestContext&, const Input&);
// instance_profile.cpp
Json create_instance_profile(RequestContext&, const Input&);
Json get_instance_profile(RequestContext&, const Input&);
Json list_instance_profiles(RequestContext&, const Input&);
Json list_instance_profiles_for_role(RequestContext&, const Input&);
Json add_role_to_instance_profile(RequestContext&, const Input&);
Json remove_role_from_instance_profile(RequestContext&, const Input&);
Json delete_instance_profile(RequestContext&, const Input&);
// user.cpp
Json create_user(RequestContext&, const Input&);
Json get_user(RequestContext&, const Input&);
Json list_users(RequestContext&, const Input&);
Json update_user(RequestContext&, const Input&);
Json delete_user(RequestContext&, const Input&);
Json list_ssh_public_keys(RequestContext&, const Input&);
Json list_signing_certificates(RequestContext&, const Input&);
Json list_mfa_devices(RequestContext&, const Input&);
Json list_virtual_mfa_devices(RequestContext&, const Input&);
Json list_service_specific_credentials(RequestContext&, const Input&);
// login_profile.cpp
Json create_login_profile(RequestContext&, const Input&);
Json get_login_profile(RequestContext&, const Input&);
Json update_login_profile(RequestContext&, const Input&);
Json delete_login_profile(RequestContext&, const Input&);
// access_key.cpp
Json create_access_key(RequestContext&, const Input&);
Json list_access_keys(RequestContext&, const Input&);
Json update_access_key(RequestContext&, const Input&);
Json delete_access_key(RequestContext&, const Input&);
// group.cpp
Json create_group(RequestContext&, const Input&);
Json get_group(RequestContext&, const Input&);
Json list_groups(RequestContext&, const Input&);
Json list_groups_for_user(RequestContext&, const Input&);
Json update_group(RequestContext&, const Input&);
Json delete_group(RequestContext&, const Input&);
Json add_user_to_group(RequestContext&, const Input&);
Json remove_user_from_group(RequestContext&, const Input&);
// account.cpp
Json create_account_alias(RequestContext&, const Input&);
Json list_account_aliases(RequestContext&, const Input&);
Json delete_account_alias(RequestContext&, const Input&);
Json get_account_summary(RequestContext&, const Input&);
Json update_account_password_policy(RequestContext&, const Input&);
Json get_account_password_policy(RequestContext&, const Input&);
Json delete_account_password_policy(RequestContext&, const Input&);
// oidc_provider.cpp
Json create_oidc_provider(RequestContext&, const Input&);
Json get_oidc_provider(RequestContext&, const Input&);
Json list_oidc_providers(RequestContext&, const Input&);
Json update_oidc_thumbprints(RequestContext&, const Input&);
Json add_oidc_client(RequestContext&, const Input&);
Json remove_oidc_client(RequestContext&, const Input&);
Json delete_oidc_provider(RequestContext&, const Input&);
// attachment.cpp
Json list_entities_for_policy(RequestContext&, const Input&);

// What several kinds of entity share: the function takes the kind, the template makes a table's row of it.
Json put_inline_policy(RequestContext&, const Input&, const Entity&);
Json get_inline_policy(RequestContext&, const Input&, const Entity&);
Json list_inline_policies(RequestContext&, const Input&, const Entity&);
Json delete_inline_policy(RequestContext&, const Input&, const Entity&);
Json attach_policy(RequestContext&, const Input&, const Entity&);
Json detach_policy(RequestContext&, const Input&, const Entity&);
Json list_attached_policies(RequestContext&, const Input&, const Entity&);
Json put_permissions_boundary(RequestContext&, const Input&, const Entity&);
Json delete_permissions_boundary(RequestContext&, const Input&, const Entity&);
Json tag_entity(RequestContext&, const Input&, const Entity&);
Json untag_entity(RequestContext&, const Input&, const Entity&);
Json list_entity_tags(RequestContext&, const Input&, const Entity&);

template <Json (*Shared)(RequestContext&, const Input&, const Entity&), const Entity& E>
Json of(RequestContext& context, const Input& input) {
  return Shared(context, input, E);
}

}  // namespace orrery::iam
