"""Bodies on their way to an S3 object: aws-chunked in its forms, digests, refusals before and after the last byte."""

import base64
import datetime
import hashlib
import hmac
import http.client
import os
import socket
import unittest
import zlib

from service_case import ServiceCase

REGION = "us-east-1"
BUCKET = "bodies-bucket"


def sha(data):
    return hashlib.sha256(data).hexdigest()


class Signer:
    """SigV4 for S3 by hand, with the signatures of chunks (boto3 makes none)."""

    def __init__(self, access_key, secret, host):
        self.access_key, self.host = access_key, host
        self.time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        self.scope = "%s/%s/s3/aws4_request" % (self.time[:8], REGION)
        key = ("AWS4" + secret).encode()
        for part in self.scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        self.key = key

    def sign(self, text):
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def head(self, path, content_sha256, extra=()):
        headers = dict(extra)
        headers.update({"host": self.host, "x-amz-content-sha256": content_sha256, "x-amz-date": self.time})
        names = ";".join(sorted(headers))
        canonical = "\n".join(
            ["PUT", path, "", *("%s:%s" % (name, headers[name]) for name in sorted(headers)), "", names, content_sha256]
        )
        self.seed = self.sign("\n".join(["AWS4-HMAC-SHA256", self.time, self.scope, sha(canonical.encode())]))
        headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
            self.access_key, self.scope, names, self.seed
        )
        return headers

    def chunks(self, pieces):
        previous, out = self.seed, b""
        for piece in [*pieces, b""]:
            text = ["AWS4-HMAC-SHA256-PAYLOAD", self.time, self.scope, previous, sha(b""), sha(piece)]
            previous = self.sign("\n".join(text))
            out += b"%x;chunk-signature=%s\r\n%s\r\n" % (len(piece), previous.encode(), piece)
        return out


