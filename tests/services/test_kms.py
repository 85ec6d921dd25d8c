"""KMS through boto3: keys and their states, policies, aliases, grants, cryptography, refusals, a restart."""

import json
import os
import unittest

from service_case import ServiceCase

try:
    from cryptography.hazmat.primitives import hashes, keywrap, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
except ImportError:
    serialization = None

ACCOUNT = "000000000000"
DAY = 86400 * 1000


class KmsTest(ServiceCase):
    options = {"data_dir": True}
    clients = {"kms": "kms"}

    def key(self, **arguments):
        return self.kms.create_key(**arguments)["KeyMetadata"]["KeyId"]

    def test_key_reads_back_what_was_set(self):
        metadata = self.kms.create_key(
            Description="state", Tags=[{"TagKey": "Name", "TagValue": "a"}, {"TagKey": "Env", "TagValue": "dev"}]
        )["KeyMetadata"]
        key = metadata["KeyId"]
        self.assertEqual(metadata["Arn"], "arn:aws:kms:us-east-1:%s:key/%s" % (ACCOUNT, key))
        expected = {
            "AWSAccountId": ACCOUNT, "Description": "state", "Enabled": True, "KeyState": "Enabled",
            "KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS", "KeyManager": "CUSTOMER", "MultiRegion": False,
            "KeySpec": "SYMMETRIC_DEFAULT", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        }
        described = self.kms.describe_key(KeyId=metadata["Arn"])["KeyMetadata"]
        self.assertEqual({name: described[name] for name in expected}, expected)
        tags = self.kms.list_resource_tags(KeyId=key)
        self.assertEqual(tags["Tags"], [{"TagKey": "Env", "TagValue": "dev"}, {"TagKey": "Name", "TagValue": "a"}])
        self.assertFalse(tags["Truncated"])
        self.kms.untag_resource(KeyId=key, TagKeys=["Env"])
        self.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "Name", "TagValue": "b"}])
        self.assertEqual(self.kms.list_resource_tags(KeyId=key)["Tags"], [{"TagKey": "Name", "TagValue": "b"}])
        self.kms.update_key_description(KeyId=key, Description="other")
        self.assertEqual(self.kms.describe_key(KeyId=key)["KeyMetadata"]["Description"], "other")

    def test_policy(self):
        key = self.key()
        default = json.loads(self.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        self.assertEqual(default["Id"], "key-default-1")
        self.assertEqual(default["Statement"][0]["Principal"], {"AWS": "arn:aws:iam::%s:root" % ACCOUNT})
        self.assertEqual(self.kms.list_key_policies(KeyId=key)["PolicyNames"], ["default"])
        default["Statement"][0]["Sid"] = "Changed"
        text = json.dumps(default)
        self.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=text)
        self.assertEqual(self.kms.get_key_policy(KeyId=key)["Policy"], text)
        self.refused("MalformedPolicyDocumentException", self.kms.put_key_policy, KeyId=key, Policy="{")
        deep = "[" * 16000 + "]" * 16000
        self.refused("MalformedPolicyDocumentException", self.kms.create_key, Policy=deep)
        self.refused("MalformedPolicyDocumentException", self.kms.create_key, Policy='{"Statement":%s,"Version":"2012-10-17"}' % deep)
        locked = json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Encrypt", "Resource": "*"}]})
        lockout = "The new key policy will not allow you to update the key policy in the future."
        self.refused("MalformedPolicyDocumentException", self.kms.put_key_policy,
                     message=lockout, KeyId=key, Policy=locked)
        self.kms.put_key_policy(KeyId=key, Policy=locked, BypassPolicyLockoutSafetyCheck=True)
        self.refused("NotFoundException", self.kms.get_key_policy, message="No such policy exists", KeyId=key,
                     PolicyName="other")

    def test_rotation(self):
        key = self.key()
        self.assertFalse(self.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])
        self.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
        status = self.kms.get_key_rotation_status(KeyId=key)
        self.assertTrue(status["KeyRotationEnabled"])
        self.assertEqual(status["RotationPeriodInDays"], 180)
        sealed = self.kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
        self.kms.rotate_key_on_demand(KeyId=key)
        self.assertEqual(self.kms.list_key_rotations(KeyId=key)["Rotations"][0]["RotationType"], "ON_DEMAND")
        self.assertEqual(self.kms.decrypt(CiphertextBlob=sealed)["Plaintext"], b"old")
        self.kms.disable_key_rotation(KeyId=key)
        self.assertFalse(self.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])
        pair = self.key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        self.refused("UnsupportedOperationException", self.kms.enable_key_rotation, KeyId=pair)

    def test_deletion(self):
        key = self.key()
        arn = self.kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
        answer = self.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=10)
        self.assertEqual((answer["KeyState"], answer["PendingWindowInDays"]), ("PendingDeletion", 10))
        self.assertIn("DeletionDate", self.kms.describe_key(KeyId=key)["KeyMetadata"])
        pending = arn + " is pending deletion."
        self.refused("KMSInvalidStateException", self.kms.encrypt, message=pending, KeyId=key, Plaintext=b"x")
        self.refused("KMSInvalidStateException", self.kms.schedule_key_deletion, message=pending, KeyId=key)
        self.kms.cancel_key_deletion(KeyId=key)
        self.refused("DisabledException", self.kms.encrypt, message=arn + " is disabled.", KeyId=key, Plaintext=b"x")
        self.refused("KMSInvalidStateException", self.kms.cancel_key_deletion,
                     message=arn + " is not pending deletion.",
                     KeyId=key)
        self.kms.enable_key(KeyId=key)
        self.kms.create_alias(AliasName="alias/goes", TargetKeyId=key)
        self.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        self.server.advance(7 * DAY + 1)
        self.refused("NotFoundException", self.kms.describe_key, message="Key '%s' does not exist" % arn, KeyId=key)
        self.refused("NotFoundException", self.kms.describe_key, KeyId="alias/goes")

    def test_aliases(self):
        key, other = self.key(), self.key()
        self.kms.create_alias(AliasName="alias/app", TargetKeyId=key)
        arn = "arn:aws:kms:us-east-1:%s:alias/app" % ACCOUNT
        self.refused("AlreadyExistsException", self.kms.create_alias,
                     message="An alias with the name %s already exists" % arn, AliasName="alias/app", TargetKeyId=other)
        self.assertEqual(self.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyId"], key)
        self.kms.update_alias(AliasName="alias/app", TargetKeyId=other)
        (alias,) = self.kms.list_aliases(KeyId=other)["Aliases"]
        self.assertEqual((alias["AliasName"], alias["AliasArn"], alias["TargetKeyId"]), ("alias/app", arn, other))
        self.kms.delete_alias(AliasName="alias/app")
        self.refused("NotFoundException", self.kms.delete_alias, message="Alias %s is not found." % arn,
                     AliasName="alias/app")
        self.refused("NotAuthorizedException", self.kms.create_alias, AliasName="alias/aws/x", TargetKeyId=key)
        self.refused("ValidationException", self.kms.create_alias, AliasName="app", TargetKeyId=key)
        names = [entry["AliasName"] for page in self.kms.get_paginator("list_aliases").paginate(
            PaginationConfig={"PageSize": 5}) for entry in page["Aliases"]]
        self.assertIn("alias/aws/s3", names)
        self.assertEqual(len(names), len(set(names)))
        managed = self.server.client("kms", region="eu-west-1").describe_key(KeyId="alias/aws/rds")["KeyMetadata"]
        self.assertEqual(managed["KeyManager"], "AWS")

    def test_grants(self):
        key = self.key()
        arguments = dict(KeyId=key, GranteePrincipal="arn:aws:iam::%s:role/a" % ACCOUNT, Operations=["Decrypt"],
                         Name="one", Constraints={"EncryptionContextSubset": {"a": "b"}})
        made = self.kms.create_grant(**arguments)
        self.assertEqual(self.kms.create_grant(**arguments)["GrantId"], made["GrantId"])
        (grant,) = self.kms.list_grants(KeyId=key)["Grants"]
        for member in ("GranteePrincipal", "Operations", "Name", "Constraints"):
            self.assertEqual(grant[member], arguments[member])
        self.kms.retire_grant(GrantToken=made["GrantToken"])
        self.assertEqual(self.kms.list_grants(KeyId=key)["Grants"], [])
        self.refused("NotFoundException", self.kms.revoke_grant, KeyId=key, GrantId=made["GrantId"])

    def test_encryption(self):
        key, other = self.key(), self.key()
        context = {"purpose": "test"}
        sealed = self.kms.encrypt(KeyId=key, Plaintext=b"\x00secret", EncryptionContext=context)["CiphertextBlob"]
        opened = self.kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)
        self.assertEqual((opened["Plaintext"], opened["EncryptionAlgorithm"]), (b"\x00secret", "SYMMETRIC_DEFAULT"))
        self.refused("InvalidCiphertextException", self.kms.decrypt, CiphertextBlob=sealed)
        self.refused("IncorrectKeyException", self.kms.decrypt, CiphertextBlob=sealed, KeyId=other,
                     EncryptionContext=context)
        moved = self.kms.re_encrypt(CiphertextBlob=sealed, SourceEncryptionContext=context, DestinationKeyId=other)
        self.assertEqual(self.kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], KeyId=other)["Plaintext"],
                         b"\x00secret")
        self.refused("DryRunOperationException", self.kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True)

    def test_data_keys(self):
        key = self.key()
        made = self.kms.generate_data_key(KeyId=key, KeySpec="AES_256")
        self.assertEqual(len(made["Plaintext"]), 32)
        self.assertEqual(self.kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"], made["Plaintext"])
        self.assertNotIn("Plaintext", self.kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=16))
        pair = self.kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256")
        self.assertEqual(self.kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"])["Plaintext"],
                         pair["PrivateKeyPlaintext"])
        self.assertEqual(len(self.kms.generate_random(NumberOfBytes=17)["Plaintext"]), 17)
        self.refused("ValidationException", self.kms.generate_data_key,
                     message="Please specify either number of bytes or key spec.", KeyId=key)

    def test_signatures_and_macs(self):
        key = self.key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
        arguments = dict(KeyId=key, Message=b"m", SigningAlgorithm="RSASSA_PSS_SHA_256")
        signature = self.kms.sign(**arguments)["Signature"]
        self.assertTrue(self.kms.verify(Signature=signature, **arguments)["SignatureValid"])
        self.refused("KMSInvalidSignatureException", self.kms.verify, Signature=b"x" * 256, **arguments)
        self.refused("ValidationException", self.kms.sign, MessageType="DIGEST", **arguments)
        arn = self.kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
        self.refused("InvalidKeyUsageException", self.kms.encrypt,
                     message=arn + " key usage is SIGN_VERIFY which is not valid for Encrypt.",
                     KeyId=key, Plaintext=b"x")
        public = self.kms.get_public_key(KeyId=key)
        self.assertEqual(public["KeySpec"], "RSA_2048")
        self.assertEqual(public["PublicKey"][:2], b"\x30\x82")
        mac_key = self.key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        mac = self.kms.generate_mac(KeyId=mac_key, Message=b"m", MacAlgorithm="HMAC_SHA_256")["Mac"]
        self.assertTrue(self.kms.verify_mac(KeyId=mac_key, Message=b"m", MacAlgorithm="HMAC_SHA_256",
                                            Mac=mac)["MacValid"])
        self.refused("KMSInvalidMacException", self.kms.verify_mac, KeyId=mac_key, Message=b"n",
                     MacAlgorithm="HMAC_SHA_256", Mac=mac)

    def test_replicas(self):
        made = self.kms.create_key(MultiRegion=True)["KeyMetadata"]
        key = made["KeyId"]
        self.assertTrue(key.startswith("mrk-"))
        west = self.server.client("kms", region="us-west-2")
        answer = self.kms.replicate_key(KeyId=key, ReplicaRegion="us-west-2", Description="copy",
                                        Tags=[{"TagKey": "a", "TagValue": "b"}])
        self.assertEqual(answer["ReplicaTags"], [{"TagKey": "a", "TagValue": "b"}])
        sealed = self.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        self.assertEqual(west.decrypt(CiphertextBlob=sealed)["Plaintext"], b"x")
        replica = west.describe_key(KeyId=key)["KeyMetadata"]
        self.assertEqual(replica["Description"], "copy")
        configuration = replica["MultiRegionConfiguration"]
        self.assertEqual(configuration["MultiRegionKeyType"], "REPLICA")
        self.assertEqual(configuration["PrimaryKey"], {"Arn": made["Arn"], "Region": "us-east-1"})
        self.assertEqual(configuration["ReplicaKeys"], [{"Arn": replica["Arn"], "Region": "us-west-2"}])
        self.refused("AlreadyExistsException", self.kms.replicate_key, KeyId=key, ReplicaRegion="us-west-2")
        self.refused("UnsupportedOperationException", self.kms.replicate_key, KeyId=self.key(),
                     ReplicaRegion="us-west-2")
        self.kms.update_primary_region(KeyId=key, PrimaryRegion="us-west-2")
        configuration = self.kms.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
        self.assertEqual((configuration["MultiRegionKeyType"], configuration["PrimaryKey"]["Region"]),
                         ("REPLICA", "us-west-2"))

    @unittest.skipIf(serialization is None, "the cryptography package is missing")
    def test_imported_material(self):
        key = self.key(Origin="EXTERNAL")
        self.assertEqual(self.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "PendingImport")
        self.refused("KMSInvalidStateException", self.kms.encrypt, KeyId=key, Plaintext=b"x")

        def bring(material, algorithm="RSAES_OAEP_SHA_256", **arguments):
            parameters = self.kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm=algorithm,
                                                            WrappingKeySpec="RSA_2048")
            public = serialization.load_der_public_key(parameters["PublicKey"])
            oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
            if algorithm.startswith("RSA_AES"):
                wrapping = os.urandom(32)
                wrapped = public.encrypt(wrapping, oaep) + keywrap.aes_key_wrap_with_padding(wrapping, material)
            else:
                wrapped = public.encrypt(material, oaep)
            return dict(KeyId=key, ImportToken=parameters["ImportToken"], EncryptedKeyMaterial=wrapped, **arguments)

        material = os.urandom(32)
        forever = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
        self.refused("IncorrectKeyMaterialException", self.kms.import_key_material,
                     **bring(b"short", **forever))
        self.refused("ValidationException", self.kms.import_key_material, **bring(material))
        self.kms.import_key_material(**bring(material, **forever))
        described = self.kms.describe_key(KeyId=key)["KeyMetadata"]
        self.assertEqual((described["KeyState"], described["ExpirationModel"]),
                         ("Enabled", "KEY_MATERIAL_DOES_NOT_EXPIRE"))
        sealed = self.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        self.kms.delete_imported_key_material(KeyId=key)
        self.refused("KMSInvalidStateException", self.kms.decrypt, CiphertextBlob=sealed)
        self.refused("IncorrectKeyMaterialException", self.kms.import_key_material,
                     **bring(os.urandom(32), **forever))
        self.kms.import_key_material(**bring(material, "RSA_AES_KEY_WRAP_SHA_256", **forever))
        self.assertEqual(self.kms.decrypt(CiphertextBlob=sealed)["Plaintext"], b"x")
        self.refused("UnsupportedOperationException", self.kms.get_parameters_for_import, KeyId=self.key(),
                     WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")

    def test_refusals(self):
        missing = "12345678-1234-1234-1234-123456789012"
        self.refused("NotFoundException", self.kms.describe_key,
                     message="Key 'arn:aws:kms:us-east-1:%s:key/%s' does not exist" % (ACCOUNT, missing), KeyId=missing)
        self.refused("NotFoundException", self.kms.describe_key, message="Invalid keyId nonsense", KeyId="nonsense")
        self.refused("NotFoundException", self.kms.describe_key, message="Invalid arn eu-west-1",
                     KeyId="arn:aws:kms:eu-west-1:%s:key/%s" % (ACCOUNT, missing))
        self.refused("ValidationException", self.kms.describe_key)
        self.refused("ValidationException", self.kms.create_key, KeySpec="AES_1")
        self.refused("ValidationException", self.kms.create_key, KeySpec="RSA_2048")
        self.refused("ValidationException", self.kms.create_key, KeySpec="HMAC_256", KeyUsage="SIGN_VERIFY")
        self.refused("InvalidMarkerException", self.kms.list_keys, Marker="x")
        self.refused("TagException", self.kms.create_key, Tags=[{"TagKey": "aws:x", "TagValue": ""}])
        self.refused("NotFoundException", self.server.client("kms", region="us-west-2").describe_key,
                     KeyId=self.key())

    def test_zz_restart(self):
        key = self.key(Description="stays", Tags=[{"TagKey": "a", "TagValue": "b"}])
        self.kms.create_alias(AliasName="alias/stays", TargetKeyId=key)
        self.kms.enable_key_rotation(KeyId=key)
        sealed = self.kms.encrypt(KeyId="alias/stays", Plaintext=b"kept")["CiphertextBlob"]
        self.server.kill9()
        self.server.restart()
        self.assertEqual(self.kms.describe_key(KeyId="alias/stays")["KeyMetadata"]["Description"], "stays")
        self.assertEqual(self.kms.list_resource_tags(KeyId=key)["Tags"], [{"TagKey": "a", "TagValue": "b"}])
        self.assertTrue(self.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])
        self.assertEqual(self.kms.decrypt(CiphertextBlob=sealed)["Plaintext"], b"kept")


if __name__ == "__main__":
    unittest.main()
