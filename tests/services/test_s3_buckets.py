"""Buckets and their sub-resources."""

import json
import unittest

import boto3
from botocore.config import Config
from service_case import ServiceCase


class Buckets(ServiceCase):
    clients = {"s3": "s3"}

    def refused(self, code, status, call, **arguments):
        return super().refused(code, call, status=status, **arguments)

    def bucket(self, name):
        self.s3.create_bucket(Bucket=name)
        return name

    def test_create_list_head_delete(self):
        created = self.s3.create_bucket(Bucket="first-bucket")
        self.assertEqual(created["Location"], "/first-bucket")
        head = self.s3.head_bucket(Bucket="first-bucket")
        self.assertEqual(head["BucketRegion"], "us-east-1")
        listed = self.s3.list_buckets()
        self.assertIn("first-bucket", [b["Name"] for b in listed["Buckets"]])
        self.assertRegex(listed["Owner"]["ID"], "^[0-9a-f]{64}$")
        self.s3.delete_bucket(Bucket="first-bucket")
        self.refused("404", 404, self.s3.head_bucket, Bucket="first-bucket")
        error = self.refused("NoSuchBucket", 404, self.s3.list_objects_v2, Bucket="first-bucket")
        self.assertEqual(error["Error"]["BucketName"], "first-bucket")

    def test_names(self):
        for name in ("ab", "UPPER", "a..b", "192.168.1.1", "-a-b", "abc-", "xn--abc", "abc-s3alias", "a_b_c"):
            self.refused("InvalidBucketName", 400, self.s3.create_bucket, Bucket=name)
        self.bucket("dots.in.name")

    def test_locations(self):
        west = self.server.client("s3", region="eu-west-1")
        self.refused("IllegalLocationConstraintException", 400, west.create_bucket, Bucket="loc-a")
        west.create_bucket(Bucket="loc-a", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.assertEqual(west.get_bucket_location(Bucket="loc-a")["LocationConstraint"], "eu-west-1")
        self.assertEqual(west.head_bucket(Bucket="loc-a")["BucketRegion"], "eu-west-1")
        self.refused("BucketAlreadyOwnedByYou", 409, west.create_bucket, Bucket="loc-a",
                     CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.refused("InvalidLocationConstraint", 400, self.s3.create_bucket, Bucket="loc-b",
                     CreateBucketConfiguration={"LocationConstraint": "us-east-1"})
        self.bucket("loc-c")
        self.assertIsNone(self.s3.get_bucket_location(Bucket="loc-c")["LocationConstraint"])
        self.bucket("loc-c")  # us-east-1 answers a repeated create with success
        other = self.server.client("s3", access_key="111111111111")
        self.refused("BucketAlreadyExists", 409, other.create_bucket, Bucket="loc-c")
        self.refused("AccessDenied", 403, other.list_objects_v2, Bucket="loc-c")
        self.refused("AccessDenied", 403, self.s3.list_objects_v2, Bucket="loc-c", ExpectedBucketOwner="111111111111")

    def test_delete_needs_an_empty_bucket(self):
        bucket = self.bucket("not-empty")
        self.s3.put_object(Bucket=bucket, Key="a", Body=b"1")
        self.refused("BucketNotEmpty", 409, self.s3.delete_bucket, Bucket=bucket)
        self.s3.delete_object(Bucket=bucket, Key="a")
        self.s3.delete_bucket(Bucket=bucket)

    def test_what_a_new_bucket_has_and_lacks(self):
        bucket = self.bucket("fresh")
        s3 = self.s3
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        self.assertEqual(rules, [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                                  "BucketKeyEnabled": False}])
        self.assertTrue(all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()))
        self.assertEqual(s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"],
                         [{"ObjectOwnership": "BucketOwnerEnforced"}])
        acl = s3.get_bucket_acl(Bucket=bucket)
        self.assertEqual([g["Permission"] for g in acl["Grants"]], ["FULL_CONTROL"])
        self.assertEqual(acl["Grants"][0]["Grantee"]["ID"], acl["Owner"]["ID"])
        self.assertEqual(acl["Grants"][0]["Grantee"]["Type"], "CanonicalUser")
        self.assertEqual(s3.get_bucket_request_payment(Bucket=bucket)["Payer"], "BucketOwner")
        for call, member in ((s3.get_bucket_versioning, "Status"), (s3.get_bucket_logging, "LoggingEnabled"),
                             (s3.get_bucket_accelerate_configuration, "Status"),
                             (s3.get_bucket_notification_configuration, "QueueConfigurations")):
            self.assertNotIn(member, call(Bucket=bucket))
        for code, call in (("NoSuchBucketPolicy", s3.get_bucket_policy), ("NoSuchCORSConfiguration", s3.get_bucket_cors),
                           ("NoSuchWebsiteConfiguration", s3.get_bucket_website), ("NoSuchTagSet", s3.get_bucket_tagging),
                           ("NoSuchLifecycleConfiguration", s3.get_bucket_lifecycle_configuration),
                           ("ReplicationConfigurationNotFoundError", s3.get_bucket_replication),
                           ("ObjectLockConfigurationNotFoundError", s3.get_object_lock_configuration),
                           ("NoSuchBucketPolicy", s3.get_bucket_policy_status)):
            self.refused(code, 404, call, Bucket=bucket)

    def test_encryption(self):
        bucket = self.bucket("encrypted")
        key = self.server.client("kms").create_key()["KeyMetadata"]["Arn"]
        rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
                  "BucketKeyEnabled": True}]
        self.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
        got = self.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        self.assertEqual(got, rules)
        put = self.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
        self.assertEqual((put["ServerSideEncryption"], put["SSEKMSKeyId"], put["BucketKeyEnabled"]), ("aws:kms", key, True))
        head = self.s3.head_object(Bucket=bucket, Key="a")
        self.assertEqual((head["ServerSideEncryption"], head["SSEKMSKeyId"]), ("aws:kms", key))
        self.s3.delete_bucket_encryption(Bucket=bucket)
        self.assertEqual(self.s3.put_object(Bucket=bucket, Key="b", Body=b"x")["ServerSideEncryption"], "AES256")
        self.refused("InvalidArgument", 400, self.s3.put_bucket_encryption, Bucket=bucket,
                     ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {
                         "SSEAlgorithm": "AES256", "KMSMasterKeyID": key}}]})

    def test_public_access_and_policy(self):
        bucket = self.bucket("policies")
        public = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                                          "Resource": "arn:aws:s3:::policies/*"}]}
        self.refused("AccessDenied", 403, self.s3.put_bucket_policy, Bucket=bucket, Policy=json.dumps(public))
        referred = dict(public["Statement"][0], Condition={"StringLikeIfExists": {"aws:Referer": "http://example.com/*"}})
        self.refused("AccessDenied", 403, self.s3.put_bucket_policy, Bucket=bucket,
                     Policy=json.dumps(dict(public, Statement=[referred])))
        self.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
        self.assertEqual(self.s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"],
                         {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False,
                          "RestrictPublicBuckets": False})
        self.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(public))
        self.assertEqual(json.loads(self.s3.get_bucket_policy(Bucket=bucket)["Policy"]), public)
        self.assertTrue(self.s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"])
        of = lambda **changed: json.dumps(dict(public, Statement=[dict(public["Statement"][0], **changed)]))
        deep = of(Effect="").replace('""', "[" * 10000 + "]" * 10000)
        for broken in ("{", "[]", of(Resource="arn:aws:s3:::other/*"), of(Effect=["Allow"]), json.dumps(dict(public, Version=1)), deep):
            self.refused("MalformedPolicy", 400, self.s3.put_bucket_policy, Bucket=bucket, Policy=broken)
        self.s3.delete_bucket_policy(Bucket=bucket)
        self.refused("NoSuchBucketPolicy", 404, self.s3.get_bucket_policy, Bucket=bucket)
        self.s3.delete_public_access_block(Bucket=bucket)
        self.refused("NoSuchPublicAccessBlockConfiguration", 404, self.s3.get_public_access_block, Bucket=bucket)

    def test_unsigned_requests_and_other_accounts(self):
        bucket = self.bucket("shared")
        s3, other = self.s3, self.server.client("s3", access_key="111111111111")
        s3.put_object(Bucket=bucket, Key="open/a", Body=b"hello")
        self.assertEqual(self.server.request("GET", "/shared/open/a")[0], 403)
        self.assertEqual(self.server.request("GET", "/")[0], 403)
        self.assertEqual(self.server.request("PUT", "/nobodys-bucket")[0], 403)
        self.refused("AccessDenied", 403, other.get_object, Bucket=bucket, Key="open/a")
        to_other = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": ["s3:GetObject", "s3:ListBucket"],
                    "Resource": ["arn:aws:s3:::shared", "arn:aws:s3:::shared/open/*"]}
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [to_other]}))
        self.assertEqual(other.get_object(Bucket=bucket, Key="open/a")["Body"].read(), b"hello")
        self.assertEqual(other.list_objects_v2(Bucket=bucket)["KeyCount"], 1)
        self.refused("AccessDenied", 403, other.put_object, Bucket=bucket, Key="open/b", Body=b"")
        self.assertEqual(self.server.request("GET", "/shared/open/a")[0], 403)
        s3.delete_public_access_block(Bucket=bucket)
        public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/open/*"}
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [public]}))
        self.assertEqual(self.server.request("GET", "/shared/open/a")[::2], (200, b"hello"))
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
        self.assertEqual(self.server.request("GET", "/shared/open/a")[0], 403)
        s3.delete_public_access_block(Bucket=bucket)
        s3.delete_bucket_policy(Bucket=bucket)
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        s3.put_object(Bucket=bucket, Key="open/c", Body=b"by acl", ACL="public-read")
        self.assertEqual(self.server.request("GET", "/shared/open/c")[::2], (200, b"by acl"))
        self.assertEqual(self.server.request("GET", "/shared/open/a")[0], 403)

    def test_acl_and_ownership(self):
        bucket = self.bucket("acls")
        self.refused("AccessControlListNotSupported", 400, self.s3.put_bucket_acl, Bucket=bucket, ACL="private")
        self.s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        self.s3.put_bucket_acl(Bucket=bucket, ACL="private")
        self.refused("AccessDenied", 403, self.s3.put_bucket_acl, Bucket=bucket, ACL="public-read")
        self.s3.delete_public_access_block(Bucket=bucket)
        self.s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
        grants = self.s3.get_bucket_acl(Bucket=bucket)["Grants"]
        self.assertEqual([g["Permission"] for g in grants], ["FULL_CONTROL", "READ"])
        self.assertEqual(grants[1]["Grantee"], {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"})
        self.s3.delete_bucket_ownership_controls(Bucket=bucket)
        self.refused("OwnershipControlsNotFoundError", 404, self.s3.get_bucket_ownership_controls, Bucket=bucket)

    def test_documents_come_back(self):
        bucket = self.bucket("documents")
        self.bucket("logs-target")
        s3 = self.s3
        cors = [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://a.example"], "AllowedHeaders": ["*"],
                 "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60, "ID": "one"}]
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": cors})
        self.assertEqual(s3.get_bucket_cors(Bucket=bucket)["CORSRules"], cors)
        self.refused("InvalidRequest", 400, s3.put_bucket_cors, Bucket=bucket,
                     CORSConfiguration={"CORSRules": [{"AllowedMethods": ["PATCH"], "AllowedOrigins": ["*"]}]})
        rules = [{"ID": "old", "Status": "Enabled", "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "a", "Value": "b"}]}},
                  "Expiration": {"Days": 30}, "NoncurrentVersionExpiration": {"NoncurrentDays": 5},
                  "Transitions": [{"Days": 10, "StorageClass": "GLACIER"}],
                  "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3}}]
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
        got = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
        self.assertEqual(got["Rules"], rules)
        self.assertEqual(got["TransitionDefaultMinimumObjectSize"], "all_storage_classes_128K")
        website = {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"},
                   "RoutingRules": [{"Condition": {"KeyPrefixEquals": "a/"}, "Redirect": {"ReplaceKeyPrefixWith": "b/"}}]}
        s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=website)
        got = s3.get_bucket_website(Bucket=bucket)
        self.assertEqual({k: got[k] for k in website}, website)
        logging = {"LoggingEnabled": {"TargetBucket": "logs-target", "TargetPrefix": "x/"}}
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=logging)
        self.assertEqual(s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"], logging["LoggingEnabled"])
        self.refused("InvalidTargetBucketForLogging", 400, s3.put_bucket_logging, Bucket=bucket,
                     BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "nowhere-at-all", "TargetPrefix": ""}})
        queues = lambda prefix, suffix: [
            {"Id": "q", "QueueArn": "arn:aws:sqs:us-east-1:000000000000:q", "Events": ["s3:ObjectCreated:*"],
             "Filter": {"Key": {"FilterRules": [{"Name": prefix, "Value": "a"}, {"Name": suffix, "Value": "b"}]}}}]
        for names in (("prefix", "suffix"), ("Prefix", "Suffix")):
            s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"QueueConfigurations": queues(*names)})
            self.assertEqual(s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"], queues("Prefix", "Suffix"))
        s3.put_bucket_accelerate_configuration(Bucket=bucket, AccelerateConfiguration={"Status": "Enabled"})
        self.assertEqual(s3.get_bucket_accelerate_configuration(Bucket=bucket)["Status"], "Enabled")
        s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
        self.assertEqual(s3.get_bucket_request_payment(Bucket=bucket)["Payer"], "Requester")
        tags = [{"Key": "Name", "Value": "x"}, {"Key": "b", "Value": ""}]
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
        self.assertEqual(s3.get_bucket_tagging(Bucket=bucket)["TagSet"], tags)
        self.refused("InvalidTag", 400, s3.put_bucket_tagging, Bucket=bucket, Tagging={"TagSet": tags[:1] * 2})
        for call in (s3.delete_bucket_cors, s3.delete_bucket_lifecycle, s3.delete_bucket_website, s3.delete_bucket_tagging):
            call(Bucket=bucket)
        self.refused("NoSuchTagSet", 404, s3.get_bucket_tagging, Bucket=bucket)

    def test_listed_configurations(self):
        bucket = self.bucket("listed")
        s3 = self.s3
        metrics = {"Id": "all", "Filter": {"Prefix": "a"}}
        s3.put_bucket_metrics_configuration(Bucket=bucket, Id="all", MetricsConfiguration=metrics)
        self.assertEqual(s3.get_bucket_metrics_configuration(Bucket=bucket, Id="all")["MetricsConfiguration"], metrics)
        self.assertEqual(s3.list_bucket_metrics_configurations(Bucket=bucket)["MetricsConfigurationList"], [metrics])
        s3.delete_bucket_metrics_configuration(Bucket=bucket, Id="all")
        self.refused("NoSuchConfiguration", 404, s3.get_bucket_metrics_configuration, Bucket=bucket, Id="all")
        self.assertNotIn("MetricsConfigurationList", s3.list_bucket_metrics_configurations(Bucket=bucket))

    def test_replication_needs_versioning(self):
        source, target = self.bucket("replica-a"), self.bucket("replica-b")
        configuration = {"Role": "arn:aws:iam::000000000000:role/r", "Rules": [
            {"ID": "all", "Priority": 1, "Status": "Enabled", "Filter": {"Prefix": ""},
             "DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": "arn:aws:s3:::" + target}}]}
        self.refused("InvalidRequest", 400, self.s3.put_bucket_replication, Bucket=source, ReplicationConfiguration=configuration)
        for bucket in (source, target):
            self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        self.s3.put_bucket_replication(Bucket=source, ReplicationConfiguration=configuration)
        self.assertEqual(self.s3.get_bucket_replication(Bucket=source)["ReplicationConfiguration"], configuration)

    def test_virtual_hosts(self):
        bucket = self.bucket("virtual")
        self.s3.put_object(Bucket=bucket, Key="a/b", Body=b"hello")
        for host in ("virtual.s3.localhost", "virtual.s3.us-east-1.localhost", "virtual.localhost", "virtual.s3.amazonaws.com"):
            url = self.s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a/b"})
            path = url.split("/virtual", 1)[1]
            status, _, body = self.server.request("GET", path, headers={"Host": host})
            self.assertEqual((host, status, body), (host, 200, b"hello"))

    def test_presigned_in_both_versions(self):
        """boto3 signs URLs with version 2 in us-east-1 unless it is told otherwise."""
        bucket = self.bucket("presigned")
        self.s3.put_object(Bucket=bucket, Key="a b", Body=b"hello")
        iam = self.server.client("iam")
        iam.create_user(UserName="presigner")
        key = iam.create_access_key(UserName="presigner")["AccessKey"]
        for version in ("s3", "s3v4"):
            for secret, expires, want in ((key["SecretAccessKey"], 60, (200, b"hello")),
                                          ("wrong", 60, (403, b"SignatureDoesNotMatch")),
                                          (key["SecretAccessKey"], -5, (403, b"Request has expired"))):
                s3 = boto3.client("s3", endpoint_url=self.server.endpoint, region_name="us-east-1",
                                  aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=secret,
                                  config=Config(signature_version=version))
                parameters = {"Bucket": bucket, "Key": "a b", "ResponseContentType": "text/x-one"}
                url = s3.generate_presigned_url("get_object", parameters, ExpiresIn=expires)
                if version == "s3v4" and expires < 0:
                    continue  # refused for its form
                with self.subTest(version=version, want=want):
                    status, headers, body = self.server.request("GET", url.split(str(self.server.port), 1)[1])
                    self.assertEqual(status, want[0], body)
                    self.assertIn(want[1], body)
                    if status == 200:
                        self.assertEqual(headers["Content-Type"], "text/x-one")


if __name__ == "__main__":
    unittest.main()
