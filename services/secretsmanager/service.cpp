#include "services/secretsmanager/service.hpp"

#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

constexpr OperationRow kOperations[] = {
    {"BatchGetSecretValue", &batch_get_secret_value},
    {"CancelRotateSecret", &cancel_rotate_secret},
    {"CreateSecret", &create_secret},
    {"DeleteResourcePolicy", &delete_resource_policy},
    {"DeleteSecret", &delete_secret},
    {"DescribeSecret", &describe_secret},
    {"GetRandomPassword", &get_random_password},
    {"GetResourcePolicy", &get_resource_policy},
    {"GetSecretValue", &get_secret_value},
    {"ListSecretVersionIds", &list_secret_version_ids},
    {"ListSecrets", &list_secrets},
    {"PutResourcePolicy", &put_resource_policy},
    {"PutSecretValue", &put_secret_value},
    {"RemoveRegionsFromReplication", &remove_regions_from_replication},
    {"ReplicateSecretToRegions", &replicate_secret_to_regions},
    {"RestoreSecret", &restore_secret},
    {"RotateSecret", &rotate_secret},
    {"StopReplicationToReplica", &stop_replication_to_replica},
    {"TagResource", &tag_resource},
    {"UntagResource", &untag_resource},
    {"UpdateSecret", &update_secret},
    {"UpdateSecretVersionStage", &update_secret_version_stage},
    {"ValidateResourcePolicy", &validate_resource_policy, Access::read},
};

}  // namespace

const Service& service() {
  static const Service instance{.name = "secretsmanager", .operations = kOperations, .offer = &offer, .tick = &tick};
  return instance;
}

}  // namespace orrery::secretsmanager
