"""What the clock does to objects: lifecycle rules, restored copies."""

import datetime
import time
import unittest

from botocore.exceptions import ClientError
from orrery_server import Server
from service_case import FreshServerCase

DAY = 86_400_000


class Lifecycle(FreshServerCase):
    clients = {"s3": "s3"}

    def setUp(self):
        super().setUp()
        self.s3.create_bucket(Bucket="bucket")

    def put(self, key, **more):
        return self.s3.put_object(Bucket="bucket", Key=key, Body=b"x", **more)

    def rules(self, *rules):
        rules = [dict({"ID": "r%d" % n, "Status": "Enabled", "Filter": {"Prefix": ""}}, **rule) for n, rule in enumerate(rules)]
        self.s3.put_bucket_lifecycle_configuration(Bucket="bucket", LifecycleConfiguration={"Rules": rules})

    def keys(self):
        return [entry["Key"] for entry in self.s3.list_objects_v2(Bucket="bucket").get("Contents", [])]

    def versions(self):
        """(key, version id) of versions, and keys of delete markers."""
        listing = self.s3.list_object_versions(Bucket="bucket")
        return ([(entry["Key"], entry["VersionId"]) for entry in listing.get("Versions", [])],
                [entry["Key"] for entry in listing.get("DeleteMarkers", [])])

    def after(self, days, look, expected):
        """Moves the clock and waits for the rules, which run once a second."""
        self.server.advance(days * DAY)
        deadline = time.monotonic() + 10
        while look() != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(look(), expected)

    def version(self):
        self.s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})

    def test_expiry(self):
        self.rules({"Filter": {"Prefix": "old/"}, "Expiration": {"Days": 3}},
                   {"Filter": {"Tag": {"Key": "keep", "Value": "no"}}, "Expiration": {"Days": 5}},
                   {"Filter": {"And": {"Prefix": "big/", "ObjectSizeGreaterThan": 1}}, "Expiration": {"Days": 1}},
                   {"Status": "Disabled", "Expiration": {"Days": 1}})
        for key in ("old/a", "big/small", "stays"):
            self.put(key)
        self.put("tagged", Tagging="keep=no")
        self.s3.put_object(Bucket="bucket", Key="big/big", Body=b"xx")
        self.after(2, self.keys, ["big/small", "old/a", "stays", "tagged"])
        self.after(2, self.keys, ["big/small", "stays", "tagged"])
        self.after(2, self.keys, ["big/small", "stays"])

    def test_header(self):
        self.rules({"ID": "the rule", "Filter": {"Prefix": "a"}, "Expiration": {"Days": 2}})
        now = datetime.datetime.now(datetime.timezone.utc)
        midnight = datetime.datetime(now.year, now.month, now.day, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=3)
        expected = 'expiry-date="%s", rule-id="the%%20rule"' % midnight.strftime("%a, %d %b %Y %H:%M:%S GMT")
        self.assertEqual(self.put("a")["Expiration"], expected)
        self.assertEqual(self.s3.head_object(Bucket="bucket", Key="a")["Expiration"], expected)
        self.assertEqual(self.s3.get_object(Bucket="bucket", Key="a")["Expiration"], expected)
        self.assertNotIn("Expiration", self.put("other"))

    def test_versions(self):
        self.version()
        self.rules({"Expiration": {"Days": 4}, "NoncurrentVersionExpiration": {"NoncurrentDays": 2, "NewerNoncurrentVersions": 1}})
        ids = [self.put("k")["VersionId"] for _ in range(4)]
        kept = [("k", ids[3]), ("k", ids[2])]
        self.after(3, self.versions, (kept, []))
        self.after(2, self.versions, (kept, ["k"]))  # the current one is behind a delete marker now
        self.assertEqual(self.keys(), [])
        self.after(3, self.versions, ([("k", ids[3])], ["k"]))

    def test_markers(self):
        self.version()
        self.rules({"Expiration": {"ExpiredObjectDeleteMarker": True}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
        self.put("k")
        self.s3.delete_object(Bucket="bucket", Key="k")
        self.assertEqual(self.versions()[1], ["k"])
        self.after(2, self.versions, ([], []))

    def test_locked_versions_stay(self):
        self.s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=10)
        lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        first = self.s3.put_object(Bucket="locked", Key="k", Body=b"1", **lock)["VersionId"]
        second = self.s3.put_object(Bucket="locked", Key="k", Body=b"2")["VersionId"]
        third = self.s3.put_object(Bucket="locked", Key="k", Body=b"3")["VersionId"]
        self.s3.put_bucket_lifecycle_configuration(Bucket="locked", LifecycleConfiguration={"Rules": [
            {"Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}]})
        look = lambda: [entry["VersionId"] for entry in self.s3.list_object_versions(Bucket="locked")["Versions"]]
        self.assertEqual(look(), [third, second, first])
        self.after(2, look, [third, first])
        self.after(10, look, [third])

    def test_uploads(self):
        self.rules({"Filter": {"Prefix": "u"}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}})
        for key in ("u", "v"):
            self.s3.create_multipart_upload(Bucket="bucket", Key=key)
        look = lambda: [entry["Key"] for entry in self.s3.list_multipart_uploads(Bucket="bucket").get("Uploads", [])]
        self.after(1, look, ["u", "v"])
        self.after(2, look, ["v"])

    def test_transition_and_restore(self):
        self.rules({"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]})
        self.put("k")
        look = lambda: self.s3.head_object(Bucket="bucket", Key="k").get("StorageClass")
        self.assertIsNone(look())
        self.after(2, look, "GLACIER")
        restore = lambda **more: self.s3.restore_object(Bucket="bucket", Key="k", RestoreRequest={
            "Days": 2, "GlacierJobParameters": {"Tier": "Expedited"}}, **more)["ResponseMetadata"]["HTTPStatusCode"]
        for call in (lambda: self.s3.get_object(Bucket="bucket", Key="k"),
                     lambda: self.s3.copy_object(Bucket="bucket", Key="c", CopySource="bucket/k")):
            with self.assertRaises(ClientError) as caught:
                call()
            self.assertEqual(caught.exception.response["Error"]["Code"], "InvalidObjectState")
        self.assertEqual(restore(), 202)
        self.assertIn('ongoing-request="false"', self.s3.head_object(Bucket="bucket", Key="k")["Restore"])
        self.assertEqual(self.s3.get_object(Bucket="bucket", Key="k")["Body"].read(), b"x")
        self.assertEqual(restore(), 200)
        self.server.advance(4 * DAY)
        self.assertNotIn("Restore", self.s3.head_object(Bucket="bucket", Key="k"))
        with self.assertRaises(ClientError):
            self.s3.get_object(Bucket="bucket", Key="k")


class SlowRestore(unittest.TestCase):
    def test_it_takes_as_long_as_on_aws(self):
        with Server("--lifecycle", "realistic") as server:
            s3 = server.client("s3")
            s3.create_bucket(Bucket="bucket")
            s3.put_object(Bucket="bucket", Key="k", Body=b"x", StorageClass="GLACIER")
            s3.restore_object(Bucket="bucket", Key="k", RestoreRequest={"Days": 1})
            self.assertEqual(s3.head_object(Bucket="bucket", Key="k")["Restore"], 'ongoing-request="true"')
            with self.assertRaises(ClientError) as caught:
                s3.restore_object(Bucket="bucket", Key="k", RestoreRequest={"Days": 1})
            self.assertEqual(caught.exception.response["Error"]["Code"], "RestoreAlreadyInProgress")
            server.advance(5 * 3_600_000)
            self.assertEqual(s3.get_object(Bucket="bucket", Key="k")["Body"].read(), b"x")


if __name__ == "__main__":
    unittest.main()
