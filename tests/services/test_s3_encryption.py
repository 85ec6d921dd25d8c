"""Encryption at rest: what lies on disk, who can read it back, and what the answers say of it."""

import base64
import hashlib
import json
import os
import sqlite3
import unittest

from service_case import ServiceCase

MARK = b"plain-text-that-must-not-lie-on-disk"
PART = 5 * 1024 * 1024


def customer_key(letter, prefix=""):
    key = letter.encode() * 32
    return {prefix + "SSECustomerAlgorithm": "AES256", prefix + "SSECustomerKey": base64.b64encode(key).decode(),
            prefix + "SSECustomerKeyMD5": base64.b64encode(hashlib.md5(key).digest()).decode()}


def body_of(size):
    return (MARK * (size // len(MARK) + 1))[:size]


class Encryption(ServiceCase):
    options = {"data_dir": True}
    clients = {"s3": "s3", "kms": "kms"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3.create_bucket(Bucket="sealed")
        cls.key = cls.kms.create_key()["KeyMetadata"]["Arn"]
        cls.kinds = {
            "s3": {},
            "kms": {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": cls.key},
            "bucket-key": {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": cls.key, "BucketKeyEnabled": True},
            "dsse": {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": cls.key},
            "c": customer_key("k"),
        }

    def reading(self, kind):
        return self.kinds[kind] if kind == "c" else {}

    def get(self, key, **more):
        return self.s3.get_object(Bucket="sealed", Key=key, **more)["Body"].read()

    def refused(self, code, call, **arguments):
        super().refused(code, call, Bucket="sealed", **arguments)

    def assert_nothing_plain(self):
        for folder, _, files in os.walk(self.server.data_dir):
            for name in files:
                with open(os.path.join(folder, name), "rb") as stored:
                    self.assertNotIn(MARK, stored.read(), name)

    def test_each_kind(self):
        sizes = (1, 1000, 65536, 65537, 300_000)
        for kind, how in self.kinds.items():
            for size in sizes:
                self.s3.put_object(Bucket="sealed", Key="%s-%d" % (kind, size), Body=body_of(size), **how)
        self.assert_nothing_plain()
        self.server.restart()
        for kind in self.kinds:
            for size in sizes:
                self.assertEqual(self.get("%s-%d" % (kind, size), **self.reading(kind)), body_of(size))
            whole = body_of(300_000)
            for first, last in ((0, 0), (65535, 65536), (65536, 131071), (131072, 131072), (100, 299_999), (299_999, 299_999)):
                got = self.get(kind + "-300000", Range="bytes=%d-%d" % (first, last), **self.reading(kind))
                self.assertEqual(got, whole[first : last + 1])

    def stored_sizes(self, key):
        """Bytes of the version's bodies as they lie in files, one for each segment."""
        database = next(name for name in os.listdir(self.server.data_dir) if name.endswith(".db"))
        with sqlite3.connect("file:%s?mode=ro" % os.path.join(self.server.data_dir, database), uri=True) as reader:
            (segments,), = reader.execute("SELECT segments FROM s3_version WHERE key = ? AND latest = 1", (key,))
            names = [reader.execute("SELECT file FROM s3_body WHERE id = ?", (row[0],)).fetchone()[0] for row in json.loads(segments)]
        return [os.path.getsize(os.path.join(self.server.data_dir, "s3", "objects", name[:2], name)) for name in names]

    def test_dsse_has_two_layers(self):
        """Each layer adds a tag of 16 bytes to each chunk of 64 KiB, however the object came to be under DSSE."""
        body, chunks = body_of(300_000), 5
        self.s3.put_object(Bucket="sealed", Key="one-layer", Body=body)
        self.assertEqual(self.stored_sizes("one-layer"), [len(body) + 16 * chunks])
        dsse = self.kinds["dsse"]
        self.s3.put_object(Bucket="sealed", Key="put", Body=body, **dsse)
        self.s3.copy_object(Bucket="sealed", Key="copy", CopySource="sealed/one-layer", **dsse)
        upload = dict(Bucket="sealed", Key="parts")
        upload["UploadId"] = self.s3.create_multipart_upload(**upload, **dsse)["UploadId"]
        etag = self.s3.upload_part(PartNumber=1, Body=body, **upload)["ETag"]
        self.s3.complete_multipart_upload(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]}, **upload)
        self.s3.create_bucket(Bucket="sealed-twice")
        self.s3.put_bucket_encryption(Bucket="sealed-twice", ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": self.key}}]})
        self.s3.put_object(Bucket="sealed-twice", Key="by-default", Body=body)
        for bucket, key in (("sealed", "put"), ("sealed", "copy"), ("sealed", "parts"), ("sealed-twice", "by-default")):
            self.assertEqual(self.stored_sizes(key), [len(body) + 32 * chunks], key)
            self.assertEqual(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read(), body, key)
            self.assertEqual(self.s3.get_object(Bucket=bucket, Key=key, Range="bytes=65530-131080")["Body"].read(), body[65530:131081])
        # Away from DSSE: the bytes stay as they are, under both keys.
        self.s3.copy_object(Bucket="sealed", Key="back", CopySource="sealed/put", ServerSideEncryption="AES256")
        self.assertEqual(self.get("back"), body)

    def test_answers(self):
        plain = hashlib.md5(MARK).hexdigest()
        for kind, how in self.kinds.items():
            put = self.s3.put_object(Bucket="sealed", Key="answer", Body=MARK, **how)
            head = self.s3.head_object(Bucket="sealed", Key="answer", **self.reading(kind))
            for answer in (put, head):
                # "ETag": the MD5 for SSE-S3 alone.
                self.assertEqual(answer["ETag"] == '"%s"' % plain, kind == "s3")
                self.assertEqual(answer.get("SSEKMSKeyId"), how.get("SSEKMSKeyId"))
                self.assertEqual(answer.get("SSECustomerKeyMD5"), how.get("SSECustomerKeyMD5"))
                expected = None if kind == "c" else how.get("ServerSideEncryption", "AES256")
                self.assertEqual(answer.get("ServerSideEncryption"), expected)

    def test_a_disabled_key_refuses(self):
        key = self.kms.create_key()["KeyMetadata"]["Arn"]
        how = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
        self.s3.put_object(Bucket="sealed", Key="held", Body=MARK, **how)
        self.kms.disable_key(KeyId=key)
        self.refused("KMS.DisabledException", self.s3.get_object, Key="held")
        self.refused("KMS.DisabledException", self.s3.put_object, Key="more", Body=MARK, **how)
        self.refused("KMS.DisabledException", self.s3.copy_object, Key="copy", CopySource="sealed/held")
        self.s3.head_object(Bucket="sealed", Key="held")
        self.kms.enable_key(KeyId=key)
        self.assertEqual(self.get("held"), MARK)
        self.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        self.refused("KMS.KMSInvalidStateException", self.s3.get_object, Key="held")

    def test_customers_key(self):
        self.s3.put_object(Bucket="sealed", Key="mine", Body=MARK, **customer_key("k"))
        self.refused("InvalidRequest", self.s3.get_object, Key="mine")
        self.refused("AccessDenied", self.s3.get_object, Key="mine", **customer_key("l"))
        wrong = dict(customer_key("k"), SSECustomerKeyMD5=customer_key("l")["SSECustomerKeyMD5"])
        self.refused("InvalidArgument", self.s3.put_object, Key="mine", Body=MARK, **wrong)
        self.s3.copy_object(Bucket="sealed", Key="theirs", CopySource="sealed/mine", **customer_key("m"),
                            **customer_key("k", "CopySource"))
        self.refused("AccessDenied", self.s3.get_object, Key="theirs", **customer_key("k"))
        self.assertEqual(self.get("theirs", **customer_key("m")), MARK)
        self.s3.copy_object(Bucket="sealed", Key="ours", CopySource="sealed/mine", **customer_key("k", "CopySource"))
        self.assertEqual(self.get("ours"), MARK)

    def test_copies_change_keys(self):
        self.s3.put_object(Bucket="sealed", Key="source", Body=body_of(200_000))
        for kind, how in self.kinds.items():
            self.s3.copy_object(Bucket="sealed", Key="copied-" + kind, CopySource="sealed/source", **how)
        self.s3.delete_object(Bucket="sealed", Key="source")
        for kind in self.kinds:
            self.assertEqual(self.get("copied-" + kind, **self.reading(kind)), body_of(200_000))
        self.assert_nothing_plain()

    def test_multipart(self):
        self.s3.put_object(Bucket="sealed", Key="other", Body=body_of(100_001), **customer_key("o"))
        for kind, how in self.kinds.items():
            where = dict(Bucket="sealed", Key="parts-" + kind)
            upload = dict(where, UploadId=self.s3.create_multipart_upload(**where, **how)["UploadId"])
            first = self.s3.upload_part(PartNumber=1, Body=body_of(PART), **upload, **self.reading(kind))
            second = self.s3.upload_part_copy(PartNumber=2, CopySource="sealed/other", CopySourceRange="bytes=70000-100000",
                                              **upload, **self.reading(kind), **customer_key("o", "CopySource"))
            parts = [{"PartNumber": 1, "ETag": first["ETag"]}, {"PartNumber": 2, "ETag": second["CopyPartResult"]["ETag"]}]
            self.s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload, **self.reading(kind))
            whole = body_of(PART) + body_of(100_001)[70_000:]
            self.assertEqual(self.get("parts-" + kind, **self.reading(kind)), whole)
            self.assertEqual(self.get("parts-" + kind, Range="bytes=%d-%d" % (PART - 5, PART + 5), **self.reading(kind)),
                             whole[PART - 5 : PART + 6])
        self.assert_nothing_plain()


if __name__ == "__main__":
    unittest.main()
