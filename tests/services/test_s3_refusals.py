"""What S3 refuses, with its codes and messages: answers of AWS as LocalStack recorded them (tests/aws/services/s3, its
*.snapshot.json files of February 2026)."""

import base64
import hashlib
import re
import unittest

from botocore.exceptions import ClientError
from service_case import ServiceCase

PART = 5 * 1024 * 1024
COPY_RANGE = "The x-amz-copy-source-range value must be of the form bytes=first-last"
NOT_IMPLEMENTED = "A header you provided implies functionality that is not implemented"


def customer_key(letter):
    key = letter.encode() * 32
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": base64.b64encode(key).decode(),
            "SSECustomerKeyMD5": base64.b64encode(hashlib.md5(key).digest()).decode()}


class Refusals(ServiceCase):
    clients = {"s3": "s3"}
    count = 0

    def setUp(self):
        type(self).count += 1
        self.bucket = "refusals-%d" % self.count
        self.s3.create_bucket(Bucket=self.bucket)

    def refused(self, code, status, message, call, **arguments):
        """`message` is how it starts."""
        arguments.setdefault("Bucket", self.bucket)
        return super().refused(code, getattr(self.s3, call), status=status, matching="^" + re.escape(message),
                               **arguments)["Error"]

    def malformed(self, call, **arguments):
        self.refused("MalformedXML", 400, "The XML you provided was not well-formed", call, **arguments)

    def upload(self, key, body=b"data", create={}, **part):
        upload = dict(Bucket=self.bucket, Key=key)
        upload["UploadId"] = self.s3.create_multipart_upload(**upload, **create)["UploadId"]
        answer = self.s3.upload_part(PartNumber=1, Body=body, **upload, **part)
        return upload, [{"PartNumber": 1, "ETag": answer["ETag"]}]

    def test_named_versions_and_owners(self):
        self.s3.put_object(Bucket=self.bucket, Key="a", Body=b"x")
        for call in ("get_object", "delete_object", "get_object_tagging", "get_object_attributes"):
            more = {"ObjectAttributes": ["ETag"]} if call == "get_object_attributes" else {}
            for version in ("HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD", "x"):
                error = self.refused("InvalidArgument", 400, "Invalid version id specified", call, Key="a", VersionId=version, **more)
                self.assertEqual((error["ArgumentName"], error["ArgumentValue"]), ("versionId", version))
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        version = self.s3.put_object(Bucket=self.bucket, Key="a", Body=b"y")["VersionId"]
        self.s3.delete_object(Bucket=self.bucket, Key="a", VersionId=version)
        self.refused("NoSuchVersion", 404, "The specified version does not exist.", "get_object", Key="a", VersionId=version)
        self.s3.delete_object(Bucket=self.bucket, Key="a", VersionId=version)
        for owner in ("0000", "0000000000020", "abcd", "aa000000000$"):
            self.refused("InvalidBucketOwnerAWSAccountID", 400, "The value of the expected bucket owner parameter must be an AWS "
                         "Account ID... [%s]" % owner, "get_bucket_policy", ExpectedBucketOwner=owner)

    def test_parts_of_objects(self):
        self.s3.put_object(Bucket=self.bucket, Key="whole", Body=b"test-123", ChecksumAlgorithm="CRC32")
        first = self.s3.get_object(Bucket=self.bucket, Key="whole", PartNumber=1, ChecksumMode="ENABLED")
        self.assertEqual((first["ContentRange"], first["ChecksumCRC32"]), ("bytes 0-7/8", "MAPXAg=="))
        s3 = self.server.client("s3", request_checksum_calculation="when_required")
        upload = dict(Bucket=self.bucket, Key="parts")
        upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
        etag = s3.upload_part(PartNumber=1, Body=b"x", **upload)["ETag"]
        s3.complete_multipart_upload(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}, **upload)
        got = s3.get_object(Bucket=self.bucket, Key="parts", PartNumber=1, ChecksumMode="ENABLED")
        self.assertFalse([name for name in got if name.startswith("Checksum")])
        attributes = s3.get_object_attributes(Bucket=self.bucket, Key="parts", ObjectAttributes=["ObjectParts", "Checksum"])
        self.assertEqual(attributes["ObjectParts"], {"TotalPartsCount": 1})
        self.assertEqual(attributes["Checksum"]["ChecksumType"], "FULL_OBJECT")

    def test_customers_keys(self):
        key = customer_key("k")
        self.s3.put_object(Bucket=self.bucket, Key="c", Body=b"x", **key)
        self.s3.put_object(Bucket=self.bucket, Key="p", Body=b"x")
        without = lambda name, **more: {k: v for k, v in dict(key, **more).items() if k != name}
        wrong = "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key."
        self.refused("AccessDenied", 403, wrong, "get_object", Key="c", **customer_key("l"))
        self.refused("InvalidEncryptionAlgorithmError", 400, "The Encryption request you specified is not valid. Supported value: AES256.",
                     "get_object", Key="c", **dict(key, SSECustomerAlgorithm="KMS"))
        put = dict(Key="d", Body=b"")
        # botocore adds the MD5 where it is missing, and the key's encoding.
        self.refused("InvalidArgument", 400, "Requests specifying Server Side Encryption with Customer provided keys must provide "
                     "a valid encryption algorithm.", "put_object", **put, **without("SSECustomerAlgorithm"))
        self.refused("InvalidArgument", 400, "Requests specifying Server Side Encryption with Customer provided keys must provide "
                     "an appropriate secret key.", "put_object", **put, **without("SSECustomerKey"))
        self.refused("InvalidArgument", 400, "The calculated MD5 hash of the key did not match", "put_object", **put,
                     **dict(key, SSECustomerKeyMD5=customer_key("l")["SSECustomerKeyMD5"]))
        upload, _ = self.upload("plain")
        self.refused("InvalidRequest", 400, "The multipart upload initiate requested encryption. Subsequent part requests must "
                     "include the appropriate encryption parameters.", "upload_part", PartNumber=1, Body=b"", **upload, **key)

    def test_conditional_writes(self):
        put = dict(call="put_object", Key="a", Body=b"x")
        self.refused("NotImplemented", 501, NOT_IMPLEMENTED, IfMatch="*", **put)
        self.refused("NotImplemented", 501, NOT_IMPLEMENTED, IfNoneMatch="abc", **put)
        error = self.refused("NotImplemented", 501, NOT_IMPLEMENTED, IfMatch="abc", IfNoneMatch="*", **put)
        self.assertEqual((error["Header"], error["additionalMessage"]),
                         ("If-Match,If-None-Match", "Multiple conditional request headers present in the request"))
        self.refused("NoSuchKey", 404, "", IfMatch="abc", **put)
        # What was deleted or written since the upload began is a conflict.
        self.s3.put_object(Bucket=self.bucket, Key="a", Body=b"x")
        upload, parts = self.upload("a")
        complete = dict(call="complete_multipart_upload", MultipartUpload={"Parts": parts}, **upload)
        self.refused("PreconditionFailed", 412, "", IfNoneMatch="*", **complete)
        self.s3.delete_object(Bucket=self.bucket, Key="a")
        conflict = "The conditional request cannot succeed due to a conflicting operation against this resource."
        error = self.refused("ConditionalRequestConflict", 409, conflict, IfNoneMatch="*", **complete)
        self.assertEqual((error["Condition"], error["Key"]), ("If-None-Match", "a"))
        etag = self.s3.put_object(Bucket=self.bucket, Key="a", Body=b"x")["ETag"]
        self.refused("ConditionalRequestConflict", 409, conflict, IfMatch=etag, **complete)
        self.refused("PreconditionFailed", 412, "", IfMatch="abc", **complete)
        upload, parts = self.upload("a")
        self.s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, IfMatch=etag, **upload)

    def test_deletes(self):
        self.s3.put_object(Bucket=self.bucket, Key="a", Body=b"x")
        self.refused("PreconditionFailed", 412, "", "delete_object", Key="a", IfMatch="abc")
        only = "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets."
        self.refused("InvalidArgument", 400, only, "delete_object", Key="a", BypassGovernanceRetention=True)
        self.refused("InvalidArgument", 400, only, "delete_object", Key="a", BypassGovernanceRetention=False)
        self.refused("InvalidArgument", 400, only, "delete_objects", Delete={"Objects": [{"Key": "a"}]}, BypassGovernanceRetention=True)

    def test_uploads(self):
        upload, parts = self.upload("a")
        self.refused("InvalidRequest", 400, "You must specify at least one part", "complete_multipart_upload", **upload)
        error = self.refused("InvalidArgument", 400, "Invalid uploadId marker", "list_multipart_uploads", KeyMarker="b",
                             UploadIdMarker=upload["UploadId"])
        self.assertEqual(error["ArgumentName"], "upload-id-marker")
        self.refused("InvalidRequest", 400, "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
                     "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]", "create_multipart_upload", Key="a", ChecksumAlgorithm="TEST")
        upload, parts = self.upload("b", create={"ChecksumAlgorithm": "SHA256"}, ChecksumAlgorithm="SHA256")
        self.refused("InvalidRequest", 400, "The upload was created using a sha256 checksum. The complete request must include the "
                     "checksum for each part. It was missing for part 1 in the request.", "complete_multipart_upload",
                     MultipartUpload={"Parts": parts}, **upload)
        self.s3.put_object(Bucket=self.bucket, Key="ten", Body=b"0123456789")
        copy = dict(call="upload_part_copy", CopySource=self.bucket + "/ten", PartNumber=1, **upload)
        for text in ("0-8", "bytes=1-0", "bytes=-1-", "bytes=0--1", "bytes=0-1,3-4,7-9", "bytes=-", "bytes=-0", "bytes=1-", "bytes=-2"):
            self.refused("InvalidArgument", 400, COPY_RANGE, CopySourceRange=text, **copy)
        self.refused("InvalidArgument", 400, "Range specified is not valid for source object of size: 10", CopySourceRange="bytes=0-100", **copy)
        self.refused("InvalidRequest", 400, "The specified copy range is invalid for the source object size", CopySourceRange="bytes=100-200", **copy)

    def test_keys_of_kms_that_are_not_there(self):
        error = self.refused("InvalidArgument", 400, "The encryption method specified is not supported", "put_object", Key="a", Body=b"",
                             ServerSideEncryption="AES192")
        self.assertEqual((error["ArgumentName"], error["ArgumentValue"]), ("x-amz-server-side-encryption", "AES192"))
        put = lambda key: dict(call="put_object", Key="a", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
        uuid, of = "134f2428-cec1-4b25-a1ae-9048164dba47", "arn:aws:kms:%s:000000000000:key/"
        here = of % "us-east-1" + uuid
        for key, message in (("fake-key-id", "Invalid keyId 'fake-key-id'"), (uuid, "Key '%s' does not exist" % here),
                             (here, "Key '%s' does not exist" % here), (of % "us-west-2" + uuid, "Invalid arn us-west-2")):
            self.refused("KMS.NotFoundException", 400, message, **put(key))

    def test_reads(self):
        error = self.refused("InvalidArgument", 400, "Invalid Encoding Method specified in Request", "list_objects_v2", EncodingType="value")
        self.assertEqual(error["ArgumentName"], "encoding-type")
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        self.s3.put_object(Bucket=self.bucket, Key="a", Body=b"x")
        self.refused("InvalidArgument", 400, "Invalid attribute name specified.", "get_object_attributes", Key="a", ObjectAttributes=["Nope"])
        self.s3.delete_object(Bucket=self.bucket, Key="a")
        for call, more in (("get_object_tagging", {}), ("put_object_tagging", {"Tagging": {"TagSet": []}}), ("delete_object_tagging", {}),
                           ("put_object_acl", {"ACL": "private"})):
            self.refused("MethodNotAllowed", 405, "", call, Key="a", **more)
        self.refused("NoSuchKey", 404, "", "get_object_acl", Key="a")

    def test_not_there_yet(self):
        """What is not built says so by name."""
        self.s3.put_object(Bucket=self.bucket, Key="a", Body=b"x")
        csv = dict(ExpressionType="SQL", Expression="SELECT *", InputSerialization={"CSV": {}}, OutputSerialization={"CSV": {}})
        for name, call, more in (("SelectObjectContent", "select_object_content", csv), ("GetObjectTorrent", "get_object_torrent", {}),
                                 ("RenameObject", "rename_object", {"RenameSource": "a"})):
            self.refused("NotImplemented", 501, "Orrery does not implement s3:%s yet." % name, call, Key="a", **more)
        self.refused("NotImplemented", 501, "Orrery does not implement the service s3express yet.", "create_session", Bucket="a--use1-az4--x-s3")

    def test_digests(self):
        wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
        error = self.refused("BadDigest", 400, "The Content-MD5 you specified did not match what we received.", "put_object", Key="a",
                             Body=b"x", ContentMD5=wrong)
        self.assertEqual(error["CalculatedDigest"], base64.b64encode(hashlib.md5(b"x").digest()).decode())
        self.assertEqual(error["ExpectedDigest"], hashlib.md5(b"other").hexdigest())

    def test_creating_buckets(self):
        self.refused("BucketAlreadyOwnedByYou", 409, "", "create_bucket", CreateBucketConfiguration={"Tags": [{"Key": "a", "Value": "b"}]})
        for value in ("RandomValue", ""):
            self.refused("InvalidArgument", 400, "Invalid x-amz-object-ownership header: " + value, "create_bucket", Bucket="other-refusals",
                         ObjectOwnership=value)
        west = self.server.client("s3", region="us-west-1")
        for constraint in ("us-east-2", "us-east-1", "bar", "EU", "aws-global"):
            with self.assertRaises(ClientError) as caught:
                west.create_bucket(Bucket="other-refusals", CreateBucketConfiguration={"LocationConstraint": constraint})
            self.assertEqual(caught.exception.response["Error"]["Message"], "The %s location constraint is incompatible for the region "
                             "specific endpoint this request was sent to." % constraint)

    def test_tags(self):
        bucket = dict(call="put_bucket_tagging")
        tag = lambda key, value="v": {"TagSet": [{"Key": key, "Value": value}]}
        self.s3.put_object(Bucket=self.bucket, Key="a", Body=b"x")
        of_object = dict(call="put_object_tagging", Key="a")
        for how in (bucket, of_object):
            self.refused("InvalidTag", 400, "The TagKey you have provided is invalid", Tagging=tag("Key1,Key2"), **how)
            self.refused("InvalidTag", 400, "The TagValue you have provided is invalid", Tagging=tag("Key1", "Val1,Val2"), **how)
            self.malformed(Tagging={"TagSet": [{"Value": "v"}]}, **how)
            self.malformed(Tagging={"TagSet": [{"Key": "k"}]}, **how)
        self.refused("InvalidTag", 400, "System tags cannot be added/updated by requester", Tagging=tag("aws:prefixed"), **bucket)
        self.refused("InvalidTag", 400, "Your TagKey cannot be prefixed with aws:", Tagging=tag("aws:prefixed"), **of_object)

    def test_versioning_and_lifecycle(self):
        for status in ("enabled", "Disabled"):
            self.malformed("put_bucket_versioning", VersioningConfiguration={"Status": status})
        self.refused("IllegalVersioningConfigurationException", 400, "The Versioning element must be specified", "put_bucket_versioning",
                     VersioningConfiguration={})
        put = lambda **rule: dict(call="put_bucket_lifecycle_configuration",
                                  LifecycleConfiguration={"Rules": [dict({"ID": "r", "Status": "Enabled"}, **rule)]})
        self.malformed(**put(Expiration={"Days": 1}))
        self.malformed(**put(Filter={}, NoncurrentVersionExpiration={}))
        self.malformed(**put(Filter={"And": {"Prefix": "a"}, "Prefix": ""}, Expiration={"Days": 1}))
        self.malformed(**put(Filter={"ObjectSizeGreaterThan": 5, "And": {"Prefix": "a"}}, Expiration={"Days": 1}))
        self.malformed(**put(Filter={}, Expiration={"Days": 1, "ExpiredObjectDeleteMarker": True}))
        self.refused("InvalidRequest", 400, "Duplicate Tag Keys are not allowed.",
                     **put(Filter={"And": {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}}, Expiration={"Days": 1}))

    def test_websites_and_logging(self):
        put = lambda **site: dict(call="put_bucket_website", WebsiteConfiguration=site)
        index = {"IndexDocument": {"Suffix": "index.html"}}
        rule = lambda **rule: put(**index, RoutingRules=[rule])
        self.refused("InvalidRequest", 400, "Invalid protocol, protocol can be http or https. If not defined the protocol will be "
                     "selected automatically.", **put(RedirectAllRequestsTo={"HostName": "a", "Protocol": "ftp"}))
        self.refused("InvalidRequest", 400, "You can only define ReplaceKeyPrefix or ReplaceKey but not both.",
                     **rule(Redirect={"ReplaceKeyPrefixWith": "a", "ReplaceKeyWith": "b"}))
        self.refused("InvalidRequest", 400, "Condition cannot be empty. To redirect all requests without a condition, the condition "
                     "element shouldn't be present.", **rule(Condition={}, Redirect={"ReplaceKeyWith": "b"}))
        self.malformed(**rule(Condition={"KeyPrefixEquals": "a"}))
        west = self.server.client("s3", region="eu-west-1")
        west.create_bucket(Bucket="refusals-west", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.refused("CrossLocationLoggingProhibitted", 403, "Cross S3 location logging not allowed. ", "put_bucket_logging",
                     BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "refusals-west", "TargetPrefix": ""}})
        west.delete_bucket(Bucket="refusals-west")

    def test_listed_configurations(self):
        inventory = lambda **more: dict({"Id": "i", "IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"},
                                         "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::" + self.bucket, "Format": "CSV"}}},
                                        **more)
        put = lambda id, **more: dict(call="put_bucket_inventory_configuration", Id=id, InventoryConfiguration=inventory(**more))
        self.refused("IdMismatch", 400, "Document ID does not match the specified configuration ID.", **put("j"))
        self.refused("InvalidS3DestinationBucket", 400, "Invalid bucket ARN.",
                     **put("i", Destination={"S3BucketDestination": {"Bucket": "my-bucket", "Format": "CSV"}}))
        self.malformed(**put("i", Schedule={"Frequency": "Hourly"}))
        self.malformed(**put("i", OptionalFields=["Nothing"]))
        self.malformed("put_bucket_analytics_configuration", Id="j", AnalyticsConfiguration={
            "Id": "i", "StorageClassAnalysis": {}})
        for number in range(103):
            self.s3.put_bucket_metrics_configuration(Bucket=self.bucket, Id="m%03d" % number, MetricsConfiguration={"Id": "m%03d" % number})
        page = self.s3.list_bucket_metrics_configurations(Bucket=self.bucket)
        self.assertEqual((len(page["MetricsConfigurationList"]), page["IsTruncated"]), (100, True))
        rest = self.s3.list_bucket_metrics_configurations(Bucket=self.bucket, ContinuationToken=page["NextContinuationToken"])
        self.assertEqual([m["Id"] for m in rest["MetricsConfigurationList"]], ["m100", "m101", "m102"])

    def test_notifications(self):
        put = lambda kind, **rule: dict(call="put_bucket_notification_configuration",
                                        NotificationConfiguration={kind: [dict({"Events": ["s3:ObjectCreated:*"]}, **rule)]})
        queue = dict(QueueArn="arn:aws:sqs:us-east-1:000000000000:q")
        for kind, member, name in (("QueueConfigurations", "QueueArn", "Queue"), ("TopicConfigurations", "TopicArn", "Topic"),
                                   ("LambdaFunctionConfigurations", "LambdaFunctionArn", "CloudFunction")):
            error = self.refused("InvalidArgument", 400, "The ARN could not be parsed", **put(kind, **{member: "invalid"}))
            self.assertEqual((error["ArgumentName"], error["ArgumentValue"]), (name, "invalid"))
        filtered = lambda *rules: put("QueueConfigurations", Filter={"Key": {"FilterRules": list(rules)}}, **queue)
        error = self.refused("InvalidArgument", 400, "filter rule name must be either prefix or suffix", **filtered({"Name": "INVALID", "Value": "a"}))
        self.assertEqual((error["ArgumentName"], error["ArgumentValue"]), ("FilterRule.Name", "INVALID"))
        for rule in ({}, {"Name": "prefix"}, {"Value": "a"}):
            self.malformed(**filtered(rule))
        error = self.refused("InvalidArgument", 400, "filter value cannot be empty", **filtered({"Name": "suffix", "Value": ""}))
        self.assertEqual(error["ArgumentName"], "Suffix")
        self.malformed(**put("QueueConfigurations", **dict(queue, Events=["s3:Nothing"])))
        self.s3.put_bucket_notification_configuration(Bucket=self.bucket, NotificationConfiguration=filtered(
            {"Name": "prefix", "Value": "a"}, {"Name": "suffix", "Value": "b"})["NotificationConfiguration"])

    def test_acls(self):
        self.s3.put_bucket_ownership_controls(Bucket=self.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
        put = dict(call="put_bucket_acl")
        owner = self.s3.get_bucket_acl(Bucket=self.bucket)["Owner"]
        fake = "http://acs.amazonaws.com/groups/s3/FakeGroup"

        def argument(name, value, message, **more):
            error = self.refused("InvalidArgument", 400, message, **put, **more)
            self.assertEqual((error["ArgumentName"], error["ArgumentValue"]), (name, value))

        argument("x-amz-acl", "fake-acl", "", ACL="fake-acl")
        argument("uri", fake, "Invalid group uri", GrantWrite='uri="%s"' % fake)
        argument("x-amz-grant-write", 'fakekey="1234"', "Argument format not recognized", GrantWrite='fakekey="1234"')
        argument("id", "wrong-id", "Invalid id", GrantWrite='id="wrong-id"')
        grants = lambda **grantee: {"Owner": owner, "Grants": [{"Grantee": grantee, "Permission": "WRITE"}]}
        argument("CanonicalUser/ID", "wrong-id", "Invalid id", AccessControlPolicy=grants(Type="CanonicalUser", ID="wrong-id"))
        argument("Group/URI", fake, "Invalid group uri", AccessControlPolicy=grants(Type="Group", URI=fake))
        for policy in ({"Owner": owner, "Grants": [{"Permission": "WRITE"}]}, {"Grants": []}, {}):
            self.refused("MalformedACLError", 400, "The XML you provided was not well-formed", AccessControlPolicy=policy, **put)
        self.refused("UnexpectedContent", 400, "This request does not support content", ACL="private",
                     AccessControlPolicy=grants(Type="CanonicalUser", ID=owner["ID"]), **put)
        self.refused("MissingSecurityHeader", 400, "Your request was missing a required header", **put)


if __name__ == "__main__":
    unittest.main()
