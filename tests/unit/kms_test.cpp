#include "services/kms/service.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "services/secretsmanager/service.hpp"
#include "storage/findings.hpp"

namespace orrery {
namespace {

/// Operations of KMS and Secrets Manager, called as the dispatcher calls them, on a store of the test's own.
class KeysAndSecrets : public ::testing::Test {
 protected:
  KeysAndSecrets() {
    std::string pattern = (std::filesystem::temp_directory_path() / "orrery-kms-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    open();
    kms::service().offer(peers_);
    secretsmanager::service().offer(peers_);
  }
  ~KeysAndSecrets() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void open() {
    store_.reset();
    const storage::Migrations components[] = {storage::ResourceTable::migrations, SeedTable::migrations,
                                              storage::FindingTable::migrations};
    store_ = std::make_unique<storage::Store>(directory_, components);
  }

  template <typename Work>
  void in_context(const Service& service, std::string_view operation, Work work) {
    store_->write([&](storage::Transaction& tx) {
      RequestContext context{.account = "000000000000",
                             .region = region_,
                             .service = service.name,
                             .operation = operation,
                             .request_id = "r",
                             .principal = {},
                             .now = now_,
                             .settings = settings_,
                             .peers = peers_,
                             .tx = tx,
                             .request = request_};
      if (service.seed) ensure_seeded(context, service.name, service.seed);
      work(context);
    });
  }

  Json call(const Service& service, std::string_view operation, const Json& input) {
    for (const OperationRow& row : service.operations) {
      if (row.name != operation) continue;
      Json output;
      in_context(service, operation, [&](RequestContext& context) {
        ReadLog log;
        output = row.handler(context, Input(input, log));
        EXPECT_EQ(log.unread(input), std::vector<std::string>{}) << operation;
      });
      return output;
    }
    throw std::runtime_error("no such operation: " + std::string(operation));
  }
  Json kms(std::string_view operation, const Json& input) { return call(kms::service(), operation, input); }
  Json secrets(std::string_view operation, const Json& input) {
    return call(secretsmanager::service(), operation, input);
  }
  std::string error(const Service& service, std::string_view operation, const Json& input) {
    try {
      call(service, operation, input);
    } catch (const AwsError& error) {
      return error.code() + ": " + error.message();
    }
    return "";
  }
  std::string kms_error(std::string_view operation, const Json& input) {
    return error(kms::service(), operation, input);
  }
  std::string secrets_error(std::string_view operation, const Json& input) {
    return error(secretsmanager::service(), operation, input);
  }
  void tick(const Service& service) {
    in_context(service, "", [&](RequestContext& context) { service.tick(context); });
  }
  std::string make_key(const Json& input = Json::object()) { return kms("CreateKey", input)["KeyMetadata"]["KeyId"]; }

  static constexpr aws::Millis kDay = 86'400'000;
  std::filesystem::path directory_;
  std::unique_ptr<storage::Store> store_;
  std::string region_ = "us-east-1";
  Settings settings_;
  Peers peers_;
  http::Request request_;
  aws::Millis now_ = 1'764'000'000'000;
};

TEST_F(KeysAndSecrets, EncryptsWithContextAcrossRotationAndRestart) {
  const std::string id = make_key();
  const Json context{{"purpose", "test"}, {"a", "b"}};
  const Json sealed = kms("Encrypt", {{"KeyId", id}, {"Plaintext", "hello"}, {"EncryptionContext", context}});
  kms("RotateKeyOnDemand", {{"KeyId", id}});
  open();
  const Json opened = kms("Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]}, {"EncryptionContext", context}});
  EXPECT_EQ(opened["Plaintext"], "hello");
  EXPECT_EQ(opened["KeyId"], "arn:aws:kms:us-east-1:000000000000:key/" + id);
  EXPECT_EQ(kms_error("Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]}}), "InvalidCiphertextException: ");
  std::string changed = sealed["CiphertextBlob"];
  changed.back() ^= 1;
  EXPECT_EQ(kms_error("Decrypt", {{"CiphertextBlob", changed}, {"EncryptionContext", context}}),
            "InvalidCiphertextException: ");
  EXPECT_EQ(kms_error("Decrypt", {{"CiphertextBlob", "nonsense"}}), "InvalidCiphertextException: ");
}

TEST_F(KeysAndSecrets, FollowsTheKeyThroughItsStates) {
  const std::string id = make_key();
  const std::string arn = "arn:aws:kms:us-east-1:000000000000:key/" + id;
  kms("EnableKeyRotation", {{"KeyId", id}});
  EXPECT_EQ(kms("GetKeyRotationStatus", {{"KeyId", arn}})["RotationPeriodInDays"], 365);
  kms("DisableKey", {{"KeyId", id}});
  EXPECT_EQ(kms_error("Encrypt", {{"KeyId", id}, {"Plaintext", "x"}}), "DisabledException: " + arn + " is disabled.");
  kms("CreateAlias", {{"AliasName", "alias/one"}, {"TargetKeyId", id}});
  EXPECT_EQ(kms_error("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 6}}).substr(0, 19),
            "ValidationException");
  EXPECT_EQ(kms("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 10}})["KeyState"], "PendingDeletion");
  EXPECT_EQ(kms("GetKeyRotationStatus", {{"KeyId", id}})["KeyRotationEnabled"], false);
  EXPECT_EQ(kms_error("EnableKey", {{"KeyId", id}}), "KMSInvalidStateException: " + arn + " is pending deletion.");
  kms("CancelKeyDeletion", {{"KeyId", id}});
  EXPECT_EQ(kms("DescribeKey", {{"KeyId", "alias/one"}})["KeyMetadata"]["KeyState"], "Disabled");
  EXPECT_EQ(kms("GetKeyRotationStatus", {{"KeyId", id}})["KeyRotationEnabled"], true);
  kms("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 7}});
  now_ += 7 * kDay;
  EXPECT_EQ(kms_error("DescribeKey", {{"KeyId", id}}), "NotFoundException: Key '" + arn + "' does not exist");
  tick(kms::service());
  EXPECT_EQ(kms_error("DescribeKey", {{"KeyId", "alias/one"}}),
            "NotFoundException: Alias arn:aws:kms:us-east-1:000000000000:alias/one is not found.");
}

TEST_F(KeysAndSecrets, RotatesByTheClock) {
  const std::string id = make_key();
  kms("EnableKeyRotation", {{"KeyId", id}, {"RotationPeriodInDays", 90}});
  const std::string before = kms("DescribeKey", {{"KeyId", id}})["KeyMetadata"]["CurrentKeyMaterialId"];
  tick(kms::service());
  EXPECT_TRUE(kms("ListKeyRotations", {{"KeyId", id}})["Rotations"].empty());
  now_ += 90 * kDay;
  tick(kms::service());
  EXPECT_NE(kms("DescribeKey", {{"KeyId", id}})["KeyMetadata"]["CurrentKeyMaterialId"], before);
  const Json rotations = kms("ListKeyRotations", {{"KeyId", id}})["Rotations"];
  ASSERT_EQ(rotations.size(), 1u);
  EXPECT_EQ(rotations[0]["RotationType"], "AUTOMATIC");
}

TEST_F(KeysAndSecrets, SignsWithEverySpec) {
  for (const auto& [spec, algorithm] :
       std::vector<std::pair<std::string, std::string>>{{"RSA_2048", "RSASSA_PSS_SHA_256"},
                                                        {"RSA_2048", "RSASSA_PKCS1_V1_5_SHA_512"},
                                                        {"ECC_NIST_P256", "ECDSA_SHA_256"},
                                                        {"ECC_NIST_P384", "ECDSA_SHA_384"},
                                                        {"ECC_NIST_P521", "ECDSA_SHA_512"},
                                                        {"ECC_SECG_P256K1", "ECDSA_SHA_256"},
                                                        {"ECC_NIST_EDWARDS25519", "ED25519_SHA_512"}}) {
    const std::string id = make_key({{"KeySpec", spec}, {"KeyUsage", "SIGN_VERIFY"}});
    Json request{{"KeyId", id}, {"Message", "m"}, {"SigningAlgorithm", algorithm}};
    request["Signature"] = kms("Sign", request)["Signature"];
    EXPECT_EQ(kms("Verify", request)["SignatureValid"], true) << spec;
    request["Message"] = "n";
    EXPECT_EQ(kms_error("Verify", request), "KMSInvalidSignatureException: ") << spec;
    EXPECT_FALSE(kms("GetPublicKey", {{"KeyId", id}})["PublicKey"].get<std::string>().empty());
  }
}

TEST_F(KeysAndSecrets, ComputesMacsAndWrapsWithRsa) {
  const std::string hmac = make_key({{"KeySpec", "HMAC_384"}, {"KeyUsage", "GENERATE_VERIFY_MAC"}});
  Json request{{"KeyId", hmac}, {"Message", "m"}, {"MacAlgorithm", "HMAC_SHA_384"}};
  request["Mac"] = kms("GenerateMac", request)["Mac"];
  EXPECT_EQ(request["Mac"].get<std::string>().size(), 48u);
  EXPECT_EQ(kms("VerifyMac", request)["MacValid"], true);
  const std::string rsa = make_key({{"KeySpec", "RSA_2048"}, {"KeyUsage", "ENCRYPT_DECRYPT"}});
  const Json sealed =
      kms("Encrypt", {{"KeyId", rsa}, {"Plaintext", "p"}, {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}});
  const Json opened = kms(
      "Decrypt",
      {{"KeyId", rsa}, {"CiphertextBlob", sealed["CiphertextBlob"]}, {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}});
  EXPECT_EQ(opened["Plaintext"], "p");
}

TEST_F(KeysAndSecrets, ReplicatesAndWaitsForReplicas) {
  const std::string id = make_key({{"MultiRegion", true}});
  EXPECT_TRUE(id.starts_with("mrk-"));
  const Json replica = kms("ReplicateKey", {{"KeyId", id}, {"ReplicaRegion", "eu-west-1"}, {"Description", "copy"}});
  EXPECT_EQ(replica["ReplicaKeyMetadata"]["Arn"], "arn:aws:kms:eu-west-1:000000000000:key/" + id);
  EXPECT_EQ(replica["ReplicaKeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"], "REPLICA");
  const Json sealed = kms("Encrypt", {{"KeyId", id}, {"Plaintext", "x"}});
  EXPECT_EQ(kms("ScheduleKeyDeletion", {{"KeyId", id}})["KeyState"], "PendingReplicaDeletion");
  kms("CancelKeyDeletion", {{"KeyId", id}});
  kms("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 7}});
  region_ = "eu-west-1";
  EXPECT_EQ(kms("Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]}})["Plaintext"], "x");
  kms("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 7}});
  now_ += 7 * kDay;
  tick(kms::service());
  region_ = "us-east-1";
  const Json primary = kms("DescribeKey", {{"KeyId", id}})["KeyMetadata"];
  EXPECT_EQ(primary["KeyState"], "PendingDeletion");
  EXPECT_TRUE(primary["MultiRegionConfiguration"]["ReplicaKeys"].empty());
}

TEST_F(KeysAndSecrets, WaitsForImportedMaterial) {
  const std::string id = make_key({{"Origin", "EXTERNAL"}});
  EXPECT_EQ(kms_error("Encrypt", {{"KeyId", id}, {"Plaintext", "x"}}),
            "KMSInvalidStateException: arn:aws:kms:us-east-1:000000000000:key/" + id + " is pending import.");
  const Json parameters =
      kms("GetParametersForImport",
          {{"KeyId", id}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}});
  EXPECT_EQ(kms_error("ImportKeyMaterial", {{"KeyId", id},
                                            {"ImportToken", "x"},
                                            {"EncryptedKeyMaterial", "y"},
                                            {"ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE"}})
                .substr(0, 27),
            "InvalidImportTokenException");
  EXPECT_EQ(kms_error("ImportKeyMaterial",
                      {{"KeyId", id}, {"ImportToken", parameters["ImportToken"]}, {"EncryptedKeyMaterial", "y"}}),
            "InvalidCiphertextException: ");
}

TEST_F(KeysAndSecrets, MakesAwsManagedKeysOnFirstUse) {
  EXPECT_TRUE(kms("ListKeys", Json::object())["Keys"].empty());
  EXPECT_EQ(kms("DescribeKey", {{"KeyId", "alias/aws/s3"}})["KeyMetadata"]["KeyManager"], "AWS");
  EXPECT_EQ(kms("ListKeys", Json::object())["Keys"].size(), 1u);
}

TEST_F(KeysAndSecrets, MovesStagesAndKeepsNamesWhileScheduled) {
  const Json made = secrets("CreateSecret", {{"Name", "db"}, {"SecretString", "one"}});
  const std::string first = made["VersionId"];
  const std::string second =
      secrets("PutSecretValue", {{"SecretId", made["ARN"]}, {"SecretString", "two"}})["VersionId"];
  EXPECT_EQ(secrets("DescribeSecret", {{"SecretId", "db"}})["VersionIdsToStages"],
            (Json{{first, {"AWSPREVIOUS"}}, {second, {"AWSCURRENT"}}}));
  secrets("UpdateSecretVersionStage", {{"SecretId", "db"},
                                       {"VersionStage", "AWSCURRENT"},
                                       {"RemoveFromVersionId", second},
                                       {"MoveToVersionId", first}});
  EXPECT_EQ(secrets("GetSecretValue", {{"SecretId", "db"}})["SecretString"], "one");
  EXPECT_EQ(secrets("GetSecretValue", {{"SecretId", "db"}, {"VersionStage", "AWSPREVIOUS"}})["SecretString"], "two");
  secrets("DeleteSecret", {{"SecretId", "db"}, {"RecoveryWindowInDays", 7}});
  EXPECT_EQ(secrets_error("CreateSecret", {{"Name", "db"}}),
            "InvalidRequestException: You can't create this secret because a secret with this name is already "
            "scheduled for deletion.");
  EXPECT_EQ(secrets_error("GetSecretValue", {{"SecretId", "db"}}),
            "InvalidRequestException: You can't perform this operation on the secret because it was marked for "
            "deletion.");
  now_ += 7 * kDay;
  EXPECT_EQ(secrets_error("DescribeSecret", {{"SecretId", "db"}}),
            "ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  tick(secretsmanager::service());
  secrets("CreateSecret", {{"Name", "db"}});
  EXPECT_EQ(secrets_error("GetSecretValue", {{"SecretId", "db"}}),
            "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: "
            "AWSCURRENT");
}

TEST_F(KeysAndSecrets, EncryptsSecretsWithTheirKey) {
  const std::string key = make_key();
  secrets("CreateSecret", {{"Name", "s"}, {"SecretBinary", std::string("\x00\xff", 2)}, {"KmsKeyId", key}});
  EXPECT_EQ(secrets("GetSecretValue", {{"SecretId", "s"}})["SecretBinary"], std::string("\x00\xff", 2));
  kms("DisableKey", {{"KeyId", key}});
  EXPECT_EQ(secrets_error("GetSecretValue", {{"SecretId", "s"}}).substr(0, 17), "DecryptionFailure");
}

TEST_F(KeysAndSecrets, KeepsReplicasInStep) {
  const Json made = secrets(
      "CreateSecret", {{"Name", "r"}, {"SecretString", "one"}, {"AddReplicaRegions", {{{"Region", "eu-west-1"}}}}});
  EXPECT_EQ(made["ReplicationStatus"][0]["Status"], "InSync");
  secrets("PutSecretValue", {{"SecretId", "r"}, {"SecretString", "two"}});
  secrets("TagResource", {{"SecretId", "r"}, {"Tags", {{{"Key", "a"}, {"Value", "b"}}}}});
  EXPECT_EQ(secrets_error("DeleteSecret", {{"SecretId", "r"}}).substr(0, 25), "InvalidParameterException");
  region_ = "eu-west-1";
  const Json copy = secrets("GetSecretValue", {{"SecretId", "r"}});
  EXPECT_EQ(copy["SecretString"], "two");
  EXPECT_EQ(secrets("GetSecretValue", {{"SecretId", "r"}, {"VersionStage", "AWSPREVIOUS"}})["SecretString"], "one");
  EXPECT_EQ(copy["ARN"].get<std::string>().substr(0, 33), "arn:aws:secretsmanager:eu-west-1:");
  EXPECT_EQ(secrets("DescribeSecret", {{"SecretId", "r"}})["PrimaryRegion"], "us-east-1");
  EXPECT_EQ(secrets("DescribeSecret", {{"SecretId", copy["ARN"]}})["Tags"].size(), 1u);
  EXPECT_EQ(secrets_error("PutSecretValue", {{"SecretId", "r"}, {"SecretString", "x"}}).substr(0, 23),
            "InvalidRequestException");
  region_ = "us-east-1";
  secrets("RemoveRegionsFromReplication", {{"SecretId", "r"}, {"RemoveReplicaRegions", {"eu-west-1"}}});
  secrets("DeleteSecret", {{"SecretId", "r"}, {"ForceDeleteWithoutRecovery", true}});
  region_ = "eu-west-1";
  EXPECT_EQ(secrets_error("DescribeSecret", {{"SecretId", "r"}}).substr(0, 25), "ResourceNotFoundException");
}

}  // namespace
}  // namespace orrery
