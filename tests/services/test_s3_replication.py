"""Replication between buckets of one server."""

import unittest

from service_case import ServiceCase

ROLE = "arn:aws:iam::000000000000:role/replication"


class Replication(ServiceCase):
    clients = {"s3": "s3"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("source", "target", "archive"):
            cls.s3.create_bucket(Bucket=name)
            cls.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    def rules(self, *rules):
        base = {"Status": "Enabled", "Filter": {"Prefix": ""}, "DeleteMarkerReplication": {"Status": "Disabled"}}
        rules = [dict(base, Priority=n, **rule) for n, rule in enumerate(rules)]
        self.s3.put_bucket_replication(Bucket="source", ReplicationConfiguration={"Role": ROLE, "Rules": rules})

    def to(self, name, **more):
        return {"Destination": dict({"Bucket": "arn:aws:s3:::" + name}, **more)}

    def versions(self, bucket, key):
        listing = self.s3.list_object_versions(Bucket=bucket, Prefix=key)
        return [entry["VersionId"] for entry in listing.get("Versions", [])], len(listing.get("DeleteMarkers", []))

    def test_objects_go_where_rules_say(self):
        self.rules(dict(self.to("target"), Filter={"Prefix": "a"}), dict(self.to("archive", StorageClass="GLACIER_IR"),
                   Filter={"Tag": {"Key": "keep", "Value": "yes"}}))
        put = self.s3.put_object(Bucket="source", Key="a1", Body=b"x" * 100_000, Metadata={"m": "1"}, Tagging="keep=yes")
        self.s3.put_object(Bucket="source", Key="b1", Body=b"y")
        self.assertEqual(self.s3.head_object(Bucket="source", Key="a1")["ReplicationStatus"], "COMPLETED")
        self.assertNotIn("ReplicationStatus", self.s3.head_object(Bucket="source", Key="b1"))
        for bucket, storage_class in (("target", None), ("archive", "GLACIER_IR")):
            got = self.s3.get_object(Bucket=bucket, Key="a1")
            self.assertEqual((got["VersionId"], got["ETag"], got["Metadata"], got["ReplicationStatus"], got.get("StorageClass")),
                             (put["VersionId"], put["ETag"], {"m": "1"}, "REPLICA", storage_class))
            self.assertEqual(got["Body"].read(), b"x" * 100_000)
            self.assertEqual(self.versions(bucket, "b1"), ([], 0))
        self.s3.put_object_tagging(Bucket="source", Key="a1", Tagging={"TagSet": [{"Key": "keep", "Value": "yes"}, {"Key": "n", "Value": ""}]})
        self.assertEqual(len(self.s3.get_object_tagging(Bucket="target", Key="a1")["TagSet"]), 2)
        # A deleted version stays where it was copied to.
        self.s3.delete_object(Bucket="source", Key="a1", VersionId=put["VersionId"])
        self.assertEqual(self.versions("target", "a1"), ([put["VersionId"]], 0))

    def test_delete_markers(self):
        self.rules(self.to("target"))
        self.s3.put_object(Bucket="source", Key="d1", Body=b"1")
        self.s3.delete_object(Bucket="source", Key="d1")
        self.assertEqual(self.versions("target", "d1")[1], 0)
        self.rules(dict(self.to("target"), DeleteMarkerReplication={"Status": "Enabled"}))
        self.s3.delete_object(Bucket="source", Key="d1")
        self.assertEqual(self.versions("target", "d1")[1], 1)

    def test_encryption(self):
        kms = self.server.client("kms")
        keys = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
        how = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": keys[0]}
        self.rules(self.to("target"))
        self.s3.put_object(Bucket="source", Key="k1", Body=b"1", **how)
        self.assertEqual(self.versions("target", "k1"), ([], 0))
        self.rules(dict(self.to("target", EncryptionConfiguration={"ReplicaKmsKeyID": keys[1]}),
                        SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}}))
        self.s3.put_object(Bucket="source", Key="k1", Body=b"2", **how)
        kms.disable_key(KeyId=keys[0])
        got = self.s3.get_object(Bucket="target", Key="k1")
        self.assertEqual((got["SSEKMSKeyId"], got["Body"].read()), (keys[1], b"2"))

    def test_uploads_and_copies(self):
        self.rules(self.to("target"))
        where = dict(Bucket="source", Key="u1")
        upload = dict(where, UploadId=self.s3.create_multipart_upload(**where)["UploadId"])
        part = self.s3.upload_part(PartNumber=1, Body=b"part", **upload)
        self.s3.complete_multipart_upload(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}, **upload)
        self.s3.copy_object(Bucket="source", Key="c1", CopySource="source/u1")
        for key in ("u1", "c1"):
            self.assertEqual(self.s3.get_object(Bucket="target", Key=key)["Body"].read(), b"part")


if __name__ == "__main__":
    unittest.main()
