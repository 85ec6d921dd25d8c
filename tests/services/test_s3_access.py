"""Who may do what: bucket policies with S3's condition keys, owners of objects, what a stranger is told."""

import json
import unittest

from orrery_server import Server
from service_case import ServiceCase

OWNER, OTHER = "111111111111", "222222222222"


class Access(ServiceCase):
    flags = ("--strict",)
    clients = {"s3": "s3"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.server.client("s3", access_key=OWNER)
        cls.other = cls.server.client("s3", access_key=OTHER)
        cls.count = 0

    def setUp(self):
        type(self).count += 1
        self.bucket = "access-%d" % self.count
        self.s3.create_bucket(Bucket=self.bucket, ObjectOwnership="ObjectWriter")
        self.s3.delete_public_access_block(Bucket=self.bucket)

    def statement(self, effect, action, key="/*", **more):
        return dict({"Effect": effect, "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::" + self.bucket + key}, **more)

    def policy(self, *statements, s3=None):
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        return (s3 or self.s3).put_bucket_policy(Bucket=self.bucket, Policy=policy)

    def refused(self, code, call, **arguments):
        super().refused(code, call, Bucket=self.bucket, **arguments)

    def test_a_policy_denies_its_owner(self):
        encrypted = {"Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}}
        self.assertEqual(self.policy(self.statement("Deny", "s3:PutObject", **encrypted))["ResponseMetadata"]["HTTPStatusCode"], 204)
        self.refused("AccessDenied", self.s3.put_object, Key="k", Body=b"")
        self.s3.put_object(Bucket=self.bucket, Key="k", Body=b"", ServerSideEncryption="AES256")
        self.policy(self.statement("Deny", "s3:*"))
        self.refused("AccessDenied", self.s3.get_object, Key="k")
        self.s3.delete_bucket_policy(Bucket=self.bucket)
        self.s3.get_object(Bucket=self.bucket, Key="k")
        # The usual policy for TLS alone.
        self.policy(self.statement("Deny", "s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}}))
        self.s3.get_object(Bucket=self.bucket, Key="k")

    def test_a_default_run_notes_it(self):
        with Server() as server:
            s3 = server.client("s3", access_key=OWNER)
            s3.create_bucket(Bucket=self.bucket)
            self.policy(self.statement("Deny", "s3:PutObject"), s3=s3)
            s3.put_object(Bucket=self.bucket, Key="k", Body=b"")
            self.assertEqual([finding["rule"] for finding in server.findings()], ["s3-policy-denies-owner"])

    def test_conditions_on_the_request(self):
        self.s3.put_object(Bucket=self.bucket, Key="open", Body=b"1", Tagging="security=public")
        self.s3.put_object(Bucket=self.bucket, Key="shut", Body=b"2", Tagging="security=private")
        tagged = lambda key: {"Condition": {"StringEquals": {"s3:%s/security" % key: "public"}}}
        self.policy(self.statement("Allow", "s3:GetObject", **tagged("ExistingObjectTag")),
                    self.statement("Allow", "s3:PutObject", "/t/*", **tagged("RequestObjectTag")),
                    self.statement("Allow", "s3:PutObject", "/c/*", Condition={"StringLike": {
                        "s3:x-amz-copy-source": self.bucket + "/op*"}}))
        self.assertEqual(self.other.get_object(Bucket=self.bucket, Key="open")["Body"].read(), b"1")
        self.refused("AccessDenied", self.other.get_object, Key="shut")
        self.other.put_object(Bucket=self.bucket, Key="t/a", Body=b"", Tagging="security=public")
        self.refused("AccessDenied", self.other.put_object, Key="t/a", Body=b"", Tagging="security=no")
        self.other.copy_object(Bucket=self.bucket, Key="c/a", CopySource=self.bucket + "/open")
        self.refused("AccessDenied", self.other.copy_object, Key="c/a", CopySource=self.bucket + "/t/a")

    def test_a_stranger_is_not_told_what_is_missing(self):
        self.policy(self.statement("Allow", "s3:GetObject"))
        self.refused("AccessDenied", self.other.get_object, Key="missing")
        self.policy(self.statement("Allow", "s3:GetObject"),
                    self.statement("Allow", "s3:ListBucket", "", Condition={"StringLike": {"s3:prefix": "a*"}}))
        self.refused("NoSuchKey", self.other.get_object, Key="a-missing")
        self.refused("AccessDenied", self.other.get_object, Key="missing")
        self.refused("NoSuchKey", self.s3.get_object, Key="missing")

    def test_a_writer_owns_its_object(self):
        self.policy(self.statement("Allow", ["s3:PutObject", "s3:PutObjectAcl"]))
        self.other.put_object(Bucket=self.bucket, Key="theirs", Body=b"1")
        self.refused("AccessDenied", self.s3.get_object, Key="theirs")
        owners = [self.other.list_buckets()["Owner"]["ID"], self.s3.list_buckets()["Owner"]["ID"]]
        self.other.put_object(Bucket=self.bucket, Key="shared", Body=b"2", ACL="bucket-owner-read")
        acl = self.other.get_object_acl(Bucket=self.bucket, Key="shared")
        self.assertEqual(acl["Owner"]["ID"], owners[0])
        self.assertEqual([(grant["Grantee"]["ID"], grant["Permission"]) for grant in acl["Grants"]],
                         [(owners[0], "FULL_CONTROL"), (owners[1], "READ")])
        self.assertEqual(self.s3.get_object(Bucket=self.bucket, Key="shared")["Body"].read(), b"2")
        rule = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
        self.s3.put_bucket_ownership_controls(Bucket=self.bucket, OwnershipControls=rule)
        self.other.put_object(Bucket=self.bucket, Key="given", Body=b"3", ACL="bucket-owner-full-control")
        self.assertEqual(self.s3.get_object_acl(Bucket=self.bucket, Key="given")["Owner"]["ID"], owners[1])

    def test_version_2_signatures_in_a_header(self):
        iam = self.server.client("iam", access_key=OWNER)
        iam.create_user(UserName="old")
        key = iam.create_access_key(UserName="old")["AccessKey"]
        old = self.server.client("s3", access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"], signature_version="s3")
        old.put_object(Bucket=self.bucket, Key="a b", Body=b"1")
        self.assertEqual(old.get_object(Bucket=self.bucket, Key="a b", ResponseContentType="x/y")["ContentType"], "x/y")
        wrong = self.server.client("s3", access_key=key["AccessKeyId"], secret_key="wrong", signature_version="s3")
        self.refused("SignatureDoesNotMatch", wrong.get_object, Key="a b")


if __name__ == "__main__":
    unittest.main()
