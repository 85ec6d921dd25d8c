"""Uploads by HTML form: policies, signatures of both versions, what the browser is answered."""

import base64
import datetime
import hashlib
import hmac
import json
import unittest
import urllib.error
import urllib.request
import xml.etree.ElementTree

from service_case import ServiceCase


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Post(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        iam = cls.server.client("iam")
        iam.create_user(UserName="poster")
        key = iam.create_access_key(UserName="poster")["AccessKey"]
        cls.access_key, cls.secret_key = key["AccessKeyId"], key["SecretAccessKey"]
        cls.s3 = cls.server.client("s3", access_key=cls.access_key, secret_key=cls.secret_key, signature_version="s3v4")
        cls.s3.create_bucket(Bucket="forms")

    def post(self, fields, file=b"content", filename="cat.txt", bucket="forms"):
        """(status, headers, body)"""
        boundary = "x" * 20
        body = b""
        for name, value in list(fields.items()) + ([("file", file)] if file is not None else []):
            extra = '; filename="%s"' % filename if name == "file" else ""
            body += ('--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (boundary, name, extra)).encode()
            body += (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
        body += ("--%s--\r\n" % boundary).encode()
        request = urllib.request.Request("%s/%s" % (self.server.endpoint, bucket), data=body, method="POST",
                                         headers={"Content-Type": "multipart/form-data; boundary=" + boundary})
        try:
            with urllib.request.build_opener(NoRedirect).open(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def code(self, fields, **more):
        status, _, body = self.post(fields, **more)
        return status, xml.etree.ElementTree.fromstring(body).findtext("Code")

    def presigned(self, key="cat.txt", **more):
        return self.s3.generate_presigned_post("forms", key, **more)["fields"]

    def test_version_4(self):
        status, headers, body = self.post(self.presigned())
        self.assertEqual((status, body), (204, b""))
        self.assertEqual(headers["ETag"], '"%s"' % hashlib.md5(b"content").hexdigest())
        self.assertTrue(headers["Location"].endswith("/forms/cat.txt"))
        self.assertEqual(self.s3.get_object(Bucket="forms", Key="cat.txt")["Body"].read(), b"content")
        broken = dict(self.presigned(), **{"x-amz-signature": "0" * 64})
        self.assertEqual(self.code(broken), (403, "SignatureDoesNotMatch"))

    def test_version_2(self):
        expiration = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        policy = {"expiration": expiration.strftime("%Y-%m-%dT%H:%M:%SZ"), "conditions": [{"bucket": "forms"}, {"key": "two"}]}
        policy = base64.b64encode(json.dumps(policy).encode())
        signature = base64.b64encode(hmac.new(self.secret_key.encode(), policy, hashlib.sha1).digest())
        fields = {"key": "two", "AWSAccessKeyId": self.access_key, "policy": policy, "signature": signature}
        self.assertEqual(self.post(fields)[0], 204)
        self.assertEqual(self.code(dict(fields, signature="AAAA")), (403, "SignatureDoesNotMatch"))
        self.assertEqual(self.code(dict(fields, key="three")), (403, "AccessDenied"))
        del fields["signature"]
        self.assertEqual(self.code(fields), (400, "InvalidArgument"))

    def test_fields_become_the_object(self):
        fields = {"Content-Type": "text/plain", "x-amz-meta-color": "blue", "Cache-Control": "no-store",
                  "x-amz-storage-class": "STANDARD_IA", "x-amz-checksum-algorithm": "SHA256",
                  "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(b"content").digest()).decode(),
                  "tagging": "<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>"}
        conditions = [{name: value} for name, value in fields.items()]
        self.assertEqual(self.post(self.presigned("full", Fields=fields, Conditions=conditions))[0], 204)
        head = self.s3.head_object(Bucket="forms", Key="full", ChecksumMode="ENABLED")
        self.assertEqual((head["ContentType"], head["Metadata"], head["CacheControl"], head["StorageClass"]),
                         ("text/plain", {"color": "blue"}, "no-store", "STANDARD_IA"))
        self.assertEqual(head["ChecksumSHA256"], fields["x-amz-checksum-sha256"])
        self.assertEqual(self.s3.get_object_tagging(Bucket="forms", Key="full")["TagSet"], [{"Key": "a", "Value": "b c"}])
        fields["x-amz-checksum-sha256"] = base64.b64encode(b"0" * 32).decode()
        conditions = [{name: value} for name, value in fields.items()]
        self.assertEqual(self.code(self.presigned("full", Fields=fields, Conditions=conditions)), (400, "BadDigest"))

    def test_answers(self):
        for asked, status in (("200", 200), ("201", 201), ("204", 204), ("500", 204)):
            fields = self.presigned("s", Fields={"success_action_status": asked}, Conditions=[{"success_action_status": asked}])
            got, _, body = self.post(fields)
            self.assertEqual(got, status)
            if status == 201:
                answer = xml.etree.ElementTree.fromstring(body)
                self.assertEqual([answer.findtext(name) for name in ("Bucket", "Key")], ["forms", "s"])
        url = "http://example.com/done?x=1"
        fields = self.presigned("a b", Fields={"success_action_redirect": url}, Conditions=[{"success_action_redirect": url}])
        status, headers, _ = self.post(fields)
        self.assertEqual(status, 303)
        etag = hashlib.md5(b"content").hexdigest()
        self.assertEqual(headers["Location"], url + "&bucket=forms&key=a%20b&etag=%22" + etag + "%22")

    def test_conditions(self):
        sized = lambda low, high: self.presigned("sized", Conditions=[["content-length-range", low, high]])
        self.assertEqual(self.post(sized(7, 7))[0], 204)
        self.assertEqual(self.code(sized(8, 9)), (400, "EntityTooSmall"))
        self.assertEqual(self.code(sized(0, 6)), (400, "EntityTooLarge"))
        self.assertEqual(self.code(dict(self.presigned(), extra="1")), (403, "AccessDenied"))
        self.assertEqual(self.post(dict(self.presigned(), **{"x-ignore-me": "1"}))[0], 204)
        self.assertEqual(self.code(self.presigned(ExpiresIn=-10)), (403, "AccessDenied"))
        status, _, _ = self.post(self.presigned("up/${filename}"), filename="C:\\pictures\\dog.txt")
        self.assertEqual(status, 204)
        self.s3.head_object(Bucket="forms", Key="up/dog.txt")

    def test_forms_that_are_none(self):
        self.assertEqual(self.code({}), (400, "InvalidArgument"))
        self.assertEqual(self.code(self.presigned(), file=None), (400, "InvalidArgument"))
        self.assertEqual(self.code({"key": "x"}), (403, "AccessDenied"))
        self.assertEqual(self.code(self.presigned(), bucket="missing"), (403, "AccessDenied"))
        status, _, body = self.server.request("POST", "/forms", b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"})
        self.assertEqual(status, 400)
        self.assertIn(b"MalformedPOSTRequest", body)
        status, _, body = self.server.request("POST", "/forms", b"x=1", {"Content-Type": "text/plain"})
        self.assertEqual(status, 412)

    def test_a_large_file(self):
        body = bytes(range(256)) * 4096 + b"\r\n--xxxxxxxxxxxxxxxxxxx\r\n" * 3000
        self.assertEqual(self.post(self.presigned("large"), file=body)[0], 204)
        self.assertEqual(self.s3.get_object(Bucket="forms", Key="large")["Body"].read(), body)


if __name__ == "__main__":
    unittest.main()
