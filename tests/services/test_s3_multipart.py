"""Multipart uploads, restarts and races."""

import base64
import concurrent.futures
import hashlib
import os
import time
import unittest
import zlib

from service_case import ServiceCase
from botocore.exceptions import ClientError

MIB = 1 << 20


class Multipart(ServiceCase):
    options = {"data_dir": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3 = cls.server.client("s3", max_pool_connections=64)
        cls.s3.create_bucket(Bucket="parts")

    def refused(self, code, status, call, **arguments):
        super().refused(code, call, status=status, Bucket="parts", **arguments)

    def upload(self, key, bodies, **create):
        upload = self.s3.create_multipart_upload(Bucket="parts", Key=key, **create)["UploadId"]
        algorithm = {"ChecksumAlgorithm": create["ChecksumAlgorithm"]} if "ChecksumAlgorithm" in create else {}
        parts = []
        for number, body in enumerate(bodies, 1):
            part = self.s3.upload_part(Bucket="parts", Key=key, UploadId=upload, PartNumber=number, Body=body, **algorithm)
            parts.append({"PartNumber": number, "ETag": part["ETag"],
                          **{k: v for k, v in part.items() if k.startswith("Checksum")}})
        return upload, parts

    def complete(self, key, upload, parts, **more):
        return self.s3.complete_multipart_upload(Bucket="parts", Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, **more)

    def test_whole_life(self):
        bodies = [os.urandom(5 * MIB), os.urandom(5 * MIB + 7), b"tail"]
        upload, parts = self.upload("whole", bodies, ContentType="a/b", Metadata={"m": "1"}, Tagging="t=1")
        listed = self.s3.list_parts(Bucket="parts", Key="whole", UploadId=upload)
        self.assertEqual([(p["PartNumber"], p["Size"]) for p in listed["Parts"]], [(i + 1, len(b)) for i, b in enumerate(bodies)])
        page = self.s3.list_parts(Bucket="parts", Key="whole", UploadId=upload, MaxParts=1, PartNumberMarker=1)
        self.assertEqual((page["IsTruncated"], page["NextPartNumberMarker"], page["Parts"][0]["PartNumber"]), (True, 2, 2))
        uploads = self.s3.list_multipart_uploads(Bucket="parts")["Uploads"]
        self.assertIn(("whole", upload), [(u["Key"], u["UploadId"]) for u in uploads])
        done = self.complete("whole", upload, parts)
        digest = hashlib.md5(b"".join(hashlib.md5(b).digest() for b in bodies)).hexdigest()
        self.assertEqual(done["ETag"], '"%s-3"' % digest)
        got = self.s3.get_object(Bucket="parts", Key="whole")
        self.assertEqual(got["Body"].read(), b"".join(bodies))
        self.assertEqual((got["ContentType"], got["Metadata"], got["TagCount"]), ("a/b", {"m": "1"}, 1))
        across = self.s3.get_object(Bucket="parts", Key="whole", Range="bytes=%d-%d" % (5 * MIB - 3, 5 * MIB + 3))
        self.assertEqual(across["Body"].read(), b"".join(bodies)[5 * MIB - 3:5 * MIB + 4])
        second = self.s3.get_object(Bucket="parts", Key="whole", PartNumber=2)
        self.assertEqual((second["Body"].read(), second["PartsCount"]), (bodies[1], 3))
        self.refused("NoSuchUpload", 404, self.s3.list_parts, Key="whole", UploadId=upload)

    def test_refusals(self):
        upload, parts = self.upload("bad", [b"small", b"tail"])
        complete = lambda parts: dict(Key="bad", UploadId=upload, MultipartUpload={"Parts": parts})
        self.refused("EntityTooSmall", 400, self.s3.complete_multipart_upload, **complete(parts))
        self.refused("InvalidPartOrder", 400, self.s3.complete_multipart_upload, **complete(parts[::-1]))
        self.refused("InvalidPart", 400, self.s3.complete_multipart_upload, **complete([{"PartNumber": 9, "ETag": '"x"'}]))
        self.refused("MalformedXML", 400, self.s3.complete_multipart_upload, **complete([]))
        self.refused("InvalidArgument", 400, self.s3.upload_part, Key="bad", UploadId=upload, PartNumber=10001, Body=b"")
        self.s3.abort_multipart_upload(Bucket="parts", Key="bad", UploadId=upload)
        self.refused("NoSuchUpload", 404, self.s3.abort_multipart_upload, Key="bad", UploadId=upload)
        self.refused("NoSuchUpload", 404, self.s3.upload_part, Key="bad", UploadId=upload, PartNumber=1, Body=b"")

    def test_checksums(self):
        bodies = [os.urandom(5 * MIB), b"tail"]
        whole = base64.b64encode(zlib.crc32(b"".join(bodies)).to_bytes(4, "big")).decode()
        upload, parts = self.upload("full", bodies, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
        self.assertEqual(self.complete("full", upload, parts, ChecksumType="FULL_OBJECT")["ChecksumCRC32"], whole)
        upload, parts = self.upload("composite", bodies, ChecksumAlgorithm="SHA256")
        digest = hashlib.sha256(b"".join(hashlib.sha256(b).digest() for b in bodies)).digest()
        done = self.complete("composite", upload, parts)
        self.assertEqual((done["ChecksumSHA256"], done["ChecksumType"]), (base64.b64encode(digest).decode() + "-2", "COMPOSITE"))
        attributes = self.s3.get_object_attributes(Bucket="parts", Key="composite", ObjectAttributes=["ObjectParts", "Checksum"])
        self.assertEqual([p["Size"] for p in attributes["ObjectParts"]["Parts"]], [5 * MIB, 4])
        self.assertEqual(attributes["ObjectParts"]["TotalPartsCount"], 2)

    def test_copy_parts(self):
        source = os.urandom(6 * MIB)
        self.s3.put_object(Bucket="parts", Key="source", Body=source)
        upload = self.s3.create_multipart_upload(Bucket="parts", Key="copied")["UploadId"]
        parts = []
        for number, (first, last) in enumerate(((0, 5 * MIB - 1), (5 * MIB, 6 * MIB - 1)), 1):
            part = self.s3.upload_part_copy(Bucket="parts", Key="copied", UploadId=upload, PartNumber=number,
                                            CopySource="parts/source", CopySourceRange="bytes=%d-%d" % (first, last))
            parts.append({"PartNumber": number, "ETag": part["CopyPartResult"]["ETag"]})
        self.complete("copied", upload, parts)
        self.s3.delete_object(Bucket="parts", Key="source")
        self.assertEqual(self.s3.get_object(Bucket="parts", Key="copied")["Body"].read(), source)

    def test_reader_outlives_many_parts(self):
        count = 20  # more than the server opens files for at once
        body = os.urandom(5 * MIB)
        self.s3.put_object(Bucket="parts", Key="source", Body=body)
        upload = self.s3.create_multipart_upload(Bucket="parts", Key="many")["UploadId"]
        parts = []
        for number in range(1, count + 1):
            copied = self.s3.upload_part_copy(Bucket="parts", Key="many", UploadId=upload, PartNumber=number,
                                              CopySource={"Bucket": "parts", "Key": "source"})
            parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
        self.complete("many", upload, parts)
        before = self.files()
        reader = self.s3.get_object(Bucket="parts", Key="many")["Body"]
        start = reader.read(1)
        for key in ("source", "many"):
            self.s3.delete_object(Bucket="parts", Key=key)
        time.sleep(4)  # well past the moment for which the file of a deleted object stays in any case
        digest = hashlib.sha256(start)
        for piece in reader.iter_chunks(MIB):
            digest.update(piece)
        self.assertEqual(digest.digest(), hashlib.sha256(body * count).digest())
        deadline = time.monotonic() + 60
        while self.files() >= before and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertLess(self.files(), before)

    def files(self):
        return sum(len(names) for _, _, names in os.walk(os.path.join(self.server.data_dir, "s3", "objects")))

    def test_transfer_manager(self):
        body = os.urandom(20 * MIB + 5)
        import io
        self.s3.upload_fileobj(io.BytesIO(body), "parts", "transfer")
        out = io.BytesIO()
        self.s3.download_fileobj("parts", "transfer", out)
        self.assertEqual(out.getvalue(), body)

    def test_survives_restart_and_kill(self):
        large = os.urandom(3 * MIB)
        self.s3.put_bucket_versioning(Bucket="parts", VersioningConfiguration={"Status": "Enabled"})
        one = self.s3.put_object(Bucket="parts", Key="kept", Body=b"one")["VersionId"]
        self.s3.put_object(Bucket="parts", Key="kept", Body=large)
        upload, parts = self.upload("unfinished", [b"part"])
        self.server.restart()
        self.assertEqual(self.s3.get_object(Bucket="parts", Key="kept")["Body"].read(), large)
        self.s3.put_object(Bucket="parts", Key="killed", Body=large)
        self.server.kill9()
        self.server.start()
        self.assertEqual(self.s3.get_object(Bucket="parts", Key="killed")["Body"].read(), large)
        self.assertEqual(self.s3.get_object(Bucket="parts", Key="kept", VersionId=one)["Body"].read(), b"one")
        self.complete("unfinished", upload, parts)
        self.assertEqual(self.s3.get_object(Bucket="parts", Key="unfinished")["Body"].read(), b"part")
        self.s3.put_bucket_versioning(Bucket="parts", VersioningConfiguration={"Status": "Suspended"})

    def test_one_winner(self):
        def attempt(key, number):
            try:
                self.s3.put_object(Bucket="parts", Key=key, Body=b"%d" % number, IfNoneMatch="*")
                return number
            except ClientError as error:
                self.assertEqual(error.response["Error"]["Code"], "PreconditionFailed")
                return None

        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            for turn in range(5):
                key = "lock-%d" % turn
                won = [n for n in pool.map(lambda number: attempt(key, number), range(64)) if n is not None]
                self.assertEqual(len(won), 1)
                self.assertEqual(self.s3.get_object(Bucket="parts", Key=key)["Body"].read(), b"%d" % won[0])


if __name__ == "__main__":
    unittest.main()
