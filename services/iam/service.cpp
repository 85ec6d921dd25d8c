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
};

}  // namespace

const Service& service() {
  static const Service instance{.name = "iam",
                                .operations = kOperations,
                                .offer = &offer,
                                .migrations = &identity::CredentialTable::migrations};
  return instance;
}

}  // namespace orrery::iam