class BodiesTest(ServiceCase):
    clients = {"s3": "s3"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.s3.create_bucket(Bucket=BUCKET)
        iam = cls.server.client("iam")
        iam.create_user(UserName="bodies")
        key = iam.create_access_key(UserName="bodies")["AccessKey"]
        cls.key = key["AccessKeyId"], key["SecretAccessKey"]

    def put(self, name, headers, body, length=True):
        head = "PUT /%s/%s HTTP/1.1\r\n" % (BUCKET, name)
        if length:
            headers = dict(headers, **{"content-length": str(len(body))})
        head += "".join("%s: %s\r\n" % field for field in headers.items())
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            raw.sendall(head.encode() + b"\r\n" + body)
            raw.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := raw.recv(65536):
                answer += piece
        return int(answer.split()[1]), answer

    def stored(self, name):
        return self.s3.get_object(Bucket=BUCKET, Key=name)["Body"].read()

    def assert_absent(self, name):
        with self.assertRaises(self.s3.exceptions.NoSuchKey):
            self.stored(name)

    def signer(self):
        return Signer(*self.key, "127.0.0.1:%d" % self.server.port)

    def test_unsigned_chunks_with_a_trailing_checksum(self):
        data = os.urandom(200_000)
        crc = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
        body = b"10000\r\n" + data[:65536] + b"\r\n" + b"%x\r\n" % (len(data) - 65536) + data[65536:] + b"\r\n0\r\n"
        extra = {
            "content-encoding": "aws-chunked",
            "x-amz-decoded-content-length": str(len(data)),
            "x-amz-trailer": "x-amz-checksum-crc32",
        }

        def headers(name):
            return self.signer().head("/%s/%s" % (BUCKET, name), "STREAMING-UNSIGNED-PAYLOAD-TRAILER", extra)

        status, answer = self.put("trailing", headers("trailing"), body + b"x-amz-checksum-crc32:%s\r\n\r\n" % crc.encode())
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.stored("trailing"), data)
        status, answer = self.put("wrong-crc", headers("wrong-crc"), body + b"x-amz-checksum-crc32:AAAAAA==\r\n\r\n")
        self.assertEqual(status, 400, answer)
        self.assert_absent("wrong-crc")

    def test_signed_chunks(self):
        signer = self.signer()
        pieces = [os.urandom(70_000), os.urandom(3)]
        size = sum(map(len, pieces))
        extra = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": str(size)}
        headers = signer.head("/%s/signed" % BUCKET, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", extra)
        body = signer.chunks(pieces)
        status, answer = self.put("signed", headers, body)
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.stored("signed"), b"".join(pieces))

    def test_a_chunk_that_was_changed_is_refused_and_nothing_is_stored(self):
        signer = self.signer()
        extra = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": "10"}
        headers = signer.head("/%s/changed" % BUCKET, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", extra)
        body = signer.chunks([b"0123456789"]).replace(b"0123456789", b"0123456780")
        status, answer = self.put("changed", headers, body)
        self.assertEqual(status, 403, answer)
        self.assertIn(b"SignatureDoesNotMatch", answer)
        self.assert_absent("changed")

    def test_a_wrong_signature_is_refused_before_the_body(self):
        signer = Signer(self.key[0], "not the secret", "127.0.0.1:%d" % self.server.port)
        headers = dict(signer.head("/%s/early" % BUCKET, "UNSIGNED-PAYLOAD"), expect="100-continue")
        headers["content-length"] = "1000000"
        status, answer = self.put("early", headers, b"", length=False)
        self.assertEqual(status, 403, answer)
        self.assert_absent("early")

    def test_what_its_head_tells_is_refused_before_the_body(self):
        self.s3.put_object(Bucket=BUCKET, Key="taken", Body=b"first")
        upload = self.s3.create_multipart_upload(Bucket=BUCKET, Key="parts")["UploadId"]
        for path, more, wanted in (
            ("nobody/early", {}, (404, b"NoSuchBucket")),
            (BUCKET + "/taken", {"if-none-match": "*"}, (412, b"PreconditionFailed")),
            (BUCKET + "/parts?partNumber=1&uploadId=" + upload[:-1], {}, (404, b"NoSuchUpload")),
        ):
            with self.subTest(path):
                headers = Signer("nobody", "nothing", "127.0.0.1").head("/" + path, "UNSIGNED-PAYLOAD", more)
                headers.update({"expect": "100-continue", "content-length": "1000000"})
                head = "PUT /%s HTTP/1.1\r\n" % path + "".join("%s: %s\r\n" % field for field in headers.items())
                with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
                    raw.sendall(head.encode() + b"\r\n")
                    answer = http.client.HTTPResponse(raw)
                    answer.begin()
                    self.assertEqual(answer.status, wanted[0])
                    self.assertIn(b"<Code>%s</Code>" % wanted[1], answer.read())
        self.assertEqual(self.stored("taken"), b"first")

    def test_a_body_that_is_not_what_its_digest_says(self):
        headers = {"host": "127.0.0.1", "x-amz-content-sha256": sha(b"something else")}
        status, answer = self.put("digest", headers, b"hello")
        self.assertEqual(status, 400, answer)
        self.assertIn(b"XAmzContentSHA256Mismatch", answer)
        self.assert_absent("digest")

    def test_a_body_that_ends_early_stores_nothing(self):
        headers = {"host": "127.0.0.1", "content-length": "1000"}
        with socket.create_connection(("127.0.0.1", self.server.port), 20) as raw:
            head = "PUT /%s/half HTTP/1.1\r\n" % BUCKET + "".join("%s: %s\r\n" % field for field in headers.items())
            raw.sendall(head.encode() + b"\r\n" + b"a" * 400)
        headers = {"host": "127.0.0.1", "content-encoding": "aws-chunked", "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
        status, answer = self.put("half-chunk", headers, b"10\r\nabc")
        self.assertEqual(status, 400, answer)
        self.assertIn(b"IncompleteBody", answer)
        self.assert_absent("half")
        self.assert_absent("half-chunk")

    def test_malformed_chunks(self):
        headers = {"host": "127.0.0.1", "content-encoding": "aws-chunked", "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
        for body in (b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"\r\n\r\n", b"3;" + b"x" * 10000):
            with self.subTest(body[:12]):
                status, answer = self.put("malformed", headers, body)
                self.assertEqual(status, 400, answer)
        self.assert_absent("malformed")

    def test_objects_larger_than_the_body_limit_stream_both_ways(self):
        data = os.urandom(1 << 20) * 24  # the limit of what is gathered is 10 MiB
        self.s3.put_object(Bucket=BUCKET, Key="large", Body=data)
        self.assertEqual(hashlib.md5(self.stored("large")).digest(), hashlib.md5(data).digest())


if __name__ == "__main__":
    unittest.main()
