"""Objects: reads, writes, conditions, versions, listings, copies, locks."""

import base64
import datetime
import hashlib
import http.client
import unittest
import urllib.parse
import zlib

from service_case import ServiceCase


def keys(listing):
    return [entry["Key"] for entry in listing.get("Contents", [])]


def prefixes(listing):
    return [entry["Prefix"] for entry in listing.get("CommonPrefixes", [])]


class Objects(ServiceCase):
    clients = {"s3": "s3"}
    count = 0

    def setUp(self):
        type(self).count += 1
        self.bucket = "objects-%d" % self.count
        self.s3.create_bucket(Bucket=self.bucket)

    def put(self, key, body=b"x", **more):
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **more)

    def get(self, key, **more):
        return self.s3.get_object(Bucket=self.bucket, Key=key, **more)

    def refused(self, code, status, call, **arguments):
        return super().refused(code, call, status=status, Bucket=self.bucket, **arguments)

    def test_bytes_come_back(self):
        for size in (0, 1, 65536, 65537, 3_000_000):
            body = bytes(i * 7 % 251 for i in range(256)) * (size // 256 + 1)
            body = body[:size]
            put = self.put("k%d" % size, body)
            self.assertEqual(put["ETag"], '"%s"' % hashlib.md5(body).hexdigest())
            got = self.get("k%d" % size)
            self.assertEqual(got["ContentLength"], size)
            self.assertEqual(got["Body"].read(), body)
            head = self.s3.head_object(Bucket=self.bucket, Key="k%d" % size)
            self.assertEqual((head["ContentLength"], head["ETag"]), (size, put["ETag"]))

    def test_metadata_and_headers(self):
        self.put("a", ContentType="text/plain", CacheControl="no-store", ContentDisposition="attachment",
                 ContentLanguage="de", ContentEncoding="gzip", Metadata={"One": "1", "two": "zwei"},
                 StorageClass="STANDARD_IA", Tagging="x=1&y=a%20b", WebsiteRedirectLocation="/other")
        head = self.s3.head_object(Bucket=self.bucket, Key="a")
        for member, value in (("ContentType", "text/plain"), ("CacheControl", "no-store"), ("ContentEncoding", "gzip"),
                              ("ContentDisposition", "attachment"), ("ContentLanguage", "de"),
                              ("Metadata", {"one": "1", "two": "zwei"}), ("StorageClass", "STANDARD_IA"),
                              ("WebsiteRedirectLocation", "/other"), ("AcceptRanges", "bytes")):
            self.assertEqual(head[member], value)
        self.assertEqual(self.get("a")["TagCount"], 2)
        tags = self.s3.get_object_tagging(Bucket=self.bucket, Key="a")["TagSet"]
        self.assertEqual(tags, [{"Key": "x", "Value": "1"}, {"Key": "y", "Value": "a b"}])
        self.s3.put_object_tagging(Bucket=self.bucket, Key="a", Tagging={"TagSet": [{"Key": "z", "Value": "9"}]})
        self.assertEqual(self.s3.get_object_tagging(Bucket=self.bucket, Key="a")["TagSet"], [{"Key": "z", "Value": "9"}])
        self.s3.delete_object_tagging(Bucket=self.bucket, Key="a")
        self.assertEqual(self.s3.get_object_tagging(Bucket=self.bucket, Key="a")["TagSet"], [])
        got = self.get("a", ResponseContentType="x/y", ResponseCacheControl="private")
        self.assertEqual((got["ContentType"], got["CacheControl"]), ("x/y", "private"))
        self.put("b")
        self.assertEqual(self.get("b")["ContentType"], "binary/octet-stream")

    def test_metadata_beyond_ascii(self):
        """"Working with object metadata", and answers of S3 as LocalStack recorded them (test_user_metadata_rfc2047_encoded,
        tests/aws/services/s3)."""
        for sent, answered in (("plain = a?b_c", None), ("=?UTF-8?Q?actually-ascii?=", "actually-ascii"), ("=?UTF-8?B?YWJj?=", "abc"),
                               ("=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=", None),
                               ("=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=", None), ("=?UTF-8?B?AAECAw==?=", None),
                               ("=?UTF-8?B?77+977+977+977+977+977+977+9?=", None), ("=?iso-8859-1?q?=E9?=", "=?UTF-8?Q?=C3=A9?="),
                               ("=?UTF-8?Q?a?= =?UTF-8?Q?b?= c", "ab c"), ("=?UTF-8?B?=GGG?=", None)):
            self.put("mail", Metadata={"a": sent})
            self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="mail")["Metadata"]["a"], answered or sent)
        url = self.s3.generate_presigned_url("put_object", {"Bucket": self.bucket, "Key": "raw"})
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        # Header values are ISO-8859-1; the guide's example sends UTF-8 and has each of its bytes as a character.
        for raw, answered in ((b"caf\xe9", "=?UTF-8?Q?caf=C3=A9?="),
                              ("\u00c4M\u00c4Z\u00d5\u00d1 S3".encode(), "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=")):
            connection.request("PUT", url.split(str(self.server.port), 1)[1], headers={"x-amz-meta-a": raw})
            self.assertEqual(connection.getresponse().read(), b"")
            self.assertEqual(self.s3.head_object(Bucket=self.bucket, Key="raw")["Metadata"]["a"], answered)
        connection.close()

    def test_root_elements(self):
        def send(query, root, inner):
            url = self.s3.generate_presigned_url("put_object", {"Bucket": self.bucket, "Key": ""})
            body = ("<%s xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>%s</%s>" % (root, inner, root)).encode()
            status, _, answer = self.server.request("PUT", url.split(str(self.server.port), 1)[1].split("?")[0] + "?" + query, body,
                                                    {"Authorization": "AWS test:x"})
            return status, answer
        for query, root, inner in (("versioning", "VersioningConfiguration", "<Status>Enabled</Status>"),
                                   ("tagging", "Tagging", "<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>"),
                                   ("requestPayment", "RequestPaymentConfiguration", "<Payer>Requester</Payer>")):
            self.assertEqual(send(query, root, inner)[0], 200)
            status, answer = send(query, "Other", inner)
            self.assertEqual(status, 400)
            self.assertIn(b"<Code>MalformedXML</Code>", answer)

    def test_missing(self):
        error = self.refused("NoSuchKey", 404, self.s3.get_object, Key="nope")
        self.assertEqual(error["Error"]["Key"], "nope")
        self.refused("404", 404, self.s3.head_object, Key="nope")
        self.refused("InvalidArgument", 400, self.s3.get_object, Key="nope", VersionId="abc")
        self.assertEqual(self.s3.delete_object(Bucket=self.bucket, Key="nope")["ResponseMetadata"]["HTTPStatusCode"], 204)
        self.refused("KeyTooLongError", 400, self.s3.put_object, Key="k" * 1025, Body=b"")

    def test_odd_keys(self):
        odd = ["a//b", "/lead", "../up", "ü/ß €", "a+b c&d=e?f#g%h", "x" * 1024, "trail/", "\u2603"]
        for key in odd:
            self.put(key, key.encode())
            self.assertEqual(self.get(key)["Body"].read(), key.encode())
        self.assertEqual(sorted(keys(self.s3.list_objects_v2(Bucket=self.bucket))), sorted(odd))

    def test_ranges(self):
        self.put("r", b"0123456789")
        for header, body, content_range in (("bytes=0-3", b"0123", "bytes 0-3/10"), ("bytes=7-", b"789", "bytes 7-9/10"),
                                            ("bytes=-2", b"89", "bytes 8-9/10"), ("bytes=5-99", b"56789", "bytes 5-9/10")):
            got = self.get("r", Range=header)
            self.assertEqual((got["Body"].read(), got["ContentRange"]), (body, content_range))
            self.assertEqual(got["ResponseMetadata"]["HTTPStatusCode"], 206)
        self.refused("InvalidRange", 416, self.s3.get_object, Key="r", Range="bytes=10-")
        self.assertEqual(self.get("r", Range="bytes=5-2")["ResponseMetadata"]["HTTPStatusCode"], 200)

    def test_conditions(self):
        etag = self.put("c", b"1")["ETag"]
        past, future = datetime.datetime(2001, 1, 1), datetime.datetime(2199, 1, 1)
        self.get("c", IfMatch=etag)
        self.refused("PreconditionFailed", 412, self.s3.get_object, Key="c", IfMatch='"no"')
        self.refused("304", 304, self.s3.get_object, Key="c", IfNoneMatch=etag)
        self.refused("304", 304, self.s3.get_object, Key="c", IfModifiedSince=future)
        self.refused("PreconditionFailed", 412, self.s3.get_object, Key="c", IfUnmodifiedSince=past)
        self.get("c", IfModifiedSince=past, IfNoneMatch='"no"')
        self.refused("PreconditionFailed", 412, self.s3.put_object, Key="c", Body=b"2", IfNoneMatch="*")
        self.refused("PreconditionFailed", 412, self.s3.put_object, Key="c", Body=b"2", IfMatch='"no"')
        self.refused("NoSuchKey", 404, self.s3.put_object, Key="new", Body=b"2", IfMatch=etag)
        self.put("c", b"2", IfMatch=etag)
        self.put("d", b"2", IfNoneMatch="*")
        self.assertEqual(self.get("c")["Body"].read(), b"2")
        self.refused("PreconditionFailed", 412, self.s3.delete_object, Key="c", IfMatch='"no"')

    def test_delete_conditions(self):
        etag = self.put("c", b"four")["ETag"]
        modified = self.s3.head_object(Bucket=self.bucket, Key="c")["LastModified"]
        other = modified - datetime.timedelta(seconds=1)
        for wrong in ({"IfMatch": '"no"'}, {"IfMatchSize": 5}, {"IfMatchLastModifiedTime": other}, {"IfMatch": etag, "IfMatchSize": 5}):
            self.refused("PreconditionFailed", 412, self.s3.delete_object, Key="c", **wrong)
        for wrong in ({"ETag": '"no"'}, {"Size": 5}, {"LastModifiedTime": other}):
            answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [dict(wrong, Key="c")]})
            self.assertEqual([(error["Key"], error["Code"]) for error in answer["Errors"]], [("c", "PreconditionFailed")])
        self.assertEqual(keys(self.s3.list_objects_v2(Bucket=self.bucket)), ["c"])
        self.s3.delete_object(Bucket=self.bucket, Key="c", IfMatch=etag, IfMatchSize=4, IfMatchLastModifiedTime=modified)
        self.assertEqual(keys(self.s3.list_objects_v2(Bucket=self.bucket)), [])
        self.put("c", b"four")
        answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": "c", "ETag": etag, "Size": 4}]})
        self.assertEqual([entry["Key"] for entry in answer["Deleted"]], ["c"])

    def test_checksums(self):
        body = b"123456789"
        crc = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
        put = self.put("crc", body, ChecksumCRC32=crc)
        self.assertEqual((put["ChecksumCRC32"], put["ChecksumType"]), (crc, "FULL_OBJECT"))
        self.assertEqual(self.get("crc", ChecksumMode="ENABLED")["ChecksumCRC32"], crc)
        self.assertNotIn("ChecksumCRC32", self.s3.head_object(Bucket=self.bucket, Key="crc"))
        # The check values of the CRC catalogue.
        for algorithm, value in (("CRC32C", 0xE3069283 .to_bytes(4, "big")),
                                 ("CRC64NVME", 0xAE8B14860A799888 .to_bytes(8, "big")),
                                 ("SHA1", hashlib.sha1(body).digest()), ("SHA256", hashlib.sha256(body).digest())):
            text = base64.b64encode(value).decode()
            self.put(algorithm, body, **{"Checksum" + algorithm: text})
            head = self.s3.head_object(Bucket=self.bucket, Key=algorithm, ChecksumMode="ENABLED")
            self.assertEqual(head["Checksum" + algorithm], text)
            wrong = base64.b64encode(bytes(len(value))).decode()
            self.refused("BadDigest", 400, self.s3.put_object, Key="bad", Body=body, **{"Checksum" + algorithm: wrong})
        self.refused("BadDigest", 400, self.s3.put_object, Key="bad", Body=body,
                     ContentMD5=base64.b64encode(hashlib.md5(b"other").digest()).decode())
        self.refused("InvalidDigest", 400, self.s3.put_object, Key="bad", Body=body, ContentMD5="nonsense")
        self.refused("404", 404, self.s3.head_object, Key="bad")
        attributes = self.s3.get_object_attributes(Bucket=self.bucket, Key="crc",
                                                   ObjectAttributes=["ETag", "Checksum", "ObjectSize", "StorageClass"])
        self.assertEqual(attributes["ETag"], hashlib.md5(body).hexdigest())
        self.assertEqual(attributes["Checksum"], {"ChecksumCRC32": crc, "ChecksumType": "FULL_OBJECT"})
        self.assertEqual((attributes["ObjectSize"], attributes["StorageClass"]), (9, "STANDARD"))

    def test_versions(self):
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        self.assertEqual(self.s3.get_bucket_versioning(Bucket=self.bucket)["Status"], "Enabled")
        one, two = (self.put("v", body)["VersionId"] for body in (b"1", b"2"))
        self.assertEqual(self.get("v")["VersionId"], two)
        self.assertEqual(self.get("v", VersionId=one)["Body"].read(), b"1")
        marker = self.s3.delete_object(Bucket=self.bucket, Key="v")
        self.assertTrue(marker["DeleteMarker"])
        hidden = self.refused("NoSuchKey", 404, self.s3.get_object, Key="v")["ResponseMetadata"]["HTTPHeaders"]
        self.assertEqual((hidden["x-amz-delete-marker"], hidden["x-amz-version-id"]), ("true", marker["VersionId"]))
        self.refused("MethodNotAllowed", 405, self.s3.get_object, Key="v", VersionId=marker["VersionId"])
        self.assertEqual(keys(self.s3.list_objects_v2(Bucket=self.bucket)), [])
        listed = self.s3.list_object_versions(Bucket=self.bucket)
        self.assertEqual([(v["VersionId"], v["IsLatest"]) for v in listed["Versions"]], [(two, False), (one, False)])
        self.assertEqual([(v["VersionId"], v["IsLatest"]) for v in listed["DeleteMarkers"]], [(marker["VersionId"], True)])
        self.refused("BucketNotEmpty", 409, self.s3.delete_bucket)
        undone = self.s3.delete_object(Bucket=self.bucket, Key="v", VersionId=marker["VersionId"])
        self.assertTrue(undone["DeleteMarker"])
        self.assertEqual(self.get("v")["Body"].read(), b"2")
        self.s3.delete_object(Bucket=self.bucket, Key="v", VersionId=two)
        self.assertEqual(self.get("v")["Body"].read(), b"1")

    def test_suspended_versions(self):
        self.put("v", b"before")
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        self.assertEqual(self.get("v")["VersionId"], "null")
        kept = self.put("v", b"kept")["VersionId"]
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Suspended"})
        self.assertEqual(self.put("v", b"after").get("VersionId", "null"), "null")
        listed = self.s3.list_object_versions(Bucket=self.bucket)["Versions"]
        self.assertEqual([v["VersionId"] for v in listed], ["null", kept])
        self.assertEqual(self.get("v", VersionId="null")["Body"].read(), b"after")
        marker = self.s3.delete_object(Bucket=self.bucket, Key="v")
        self.assertEqual((marker["DeleteMarker"], marker["VersionId"]), (True, "null"))
        listed = self.s3.list_object_versions(Bucket=self.bucket)
        self.assertEqual([v["VersionId"] for v in listed["Versions"]], [kept])

    def test_version_pages(self):
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        wanted = []
        for key in ("a", "b", "c"):
            wanted += reversed([(key, self.put(key)["VersionId"]) for _ in range(3)])
        for size in (1, 2, 4):
            got, markers = [], {}
            while True:
                page = self.s3.list_object_versions(Bucket=self.bucket, MaxKeys=size, **markers)
                got += [(v["Key"], v["VersionId"]) for v in page["Versions"]]
                if not page["IsTruncated"]:
                    break
                markers = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
            self.assertEqual(got, wanted)

    def test_listings(self):
        names = ["a", "b/1", "b/2", "b/c/3", "d/", "d/4", "e"]
        for key in names:
            self.put(key)
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Delimiter="/")
        self.assertEqual((keys(listed), prefixes(listed), listed["KeyCount"]), (["a", "e"], ["b/", "d/"], 4))
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Delimiter="/", Prefix="b/")
        self.assertEqual((keys(listed), prefixes(listed)), (["b/1", "b/2"], ["b/c/"]))
        self.assertEqual(keys(self.s3.list_objects_v2(Bucket=self.bucket, StartAfter="b/2")), names[3:])
        for size in (1, 2, 3, 7):
            for delimiter in ({}, {"Delimiter": "/"}):
                found, tokens = [], {}
                while True:
                    page = self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=size, **delimiter, **tokens)
                    found += keys(page) + prefixes(page)
                    self.assertLessEqual(page["KeyCount"], size)
                    if not page["IsTruncated"]:
                        break
                    tokens = {"ContinuationToken": page["NextContinuationToken"]}
                self.assertEqual(sorted(found), ["a", "b/", "d/", "e"] if delimiter else names)
        page = self.s3.list_objects(Bucket=self.bucket, MaxKeys=2, Delimiter="/")
        self.assertEqual((keys(page), prefixes(page), page["NextMarker"]), (["a"], ["b/"], "b/"))
        page = self.s3.list_objects(Bucket=self.bucket, Marker="b/", Delimiter="/")
        self.assertEqual((keys(page), prefixes(page)), (["e"], ["d/"]))
        self.assertIn("Owner", self.s3.list_objects_v2(Bucket=self.bucket, FetchOwner=True)["Contents"][0])
        self.refused("InvalidArgument", 400, self.s3.list_objects_v2, ContinuationToken="!!")
        self.assertEqual(self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=0)["KeyCount"], 0)

    def test_listed_members(self):
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        metadata = {"storageclass": '","StorageClass":"GLACIER', "b": "}{][\\"}
        written = self.put("<a> & \"b\"'\u00fc", b"four", StorageClass="ONEZONE_IA", ChecksumAlgorithm="SHA1", Metadata=metadata)
        plain = self.put("plain", b"", Metadata=metadata)
        self.s3.delete_object(Bucket=self.bucket, Key="gone")
        owner = self.s3.list_objects(Bucket=self.bucket)["Contents"][0]["Owner"]
        self.assertEqual(owner, self.s3.get_bucket_acl(Bucket=self.bucket)["Owner"])
        expected = [
            {"Key": "<a> & \"b\"'\u00fc", "ETag": written["ETag"], "Size": 4, "StorageClass": "ONEZONE_IA",
             "ChecksumAlgorithm": ["SHA1"], "ChecksumType": "FULL_OBJECT"},
            {"Key": "plain", "ETag": plain["ETag"], "Size": 0, "StorageClass": "STANDARD", "ChecksumAlgorithm": ["CRC32"],
             "ChecksumType": "FULL_OBJECT"}]
        for raw in (False, True):
            listed = self.s3.list_objects_v2(Bucket=self.bucket, **({"EncodingType": "url"} if raw else {}))["Contents"]
            modified = [entry.pop("LastModified") for entry in listed]
            self.assertEqual([entry.pop("Key") for entry in listed],
                             [urllib.parse.quote(entry["Key"]) if raw else entry["Key"] for entry in expected])
            self.assertEqual(listed, [{name: value for name, value in entry.items() if name != "Key"} for entry in expected])
            for entry, when in zip(expected, modified):
                head = self.s3.head_object(Bucket=self.bucket, Key=entry["Key"])["LastModified"]
                self.assertEqual(head, when.replace(microsecond=0))
        listed = self.s3.list_object_versions(Bucket=self.bucket)
        for entry, put in zip(listed["Versions"], (written, plain)):
            entry.pop("LastModified")
            self.assertEqual(entry.pop("VersionId"), put["VersionId"])
        self.assertEqual(listed["Versions"], [dict(entry, IsLatest=True, Owner=owner) for entry in expected])
        (marker,) = listed["DeleteMarkers"]
        self.assertEqual((marker["Key"], marker["IsLatest"], marker["Owner"]), ("gone", True, owner))

    def test_delete_many(self):
        for key in "abc":
            self.put(key)
        answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": k} for k in ("a", "b", "zz")]})
        self.assertEqual(sorted(d["Key"] for d in answer["Deleted"]), ["a", "b", "zz"])
        answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": [{"Key": "c"}], "Quiet": True})
        self.assertNotIn("Deleted", answer)
        self.assertEqual(keys(self.s3.list_objects_v2(Bucket=self.bucket)), [])

    def test_copy(self):
        body = b"z" * 100_000
        etag = self.put("from", body, ContentType="a/b", Metadata={"m": "1"}, Tagging="t=1")["ETag"]
        copied = self.s3.copy_object(Bucket=self.bucket, Key="to/ü", CopySource={"Bucket": self.bucket, "Key": "from"})
        self.assertEqual(copied["CopyObjectResult"]["ETag"], etag)
        got = self.get("to/ü")
        self.assertEqual((got["Body"].read(), got["ContentType"], got["Metadata"], got["TagCount"]), (body, "a/b", {"m": "1"}, 1))
        self.s3.copy_object(Bucket=self.bucket, Key="new", CopySource=self.bucket + "/from", MetadataDirective="REPLACE",
                            ContentType="c/d", TaggingDirective="REPLACE", Tagging="u=2")
        got = self.get("new")
        self.assertEqual((got["ContentType"], got["Metadata"]), ("c/d", {}))
        self.s3.delete_object(Bucket=self.bucket, Key="from")
        self.assertEqual(self.get("new")["Body"].read(), body)
        self.refused("NoSuchKey", 404, self.s3.copy_object, Key="x", CopySource=self.bucket + "/from")
        self.refused("InvalidRequest", 400, self.s3.copy_object, Key="new", CopySource=self.bucket + "/new")
        self.refused("PreconditionFailed", 412, self.s3.copy_object, Key="x", CopySource=self.bucket + "/new",
                     CopySourceIfNoneMatch=etag)

    def test_kms_and_customer_keys(self):
        put = self.put("kms", b"1", ServerSideEncryption="aws:kms")
        self.assertEqual(put["ServerSideEncryption"], "aws:kms")
        self.assertRegex(put["SSEKMSKeyId"], "^arn:aws:kms:us-east-1:000000000000:key/")
        self.assertNotEqual(put["ETag"], '"%s"' % hashlib.md5(b"1").hexdigest())
        self.refused("KMS.NotFoundException", 400, self.s3.put_object, Key="x", Body=b"", ServerSideEncryption="aws:kms",
                     SSEKMSKeyId="11111111-2222-3333-4444-555555555555")
        customer = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
        self.put("ssec", b"secret", **customer)
        self.assertEqual(self.get("ssec", **customer)["Body"].read(), b"secret")
        self.refused("InvalidRequest", 400, self.s3.get_object, Key="ssec")
        self.refused("AccessDenied", 403, self.s3.get_object, Key="ssec", SSECustomerAlgorithm="AES256", SSECustomerKey="j" * 32)

    def test_object_lock(self):
        bucket = self.bucket = "locked-%d" % self.count
        self.s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
        self.assertEqual(self.s3.get_bucket_versioning(Bucket=bucket)["Status"], "Enabled")
        self.assertEqual(self.s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"], {"ObjectLockEnabled": "Enabled"})
        self.refused("InvalidBucketState", 409, self.s3.put_bucket_versioning, VersioningConfiguration={"Status": "Suspended"})
        configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 2}}}
        self.s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=configuration)
        self.assertEqual(self.s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"], configuration)
        version = self.put("a")["VersionId"]
        self.assertEqual(self.s3.get_object_retention(Bucket=bucket, Key="a")["Retention"]["Mode"], "GOVERNANCE")
        self.refused("AccessDenied", 403, self.s3.delete_object, Key="a", VersionId=version)
        self.s3.put_object_legal_hold(Bucket=bucket, Key="a", LegalHold={"Status": "ON"})
        self.assertEqual(self.s3.get_object_legal_hold(Bucket=bucket, Key="a")["LegalHold"]["Status"], "ON")
        self.refused("AccessDenied", 403, self.s3.delete_object, Key="a", VersionId=version, BypassGovernanceRetention=True)
        self.s3.put_object_legal_hold(Bucket=bucket, Key="a", LegalHold={"Status": "OFF"})
        self.s3.delete_object(Bucket=bucket, Key="a", VersionId=version, BypassGovernanceRetention=True)

    def test_object_acl(self):
        self.put("a")
        self.assertEqual([g["Permission"] for g in self.s3.get_object_acl(Bucket=self.bucket, Key="a")["Grants"]], ["FULL_CONTROL"])
        self.refused("AccessControlListNotSupported", 400, self.s3.put_object_acl, Key="a", ACL="public-read")
        self.refused("AccessControlListNotSupported", 400, self.s3.put_object, Key="a", Body=b"", ACL="public-read")
        self.put("a", ACL="bucket-owner-full-control")


if __name__ == "__main__":
    unittest.main()
