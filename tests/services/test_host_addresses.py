"""Where clients reach the server and what moves there by itself: HTTPS, buckets in host names, the clock, reset."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import boto3
import botocore.config
from botocore.exceptions import ClientError
from orrery_server import Server
from service_case import ServiceCase


def until(condition, seconds=15):
    """The clock's work is done once a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


class Tls(unittest.TestCase):
    def client(self, server, service, bundle):
        return boto3.session.Session().client(
            service, region_name="us-east-1", endpoint_url="https://localhost:%d" % server.tls_port, verify=bundle,
            aws_access_key_id="test", aws_secret_access_key="test",
            config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}))

    def exercise(self, server, bundle):
        self.assertEqual(self.client(server, "sts", bundle).get_caller_identity()["Account"], "000000000000")
        s3 = self.client(server, "s3", bundle)
        body = os.urandom(3 << 20)
        s3.create_bucket(Bucket="over-tls")
        s3.put_object(Bucket="over-tls", Key="key", Body=body)
        self.assertEqual(s3.get_object(Bucket="over-tls", Key="key")["Body"].read(), body)
        if shutil.which("curl"):
            curl = subprocess.run(["curl", "-sS", "--cacert", bundle, "https://localhost:%d/_orrery/health" % server.tls_port],
                                  capture_output=True, text=True)
            self.assertEqual(json.loads(curl.stdout)["status"], "ok", curl.stderr)
        with self.assertRaises(botocore.exceptions.SSLError):
            self.client(server, "sts", None).get_caller_identity()

    def test_a_generated_certificate(self):
        with tempfile.TemporaryDirectory() as folder:
            bundle = os.path.join(folder, "tls", "certificate.pem")
            with Server("--tls-listen", "127.0.0.1:0", data_dir=folder) as server:
                self.exercise(server, bundle)
                first = pathlib.Path(bundle).read_bytes()
                key = os.path.join(folder, "tls", "key.pem")
                self.assertEqual(os.stat(key).st_mode & 0o077, 0)
                server.restart()
                self.assertEqual(pathlib.Path(bundle).read_bytes(), first, "clients that trust it would have to learn anew")

    def test_a_given_certificate(self):
        if not shutil.which("openssl"):
            self.skipTest("no openssl")
        with tempfile.TemporaryDirectory() as folder:
            chain, key = os.path.join(folder, "chain.pem"), os.path.join(folder, "key.pem")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
                            "-out", chain, "-subj", "/CN=given", "-addext", "subjectAltName=DNS:localhost"],
                           check=True, capture_output=True)
            flags = ("--tls-listen", "127.0.0.1:0", "--tls-cert", chain, "--tls-key", key)
            with Server(*flags) as server:
                self.exercise(server, chain)
            for bad in (("--tls-cert", chain), ("--tls-cert", key, "--tls-key", key),
                        ("--tls-cert", folder + "/none", "--tls-key", key)):
                run = subprocess.run([os.environ.get("ORRERY_BINARY", "orrery"), "serve", "--ephemeral", "--listen",
                                      "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", *bad],
                                     capture_output=True, text=True, timeout=30)
                self.assertEqual(run.returncode, 1, bad)
                self.assertNotIn("Ready.", run.stdout)
                self.assertIn("tls" if len(bad) == 2 else "certificate", run.stderr)


class Connections(unittest.TestCase):
    def test_the_limit(self):
        with Server("--max-connections", "5") as server:
            held = [socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(5)]
            try:
                for each in held:
                    each.sendall(b"GET /_orrery/health HTTP/1.1\r\nHost: x\r\n\r\n")
                    self.assertTrue(each.recv(100).startswith(b"HTTP/1.1 200"))
                with socket.create_connection(("127.0.0.1", server.port), 10) as sixth:
                    try:
                        sixth.sendall(b"GET /_orrery/health HTTP/1.1\r\nHost: x\r\n\r\n")
                        self.assertEqual(sixth.recv(100), b"")
                    except (ConnectionResetError, BrokenPipeError):
                        pass
            finally:
                for each in held:
                    each.close()

            def served():
                try:
                    return server.request("GET", "/_orrery/health")[0] == 200
                except OSError:
                    return False

            self.assertTrue(until(served), "a place is free again")


