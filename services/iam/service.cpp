#include "services/iam/service.hpp"

#include "identity/credentials.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/peer.hpp"

namespace orrery::iam {

namespace {

constexpr OperationRow kOperations[] = {
    {"CreateRole", &create_role},
    {"GetRole", &get_role},
    {"ListRoles", &list_roles},
    {"UpdateRole", &update_role},
    {"UpdateRoleDescription", &update_role_description},
    {"UpdateAssumeRolePolicy", &update_assume_role_policy},
    {"DeleteRole", &delete_role},
    {"TagRole", &of<tag_entity, kRole>},
    {"UntagRole", &of<untag_entity, kRole>},
    {"ListRoleTags", &of<list_entity_tags, kRole>},
    {"PutRolePermissionsBoundary", &of<put_permissions_boundary, kRole>},
    {"DeleteRolePermissionsBoundary", &of<delete_permissions_boundary, kRole>},
    {"PutRolePolicy", &of<put_inline_policy, kRole>},
    {"GetRolePolicy", &of<get_inline_policy, kRole>},
    {"ListRolePolicies", &of<list_inline_policies, kRole>},
    {"DeleteRolePolicy", &of<delete_inline_policy, kRole>},
    {"AttachRolePolicy", &of<attach_policy, kRole>},
    {"DetachRolePolicy", &of<detach_policy, kRole>},
    {"ListAttachedRolePolicies", &of<list_attached_policies, kRole>},
    {"CreateServiceLinkedRole", &create_service_linked_role},
    {"DeleteServiceLinkedRole", &delete_service_linked_role},
    {"GetServiceLinkedRoleDeletionStatus", &get_service_linked_role_deletion_status},

    {"CreatePolicy", &create_policy},
    {"GetPolicy", &get_policy},
    {"ListPolicies", &list_policies},
    {"DeletePolicy", &delete_policy},
    {"TagPolicy", &of<tag_entity, kPolicy>},
    {"UntagPolicy", &of<untag_entity, kPolicy>},
    {"ListPolicyTags", &of<list_entity_tags, kPolicy>},
    {"ListEntitiesForPolicy", &list_entities_for_policy},
    {"CreatePolicyVersion", &create_policy_version},
    {"GetPolicyVersion", &get_policy_version},
    {"ListPolicyVersions", &list_policy_versions},
    {"SetDefaultPolicyVersion", &set_default_policy_version},
    {"DeletePolicyVersion", &delete_policy_version},

    {"CreateInstanceProfile", &create_instance_profile},
    {"GetInstanceProfile", &get_instance_profile},
    {"ListInstanceProfiles", &list_instance_profiles},
    {"ListInstanceProfilesForRole", &list_instance_profiles_for_role},
    {"AddRoleToInstanceProfile", &add_role_to_instance_profile},
    {"RemoveRoleFromInstanceProfile", &remove_role_from_instance_profile},
    {"DeleteInstanceProfile", &delete_instance_profile},
    {"TagInstanceProfile", &of<tag_entity, kInstanceProfile>},
    {"UntagInstanceProfile", &of<untag_entity, kInstanceProfile>},
    {"ListInstanceProfileTags", &of<list_entity_tags, kInstanceProfile>},

    {"CreateUser", &create_user},
    {"GetUser", &get_user},
    {"ListUsers", &list_users},
    {"UpdateUser", &update_user},
    {"DeleteUser", &delete_user},
    {"TagUser", &of<tag_entity, kUser>},
    {"UntagUser", &of<untag_entity, kUser>},
    {"ListUserTags", &of<list_entity_tags, kUser>},
    {"PutUserPermissionsBoundary", &of<put_permissions_boundary, kUser>},
    {"DeleteUserPermissionsBoundary", &of<delete_permissions_boundary, kUser>},
    {"PutUserPolicy", &of<put_inline_policy, kUser>},
    {"GetUserPolicy", &of<get_inline_policy, kUser>},
    {"ListUserPolicies", &of<list_inline_policies, kUser>},
    {"DeleteUserPolicy", &of<delete_inline_policy, kUser>},
    {"AttachUserPolicy", &of<attach_policy, kUser>},
    {"DetachUserPolicy", &of<detach_policy, kUser>},
    {"ListAttachedUserPolicies", &of<list_attached_policies, kUser>},
    {"CreateLoginProfile", &create_login_profile},
    {"GetLoginProfile", &get_login_profile},
    {"UpdateLoginProfile", &update_login_profile},
    {"DeleteLoginProfile", &delete_login_profile},
    {"CreateAccessKey", &create_access_key},
    {"ListAccessKeys", &list_access_keys},
    {"UpdateAccessKey", &update_access_key},
    {"DeleteAccessKey", &delete_access_key},
    {"ListSSHPublicKeys", &list_ssh_public_keys},
    {"ListSigningCertificates", &list_signing_certificates},
    {"ListMFADevices", &list_mfa_devices},
    {"ListVirtualMFADevices", &list_virtual_mfa_devices},
    {"ListServiceSpecificCredentials", &list_service_specific_credentials},

    {"CreateGroup", &create_group},
    {"GetGroup", &get_group},
    {"ListGroups", &list_groups},
    {"ListGroupsForUser", &list_groups_for_user},
    {"UpdateGroup", &update_group},
    {"DeleteGroup", &delete_group},
    {"AddUserToGroup", &add_user_to_group},
    {"RemoveUserFromGroup", &remove_user_from_group},
    {"PutGroupPolicy", &of<put_inline_policy, kGroup>},
    {"GetGroupPolicy", &of<get_inline_policy, kGroup>},
    {"ListGroupPolicies", &of<list_inline_policies, kGroup>},
    {"DeleteGroupPolicy", &of<delete_inline_policy, kGroup>},
    {"AttachGroupPolicy", &of<attach_policy, kGroup>},
    {"DetachGroupPolicy", &of<detach_policy, kGroup>},
    {"ListAttachedGroupPolicies", &of<list_attached_policies, kGroup>},

    {"CreateAccountAlias", &create_account_alias},
    {"ListAccountAliases", &list_account_aliases},
    {"DeleteAccountAlias", &delete_account_alias},
    {"GetAccountSummary", &get_account_summary},
    {"UpdateAccountPasswordPolicy", &update_account_password_policy},
    {"GetAccountPasswordPolicy", &get_account_password_policy},
    {"DeleteAccountPasswordPolicy", &delete_account_password_policy},

    {"CreateOpenIDConnectProvider", &create_oidc_provider},
    {"GetOpenIDConnectProvider", &get_oidc_provider},
    {"ListOpenIDConnectProviders", &list_oidc_providers},
    {"UpdateOpenIDConnectProviderThumbprint", &update_oidc_thumbprints},
    {"AddClientIDToOpenIDConnectProvider", &add_oidc_client},
    {"RemoveClientIDFromOpenIDConnectProvider", &remove_oidc_client},
    {"DeleteOpenIDConnectProvider", &delete_oidc_provider},
    {"TagOpenIDConnectProvider", &of<tag_entity, kOidcProvider>},
    {"UntagOpenIDConnectProvider", &of<untag_entity, kOidcProvider>},
    {"ListOpenIDConnectProviderTags", &of<list_entity_tags, kOidcProvider>},
};

}  // namespace

const Service& service() {
  static const Service instance{
      .name = "iam", .operations = kOperations, .offer = &offer, .migrations = &identity::CredentialTable::migrations};
  return instance;
}

}  // namespace orrery::iam
