#include "services/kms/service.hpp"

#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

// Cryptographic operations write nothing, so they run on a snapshot.
constexpr OperationRow kOperations[] = {
    {"CancelKeyDeletion", &cancel_key_deletion},
    {"CreateAlias", &create_alias},
    {"CreateGrant", &create_grant},
    {"CreateKey", &create_key},
    {"Decrypt", &decrypt, Access::read},
    {"DeleteAlias", &delete_alias},
    {"DeleteImportedKeyMaterial", &delete_imported_key_material},
    {"DeriveSharedSecret", &derive_shared_secret, Access::read},
    {"DescribeKey", &describe_key},
    {"DisableKey", &disable_key},
    {"DisableKeyRotation", &disable_key_rotation},
    {"EnableKey", &enable_key},
    {"EnableKeyRotation", &enable_key_rotation},
    {"Encrypt", &encrypt, Access::read},
    {"GenerateDataKey", &generate_data_key, Access::read},
    {"GenerateDataKeyPair", &generate_data_key_pair, Access::read},
    {"GenerateDataKeyPairWithoutPlaintext", &generate_data_key_pair_without_plaintext, Access::read},
    {"GenerateDataKeyWithoutPlaintext", &generate_data_key_without_plaintext, Access::read},
    {"GenerateMac", &generate_mac, Access::read},
    {"GenerateRandom", &generate_random, Access::read},
    {"GetKeyPolicy", &get_key_policy},
    {"GetKeyRotationStatus", &get_key_rotation_status},
    {"GetParametersForImport", &get_parameters_for_import, Access::write},
    {"GetPublicKey", &get_public_key},
    {"ImportKeyMaterial", &import_key_material},
    {"ListAliases", &list_aliases},
    {"ListGrants", &list_grants},
    {"ListKeyPolicies", &list_key_policies},
    {"ListKeyRotations", &list_key_rotations},
    {"ListKeys", &list_keys},
    {"ListResourceTags", &list_resource_tags},
    {"ListRetirableGrants", &list_retirable_grants},
    {"PutKeyPolicy", &put_key_policy},
    {"ReEncrypt", &re_encrypt, Access::read},
    {"ReplicateKey", &replicate_key},
    {"RetireGrant", &retire_grant},
    {"RevokeGrant", &revoke_grant},
    {"RotateKeyOnDemand", &rotate_key_on_demand},
    {"ScheduleKeyDeletion", &schedule_key_deletion},
    {"Sign", &sign, Access::read},
    {"TagResource", &tag_resource},
    {"UntagResource", &untag_resource},
    {"UpdateAlias", &update_alias},
    {"UpdateKeyDescription", &update_key_description},
    {"UpdatePrimaryRegion", &update_primary_region},
    {"Verify", &verify, Access::read},
    {"VerifyMac", &verify_mac, Access::read},
};

}  // namespace

const Service& service() {
  static const Service instance{
      .name = "kms", .operations = kOperations, .seed = &seed, .offer = &offer, .tick = &tick};
  return instance;
}

}  // namespace orrery::kms