class VirtualHosts(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resolve = socket.getaddrinfo
        # Not every system's resolver knows that names below localhost are this machine (RFC 6761, 6.3).
        socket.getaddrinfo = lambda host, *rest, **named: cls.resolve(
            "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)

    @classmethod
    def tearDownClass(cls):
        socket.getaddrinfo = cls.resolve
        super().tearDownClass()

    def test_boto3_with_virtual_addressing(self):
        for number, host in enumerate(("localhost", "s3.localhost", "s3.us-east-1.localhost")):
            with self.subTest(host):
                bucket = "virtual-%d" % number
                s3 = self.server.client("s3", endpoint_url="http://%s:%d" % (host, self.server.port),
                                        s3={"addressing_style": "virtual"})
                hosts = []
                s3.meta.events.register("before-send.s3", lambda request, **_: hosts.append(request.url.split("/")[2]))
                s3.create_bucket(Bucket=bucket)
                s3.put_object(Bucket=bucket, Key="a/b c+d", Body=b"hello", Metadata={"k": "v"})
                answer = s3.get_object(Bucket=bucket, Key="a/b c+d")
                self.assertEqual((answer["Body"].read(), answer["Metadata"]), (b"hello", {"k": "v"}))
                self.assertEqual([o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]], ["a/b c+d"])
                # boto3 presigns by Signature Version 2 unless told otherwise
                signer = self.server.client("s3", endpoint_url="http://%s:%d" % (host, self.server.port),
                                            s3={"addressing_style": "virtual"}, signature_version="s3v4")
                url = signer.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a/b c+d"})
                self.assertTrue(url.startswith("http://%s.%s:" % (bucket, host)), url)
                path = "/" + url.split("/", 3)[3]
                self.assertEqual(self.server.request("GET", path, headers={"Host": url.split("/")[2]})[2], b"hello")
                self.assertEqual(set(hosts), {"%s.%s:%d" % (bucket, host, self.server.port)})
                # The same bucket by its path.
                self.assertEqual(self.server.client("s3").head_object(Bucket=bucket, Key="a/b c+d")["ContentLength"], 5)

    def test_signatures_hold_for_the_host_that_was_signed(self):
        iam = self.server.client("iam")
        iam.create_user(UserName="virtual")
        iam.attach_user_policy(UserName="virtual", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        key = iam.create_access_key(UserName="virtual")["AccessKey"]
        options = dict(access_key=key["AccessKeyId"], s3={"addressing_style": "virtual"},
                       endpoint_url="http://s3.localhost:%d" % self.server.port)
        good = self.server.client("s3", secret_key=key["SecretAccessKey"], **options)
        good.create_bucket(Bucket="signed-virtual")
        good.put_object(Bucket="signed-virtual", Key="k", Body=b"x")
        self.refused("SignatureDoesNotMatch", self.server.client("s3", secret_key="wrong", **options).get_object,
                     Bucket="signed-virtual", Key="k")


class ByTheClock(ServiceCase):
    DAY = 86_400_000

    def test_what_ends_when_its_time_has_come(self):
        kms, secrets = self.server.client("kms"), self.server.client("secretsmanager")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        secrets.create_secret(Name="ends", SecretString="x")
        secrets.delete_secret(SecretId="ends", RecoveryWindowInDays=7)
        self.server.advance(6 * self.DAY)
        time.sleep(2.5)
        self.assertEqual(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "PendingDeletion")
        self.assertIn("DeletedDate", secrets.describe_secret(SecretId="ends"))

        self.server.advance(2 * self.DAY)
        self.assertTrue(until(lambda: self.gone(kms.describe_key, KeyId=key)))
        self.assertTrue(until(lambda: self.gone(secrets.describe_secret, SecretId="ends")))

    def gone(self, call, **arguments):
        try:
            call(**arguments)
        except ClientError as error:
            return error.response["Error"]["Code"] in ("NotFoundException", "ResourceNotFoundException")
        return False


class Reset(unittest.TestCase):
    def test_nothing_stays(self):
        with Server(data_dir=True) as server:
            s3 = server.client("s3")
            s3.create_bucket(Bucket="reset-me")
            s3.put_object(Bucket="reset-me", Key="large", Body=os.urandom(6 << 20))
            upload = s3.create_multipart_upload(Bucket="reset-me", Key="parts")["UploadId"]
            s3.upload_part(Bucket="reset-me", Key="parts", UploadId=upload, PartNumber=1, Body=os.urandom(6 << 20))
            server.client("kms").create_key()
            folder = pathlib.Path(server.data_dir)
            files = lambda: [path for path in (folder / "s3").rglob("*") if path.is_file()]
            self.assertGreaterEqual(sum(path.stat().st_size for path in files()), 12 << 20)
            server.advance(1000)
            self.assertEqual(server.reset(), {"status": "reset"})
            self.assertEqual(files(), [])
            self.assertEqual(s3.list_buckets()["Buckets"], [])
            self.assertEqual(server.client("kms").list_keys()["Keys"], [])
            self.assertEqual(server.console("clock")["offset_ms"], 0)
            self.assertEqual([entry["operation"] for entry in server.console("requests")["requests"]],
                             ["ListBuckets", "ListKeys"])
            # and all works as on the first day, over a restart too
            s3.create_bucket(Bucket="reset-me")
            body = os.urandom(6 << 20)
            s3.put_object(Bucket="reset-me", Key="large", Body=body)
            server.restart()
            self.assertEqual(s3.get_object(Bucket="reset-me", Key="large")["Body"].read(), body)


class Logs(unittest.TestCase):
    def test_a_line_a_request_at_debug_and_none_at_info(self):
        for level, expected in (("debug", 1), ("info", 0)):
            server = Server("--log-level", level)
            server.client("sts").get_caller_identity()
            server.stop()
            lines = [line for line in server.output if "operation=GetCallerIdentity" in line]
            self.assertEqual(len(lines), expected, server.output)
            for line in lines:
                for field in ("request_id=", "account=000000000000", "region=us-east-1", "service=sts", "status=200",
                              "duration_us="):
                    self.assertIn(field, line)

    def test_what_a_client_sends_cannot_forge_a_line(self):
        server = Server("--log-level", "debug")
        server.request("POST", "/", b"Action=A%0A2026-01-01+info+forged&Version=2011-06-15",
                       {"Host": "sts.localhost", "Content-Type": "application/x-www-form-urlencoded"})
        server.stop()
        self.assertFalse([line for line in server.output if line.startswith("2026-01-01 info")], server.output)
        self.assertTrue([line for line in server.output if "forged" in line], server.output)


if __name__ == "__main__":
    unittest.main()
