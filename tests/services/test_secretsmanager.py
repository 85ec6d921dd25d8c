"""Secrets Manager through boto3: values, versions and stages, deletion and recovery, policies, refusals, a restart."""

import json
import string
import unittest
import uuid

from service_case import ServiceCase

ACCOUNT = "000000000000"
DAY = 86400 * 1000
NOT_FOUND = "Secrets Manager can't find the specified secret."


class SecretsManagerTest(ServiceCase):
    options = {"data_dir": True}
    clients = {"secrets": "secretsmanager", "kms": "kms"}

    def test_secret_reads_back_what_was_set(self):
        made = self.secrets.create_secret(
            Name="app/db", Description="database", ForceOverwriteReplicaSecret=False,
            ClientRequestToken=uuid.uuid4().hex, Tags=[{"Key": "Name", "Value": "a"}])
        self.assertNotIn("VersionId", made)
        self.assertRegex(made["ARN"],
                         "^arn:aws:secretsmanager:us-east-1:%s:secret:app/db-[A-Za-z0-9]{6}$" % ACCOUNT)
        for reference in ("app/db", made["ARN"], made["ARN"][:-7]):
            described = self.secrets.describe_secret(SecretId=reference)
            self.assertEqual(described["ARN"], made["ARN"])
        self.assertEqual(described["Description"], "database")
        self.assertEqual(described["Tags"], [{"Key": "Name", "Value": "a"}])
        for absent in ("KmsKeyId", "DeletedDate", "RotationEnabled", "VersionIdsToStages"):
            self.assertNotIn(absent, described)
        policy = self.secrets.get_resource_policy(SecretId=made["ARN"])
        self.assertNotIn("ResourcePolicy", policy)
        self.secrets.tag_resource(SecretId="app/db", Tags=[{"Key": "Env", "Value": "dev"}])
        self.secrets.untag_resource(SecretId="app/db", TagKeys=["Name"])
        self.secrets.update_secret(SecretId="app/db", Description="other")
        described = self.secrets.describe_secret(SecretId="app/db")
        self.assertEqual((described["Tags"], described["Description"]), ([{"Key": "Env", "Value": "dev"}], "other"))

    def test_versions_and_stages(self):
        self.secrets.create_secret(Name="versions")
        token = uuid.uuid4().hex
        first = self.secrets.put_secret_value(SecretId="versions", SecretString="one", ClientRequestToken=token)
        self.assertEqual((first["VersionId"], first["VersionStages"]), (token, ["AWSCURRENT"]))
        again = self.secrets.put_secret_value(SecretId="versions", SecretString="one", ClientRequestToken=token)
        self.assertEqual(again["VersionId"], token)
        self.refused("ResourceExistsException", self.secrets.put_secret_value, SecretId="versions",
                     SecretString="two", ClientRequestToken=token)
        second = self.secrets.put_secret_value(SecretId="versions", SecretBinary=b"\x00\xff")["VersionId"]
        self.assertEqual(self.secrets.describe_secret(SecretId="versions")["VersionIdsToStages"],
                         {token: ["AWSPREVIOUS"], second: ["AWSCURRENT"]})
        current = self.secrets.get_secret_value(SecretId="versions")
        self.assertEqual((current["SecretBinary"], current["VersionId"]), (b"\x00\xff", second))
        previous = self.secrets.get_secret_value(SecretId="versions", VersionStage="AWSPREVIOUS")
        self.assertEqual(previous["SecretString"], "one")
        third = self.secrets.put_secret_value(SecretId="versions", SecretString="three",
                                              VersionStages=["PENDING"])["VersionId"]
        self.assertEqual(self.secrets.get_secret_value(SecretId="versions")["VersionId"], second)
        self.refused("InvalidParameterException", self.secrets.update_secret_version_stage,
                     SecretId="versions", VersionStage="AWSCURRENT", MoveToVersionId=third)
        self.secrets.update_secret_version_stage(SecretId="versions", VersionStage="AWSCURRENT",
                                                 RemoveFromVersionId=second, MoveToVersionId=third)
        stages = self.secrets.describe_secret(SecretId="versions")["VersionIdsToStages"]
        self.assertEqual(stages, {second: ["AWSPREVIOUS"], third: ["PENDING", "AWSCURRENT"]})
        self.secrets.update_secret_version_stage(SecretId="versions", VersionStage="PENDING",
                                                 RemoveFromVersionId=third)
        listed = self.secrets.list_secret_version_ids(SecretId="versions")["Versions"]
        self.assertEqual({entry["VersionId"] for entry in listed}, {second, third})
        listed = self.secrets.list_secret_version_ids(SecretId="versions", IncludeDeprecated=True)["Versions"]
        self.assertEqual({entry["VersionId"] for entry in listed}, {token, second, third})
        self.refused("InvalidRequestException", self.secrets.get_secret_value, SecretId="versions",
                     VersionId=second, VersionStage="AWSCURRENT")
        self.refused("InvalidParameterException", self.secrets.update_secret_version_stage,
                     SecretId="versions", VersionStage="AWSCURRENT", RemoveFromVersionId=third)

    def test_deletion_and_recovery(self):
        arn = self.secrets.create_secret(Name="gone", SecretString="x")["ARN"]
        self.secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
        self.assertIn("DeletedDate", self.secrets.describe_secret(SecretId="gone"))
        marked = "You can't perform this operation on the secret because it was marked for deletion."
        self.refused("InvalidRequestException", self.secrets.get_secret_value, message=marked, SecretId="gone")
        self.refused("InvalidRequestException", self.secrets.create_secret,
                     message="You can't create this secret because a secret with this name is already scheduled for deletion.",
                     Name="gone", SecretString="y")
        names = [entry["Name"] for entry in self.secrets.list_secrets()["SecretList"]]
        self.assertNotIn("gone", names)
        self.secrets.restore_secret(SecretId="gone")
        self.assertEqual(self.secrets.get_secret_value(SecretId="gone")["SecretString"], "x")
        self.secrets.delete_secret(SecretId="gone")
        self.server.advance(30 * DAY + 1)
        self.refused("ResourceNotFoundException", self.secrets.describe_secret, message=NOT_FOUND, SecretId="gone")
        fresh = self.secrets.create_secret(Name="gone", SecretString="z")["ARN"]
        self.assertNotEqual(fresh, arn)
        self.secrets.delete_secret(SecretId="gone", ForceDeleteWithoutRecovery=True)
        self.refused("ResourceNotFoundException", self.secrets.describe_secret, message=NOT_FOUND, SecretId="gone")
        self.secrets.create_secret(Name="gone")
        self.secrets.delete_secret(SecretId="gone", ForceDeleteWithoutRecovery=True)

    def test_policy(self):
        self.secrets.create_secret(Name="policy")
        statement = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root" % ACCOUNT},
                     "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.secrets.put_resource_policy(SecretId="policy", ResourcePolicy=text)
        self.assertEqual(self.secrets.get_resource_policy(SecretId="policy")["ResourcePolicy"], text)
        self.assertTrue(self.secrets.validate_resource_policy(ResourcePolicy=text)["PolicyValidationPassed"])
        statement["Principal"] = "*"
        open_text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.assertFalse(self.secrets.validate_resource_policy(ResourcePolicy=open_text)["PolicyValidationPassed"])
        self.refused("PublicPolicyException", self.secrets.put_resource_policy, SecretId="policy",
                     ResourcePolicy=open_text, BlockPublicPolicy=True)
        self.refused("MalformedPolicyDocumentException", self.secrets.put_resource_policy, SecretId="policy",
                     ResourcePolicy="nonsense")
        self.secrets.delete_resource_policy(SecretId="policy")
        self.assertNotIn("ResourcePolicy", self.secrets.get_resource_policy(SecretId="policy"))

    def test_key(self):
        key = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.secrets.create_secret(Name="sealed", SecretString="x", KmsKeyId=key)
        self.assertEqual(self.secrets.describe_secret(SecretId="sealed")["KmsKeyId"], key)
        self.kms.disable_key(KeyId=key)
        self.refused("DecryptionFailure", self.secrets.get_secret_value, SecretId="sealed")
        self.refused("EncryptionFailure", self.secrets.put_secret_value, SecretId="sealed", SecretString="y")
        self.kms.enable_key(KeyId=key)
        other = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.secrets.update_secret(SecretId="sealed", KmsKeyId=other)
        self.kms.disable_key(KeyId=key)
        self.assertEqual(self.secrets.get_secret_value(SecretId="sealed")["SecretString"], "x")

    def test_listing(self):
        for name in ("list/a", "list/b", "list/c"):
            self.secrets.create_secret(Name=name, SecretString=name, Description="Listed %s" % name,
                                       Tags=[{"Key": "listed", "Value": name}])
        by_name = [{"Key": "name", "Values": ["list/"]}]
        pages = self.secrets.get_paginator("list_secrets").paginate(
            Filters=by_name, SortBy="name", SortOrder="asc", PaginationConfig={"PageSize": 2})
        self.assertEqual([entry["Name"] for page in pages for entry in page["SecretList"]],
                         ["list/a", "list/b", "list/c"])

        def names(key, value):
            answer = self.secrets.list_secrets(Filters=[{"Key": key, "Values": [value]}])
            return sorted(entry["Name"] for entry in answer["SecretList"])

        self.assertEqual(names("tag-value", "list/b"), ["list/b"])
        self.assertEqual(names("description", "listed"), ["list/a", "list/b", "list/c"])
        self.assertNotIn("list/a", names("name", "!list/"))
        batch = self.secrets.batch_get_secret_value(SecretIdList=["list/a", "missing"])
        self.assertEqual([entry["SecretString"] for entry in batch["SecretValues"]], ["list/a"])
        self.assertEqual([entry["ErrorCode"] for entry in batch["Errors"]], ["ResourceNotFoundException"])
        batch = self.secrets.batch_get_secret_value(Filters=by_name)
        self.assertEqual(len(batch["SecretValues"]), 3)

    def test_random_password(self):
        password = self.secrets.get_random_password()["RandomPassword"]
        self.assertEqual(len(password), 32)
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation):
            self.assertTrue(set(kind) & set(password))
        digits = self.secrets.get_random_password(PasswordLength=10, ExcludeLowercase=True, ExcludeUppercase=True,
                                                  ExcludePunctuation=True, ExcludeCharacters="01234")
        self.assertLessEqual(set(digits["RandomPassword"]), set("56789"))
        self.refused("InvalidParameterException", self.secrets.get_random_password,
                     message="Password length is too short based on the required types.", PasswordLength=3)

    def test_rotation_settings(self):
        self.secrets.create_secret(Name="rotating", SecretString="x")
        self.refused("InvalidRequestException", self.secrets.rotate_secret, SecretId="rotating")
        function = "arn:aws:lambda:us-east-1:%s:function:rotate" % ACCOUNT
        arn = self.secrets.describe_secret(SecretId="rotating")["ARN"]
        self.assertIn(arn, [entry["resource"] for entry in self.server.findings()])
        self.secrets.rotate_secret(SecretId="rotating", RotationLambdaARN=function,
                                   RotationRules={"AutomaticallyAfterDays": 30})
        described = self.secrets.describe_secret(SecretId="rotating")
        self.assertEqual((described["RotationEnabled"], described["RotationLambdaARN"], described["RotationRules"]),
                         (True, function, {"AutomaticallyAfterDays": 30}))
        self.assertNotIn(arn, [entry["resource"] for entry in self.server.findings()])
        self.secrets.cancel_rotate_secret(SecretId="rotating")
        self.assertFalse(self.secrets.describe_secret(SecretId="rotating")["RotationEnabled"])

    def test_replicas(self):
        made = self.secrets.create_secret(Name="far", SecretString="one", AddReplicaRegions=[{"Region": "eu-west-1"}])
        (status,) = made["ReplicationStatus"]
        self.assertEqual((status["Region"], status["Status"]), ("eu-west-1", "InSync"))
        far = self.server.client("secretsmanager", region="eu-west-1")
        self.secrets.put_secret_value(SecretId="far", SecretString="two")
        answer = far.get_secret_value(SecretId="far")
        self.assertEqual(answer["SecretString"], "two")
        listed = self.secrets.list_secrets(Filters=[{"Key": "primary-region", "Values": ["us-east-1"]}])["SecretList"]
        self.assertEqual([entry["Name"] for entry in listed], ["far"])
        self.assertEqual(answer["ARN"], made["ARN"].replace("us-east-1", "eu-west-1"))
        self.assertEqual(far.describe_secret(SecretId="far")["PrimaryRegion"], "us-east-1")
        self.refused("InvalidRequestException", far.put_secret_value,
                     message="Operation not permitted on a replica secret. Call must be made in primary secret's region.",
                     SecretId="far", SecretString="x")
        self.refused("InvalidParameterException", self.secrets.delete_secret, SecretId="far")
        self.secrets.remove_regions_from_replication(SecretId="far", RemoveReplicaRegions=["eu-west-1"])
        self.refused("ResourceNotFoundException", far.describe_secret, message=NOT_FOUND, SecretId="far")
        self.assertNotIn("ReplicationStatus", self.secrets.describe_secret(SecretId="far"))
        self.secrets.replicate_secret_to_regions(SecretId="far", AddReplicaRegions=[{"Region": "eu-west-1"}])
        far.stop_replication_to_replica(SecretId="far")
        far.put_secret_value(SecretId="far", SecretString="own")
        self.assertEqual(self.secrets.get_secret_value(SecretId="far")["SecretString"], "two")

    def test_refusals(self):
        self.secrets.create_secret(Name="taken", SecretString="x")
        self.refused("ResourceExistsException", self.secrets.create_secret,
                     message="The operation failed because the secret taken already exists.",
                     Name="taken", SecretString="y")
        self.refused("ResourceNotFoundException", self.secrets.describe_secret, message=NOT_FOUND, SecretId="missing")
        self.refused("ResourceNotFoundException", self.secrets.delete_secret, message=NOT_FOUND, SecretId="missing")
        self.refused("ValidationException", self.secrets.create_secret, Name="a b")
        self.refused("InvalidParameterException", self.secrets.create_secret, Name="both", SecretString="x",
                     SecretBinary=b"x")
        self.refused("InvalidParameterException", self.secrets.delete_secret,
                     message="The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
                     SecretId="taken", RecoveryWindowInDays=6)
        self.refused("InvalidParameterException", self.secrets.delete_secret,
                     message="You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
                     SecretId="taken", RecoveryWindowInDays=7,
                     ForceDeleteWithoutRecovery=True)
        self.refused("InvalidRequestException", self.secrets.put_secret_value, SecretId="taken")
        self.refused("ResourceNotFoundException", self.secrets.get_secret_value, SecretId="taken",
                     VersionId="0" * 32)
        self.refused("InvalidNextTokenException", self.secrets.list_secrets, NextToken="x")
        other_account = self.server.client("secretsmanager", access_key="111111111111")
        self.refused("ResourceNotFoundException", other_account.describe_secret, message=NOT_FOUND, SecretId="taken")

    def test_zz_restart(self):
        arn = self.secrets.create_secret(Name="kept", SecretString="value", Description="d")["ARN"]
        self.server.kill9()
        self.server.restart()
        self.assertEqual(self.secrets.get_secret_value(SecretId=arn)["SecretString"], "value")
        self.assertEqual(self.secrets.describe_secret(SecretId=arn)["Description"], "d")


if __name__ == "__main__":
    unittest.main()
