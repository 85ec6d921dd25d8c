"""The host: HTTP framing, limits, what it answers to what it has not, flags, start-up errors and drain."""

import gzip
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from orrery_server import Server
from service_case import ServiceCase

STS = "Action=GetCallerIdentity&Version=2011-06-15"


def form(body=STS, extra="", target="/"):
    return (
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "%sContent-Length: %d\r\n\r\n%s" % (target, extra, len(body), body)
    ).encode()


class Raw:
    """A socket that reads whole answers."""

    def __init__(self, server, timeout=20):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(self.buffer)
        self.buffer += data

    def answer(self, head_only=False):
        """(status, headers, body)"""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}
        length = 0 if head_only else int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return int(lines[0].split()[1]), headers, body

    def closed(self):
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class HostTest(ServiceCase):
    flags = ("--max-body", "65536", "--read-timeout", "5")


class Framing(HostTest):
    def test_keep_alive_serves_many_requests(self):
        with Raw(self.server) as raw:
            for _ in range(20):
                raw.send(form())
                status, headers, _ = raw.answer()
                self.assertIn(status, (200, 403, 501))
                self.assertEqual(headers["connection"], "keep-alive")

    def test_pipelined_requests_are_answered_in_order(self):
        with Raw(self.server) as raw:
            raw.send(b"".join(form("Action=NoSuch%d&Version=2011-06-15" % n) for n in range(50)))
            with_names = [raw.answer()[2] for _ in range(50)]
        for body in with_names:
            self.assertTrue(body)

    def test_connection_close_is_honoured(self):
        with Raw(self.server) as raw:
            raw.send(form(extra="Connection: close\r\n"))
            self.assertEqual(raw.answer()[1]["connection"], "close")
            self.assertTrue(raw.closed())

    def test_chunked_body_in_pieces(self):
        whole = STS.encode()
        with Raw(self.server) as raw:
            raw.send(
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )
            for n in range(0, len(whole), 7):
                piece = whole[n : n + 7]
                raw.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            raw.send(b"0\r\nX-Trailer: 1\r\n\r\n")
            chunked = raw.answer()
            raw.send(form())
            plain = raw.answer()
        self.assertEqual(chunked[0], plain[0])

    def test_expect_continue(self):
        with Raw(self.server) as raw:
            body = STS.encode()
            raw.send(
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
            )
            self.assertEqual(raw.answer()[0], 100)
            raw.send(body)
            self.assertNotEqual(raw.answer()[0], 100)

    def test_head_has_no_body(self):
        with Raw(self.server) as raw:
            raw.send(b"HEAD /_orrery/health HTTP/1.1\r\nHost: x\r\n\r\nGET /_orrery/health HTTP/1.1\r\nHost: x\r\n\r\n")
            status, headers, _ = raw.answer(head_only=True)
            self.assertEqual(status, 200)
            self.assertGreater(int(headers["content-length"]), 10)
            self.assertEqual(json.loads(raw.answer()[2])["status"], "ok")

    def test_gzip_body(self):
        body = gzip.compress(b"Action=NoSuchThing&Version=2011-06-15")
        head = "Content-Type: application/x-www-form-urlencoded\r\nContent-Encoding: gzip\r\n"
        with Raw(self.server) as raw:
            raw.send(
                ("POST / HTTP/1.1\r\nHost: sts.localhost\r\n%sContent-Length: %d\r\n\r\n" % (head, len(body))).encode()
                + body
            )
            status, _, answer = raw.answer()
        self.assertEqual(status, 400)
        self.assertIn(b"InvalidAction", answer)
        self.assertIn(b"NoSuchThing", answer)

    def test_gzip_bomb_is_bounded(self):
        body = gzip.compress(b"a" * 5_000_000)
        head = "Content-Type: application/x-www-form-urlencoded\r\nContent-Encoding: gzip\r\n"
        with Raw(self.server) as raw:
            raw.send(
                ("POST / HTTP/1.1\r\nHost: sts.localhost\r\n%sContent-Length: %d\r\n\r\n" % (head, len(body))).encode()
                + body
            )
            self.assertEqual(raw.answer()[0], 413)

    def test_ambiguous_framing_is_refused_and_closed(self):
        head = "POST / HTTP/1.1\r\nHost: x\r\n"
        for name, request in {
            "length and coding": head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "coding and length": head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "two lengths": head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
            "the same length twice": head + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
            "a list of lengths": head + "Content-Length: 5, 5\r\n\r\nhello",
            "signed length": head + "Content-Length: +5\r\n\r\nhello",
            "negative length": head + "Content-Length: -5\r\n\r\nhello",
            "unknown coding": head + "Transfer-Encoding: gzip\r\n\r\n",
            "two codings": head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "chunked twice": head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "bare LF after the start line": "POST / HTTP/1.1\nHost: x\r\n\r\n",
            "bare LF after a field": "POST / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
            "space before the colon": "POST / HTTP/1.1\r\nHost : x\r\n\r\n",
            "bare LF everywhere": "GET / HTTP/1.1\nHost: x\n\n",
            "two hosts": "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "no HTTP at all": "hello\r\n\r\n",
            "chunk size that is no number": head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "bare LF in a chunk": head + "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n",
        }.items():
            with self.subTest(name), Raw(self.server) as raw:
                raw.send(request.encode())
                raw.socket.shutdown(socket.SHUT_WR)
                status, headers, _ = raw.answer()
                self.assertEqual(status, 400)
                self.assertEqual(headers["connection"], "close")
                self.assertTrue(raw.closed())

    def test_limits(self):
        with Raw(self.server) as raw:
            raw.send(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 70000 + b"\r\n\r\n")
            self.assertEqual(raw.answer()[0], 431)
        with Raw(self.server) as raw:
            raw.send(b"POST / HTTP/1.1\r\nHost: sts.localhost\r\nContent-Length: 99999999\r\n\r\n")
            self.assertEqual(raw.answer()[0], 413)
        with Raw(self.server) as raw:
            raw.send(b"POST / HTTP/1.1\r\nHost: sts.localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            raw.send(b"20000\r\n" + b"a" * 0x20000)
            self.assertEqual(raw.answer()[0], 413)

    def test_a_silent_client_is_closed_and_a_slow_one_is_not(self):
        with Raw(self.server) as silent, Raw(self.server) as slow:
            silent.send(b"POST / HT")
            started = time.monotonic()
            for byte in b"GET /_orrery/health HTTP/1.1\r\nHost: x\r\n\r\n"[:12]:
                slow.send(bytes([byte]))
                time.sleep(0.6)
            slow.send(b"GET /_orrery/health HTTP/1.1\r\nHost: x\r\n\r\n"[12:])
            self.assertEqual(slow.answer()[0], 200)
            self.assertGreater(time.monotonic() - started, 5)
            self.assertTrue(silent.closed())


class Slow(HostTest):
    def test_two_thousand_dripping_connections_do_not_slow_the_others(self):
        sockets = []
        try:
            for _ in range(2000):
                sockets.append(socket.create_connection(("127.0.0.1", self.server.port), 20))
            for n, each in enumerate(sockets):
                each.sendall(b"GET /_orrery/he"[: 1 + n % 14])
            started = time.monotonic()
            for _ in range(50):
                self.assertEqual(self.server.request("GET", "/_orrery/health")[0], 200)
            self.assertLess(time.monotonic() - started, 5)
        finally:
            for each in sockets:
                each.close()


class Answers(HostTest):
    def test_known_but_unbuilt_is_501_and_names_the_operation(self):
        client = self.server.client("ec2")
        with self.assertRaises(client.exceptions.ClientError) as caught:
            client.describe_spot_fleet_requests()
        response = caught.exception.response
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 501)
        self.assertEqual(response["Error"]["Code"], "NotImplemented")
        self.assertIn("DescribeSpotFleetRequests", response["Error"]["Message"])
        last = self.server.console("requests")["requests"][-1]
        self.assertEqual((last["service"], last["operation"], last["status"]), ("ec2", "DescribeSpotFleetRequests", 501))

    def test_a_service_that_is_none_of_ours_is_named(self):
        client = self.server.client("sqs")
        with self.assertRaises(client.exceptions.ClientError) as caught:
            client.list_queues()
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 501)
        self.assertIn("sqs", caught.exception.response["Error"]["Message"])

    def test_unknown_operations(self):
        status, _, body = self.server.request(
            "POST", "/", b"Action=Nonsense&Version=2010-05-08", {"Host": "iam.localhost"}
        )
        self.assertEqual(status, 400)
        self.assertIn(b"InvalidAction", body)
        status, _, body = self.server.request(
            "POST", "/", b"{}", {"X-Amz-Target": "DynamoDB_20120810.Nonsense", "Content-Type": "application/x-amz-json-1.0"}
        )
        self.assertEqual(status, 400)
        self.assertIn(b"UnknownOperationException", body)
        self.assertEqual(self.server.console("requests")["requests"][-1]["operation"], "Nonsense")

    def test_health_and_its_aliases(self):
        for path in ("/_orrery/health", "/_localstack/health", "/health"):
            status, _, body = self.server.request("GET", path)
            health = json.loads(body)
            self.assertEqual((status, health["status"]), (200, "ok"))
            self.assertEqual(len(health["services"]), 11)
            self.assertEqual(health["services"]["ec2"]["status"], "available")
        self.assertEqual(self.server.request("GET", "/_orrery/nothing")[0], 404)
        self.assertEqual(self.server.request("DELETE", "/_orrery/health")[0], 405)

    def test_clock(self):
        before = self.server.console("clock")["now_ms"]
        after = self.server.advance(3_600_000)["now_ms"]
        self.assertGreaterEqual(after - before, 3_600_000)
        self.server.advance(-3_600_000)
        self.assertEqual(self.server.request("POST", "/_orrery/clock?advance=soon")[0], 400)

    def test_the_findings_command(self):
        run = subprocess.run(
            [self.server.binary, "findings", "--json", "--endpoint", self.server.endpoint], capture_output=True, text=True
        )
        self.assertEqual((run.returncode, json.loads(run.stdout)["findings"]), (0, []))
        run = subprocess.run([self.server.binary, "findings", "--endpoint", "http://127.0.0.1:1"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stderr.count("\n"), 1)


class Life(unittest.TestCase):
    def binary(self, *arguments, **options):
        return subprocess.run(
            [os.environ.get("ORRERY_BINARY", "orrery"), *arguments], capture_output=True, text=True, timeout=30, **options
        )

    def test_a_restart_keeps_the_time(self):
        with Server(data_dir=True) as server:
            server.advance(3_600_000)
            server.restart()
            self.assertEqual(server.console("clock")["offset_ms"], 3_600_000)
            server.console("reset", "POST")
            server.restart()
            self.assertEqual(server.console("clock")["offset_ms"], 0)

    def test_version_help_and_env(self):
        self.assertRegex(self.binary("--version").stdout, r"^orrery \d+\.\d+\.\d+\n$")
        help_text = self.binary("serve", "--help").stdout
        for flag in ("--listen", "--data-dir", "ORRERY_DATA_DIR", "--ephemeral", "--strict", "--log-format"):
            self.assertIn(flag, help_text)
        env = self.binary("env").stdout
        self.assertIn("export AWS_ENDPOINT_URL=http://127.0.0.1:4566", env)
        self.assertEqual(self.binary("nonsense").returncode, 1)

    def test_start_up_errors_are_one_line_and_exit_1(self):
        with Server() as server, tempfile.TemporaryDirectory() as folder:
            newer = os.path.join(folder, "newer")
            with Server(data_dir=newer):
                locked = self.binary("serve", "--listen", "127.0.0.1:0", "--data-dir", newer)
            import sqlite3

            with sqlite3.connect(os.path.join(newer, "orrery.db")) as database:
                database.execute("UPDATE schema_version SET version = 999")
            database.close()
            file = os.path.join(folder, "file")
            open(file, "w").close()
            for name, run, word in (
                ("busy port", self.binary("serve", "--ephemeral", "--listen", "127.0.0.1:%d" % server.port), "in use"),
                ("locked", locked, "in use by another orrery"),
                ("newer", self.binary("serve", "--listen", "127.0.0.1:0", "--data-dir", newer), "newer"),
                ("unwritable", self.binary("serve", "--listen", "127.0.0.1:0", "--data-dir", file + "/x"), "data directory"),
                ("no address", self.binary("serve", "--ephemeral", "--listen", "here"), "ADDRESS:PORT"),
            ):
                with self.subTest(name):
                    self.assertEqual(run.returncode, 1, run)
                    self.assertIn(word, run.stderr)
                    self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
                    self.assertNotIn("Ready.", run.stdout)

    def test_flags_from_the_environment(self):
        with Server(env={"ORRERY_ACCOUNT": "111122223333", "ORRERY_MAX_BODY": "100"}) as server:
            status, _, _ = server.request("POST", "/", b"a" * 200, {"Host": "sts.localhost"})
            self.assertEqual(status, 413)
            self.assertEqual(server.console("requests")["requests"][-1]["account"], "111122223333")

    def test_drain_closes_idle_connections_and_exits_0(self):
        server = Server()
        with Raw(server) as idle:
            idle.send(b"GET /_orrery/health HTTP/1.1\r\nHost: x\r\n\r\n")
            idle.answer()
            started = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - started, 5)
            self.assertTrue(idle.closed())

    def test_a_request_in_flight_is_answered_while_draining(self):
        server = Server()
        with Raw(server) as raw:
            request = form()
            raw.send(request[:-10])
            time.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            raw.send(request[-10:])
            status, headers, _ = raw.answer()
            self.assertGreater(status, 0)
            self.assertEqual(headers["connection"], "close")
        self.assertEqual(server.process.wait(10), 0)

    def test_a_second_signal_stops(self):
        server = Server()
        with Raw(server) as raw:
            raw.send(form()[:-10])
            time.sleep(0.2)
            server.process.send_signal(signal.SIGINT)
            time.sleep(0.3)
            self.assertIsNone(server.process.poll())
            server.process.send_signal(signal.SIGINT)
            self.assertEqual(server.process.wait(10), 130)

    def test_ephemeral_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(env={"TMPDIR": folder})
            self.assertEqual(len(os.listdir(folder)), 1)
            server.stop()
            self.assertEqual(os.listdir(folder), [])

    def test_tls_with_a_generated_certificate(self):
        with tempfile.TemporaryDirectory() as folder, Server("--tls-listen", "127.0.0.1:0", data_dir=folder) as server:
            trust = ssl.create_default_context(cafile=os.path.join(folder, "tls", "certificate.pem"))
            with socket.create_connection(("127.0.0.1", server.tls_port), 20) as plain:
                with trust.wrap_socket(plain, server_hostname="localhost") as secure:
                    for _ in range(3):
                        secure.sendall(b"GET /_orrery/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        answer = b""
                        while not answer.rstrip().endswith(b"}\n}") and not re.search(rb"\n}\n$", answer):
                            answer += secure.recv(65536)
                        self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK"))
            # The same authority, as the server hands it out.
            bundle = server.request("GET", "/_orrery/ca.pem")[2].decode()
            trust = ssl.create_default_context(cadata=bundle)
            with socket.create_connection(("127.0.0.1", server.tls_port), 20) as plain:
                trust.wrap_socket(plain, server_hostname="bucket.s3.localhost").close()
            server.restart()
            self.assertEqual(server.request("GET", "/_orrery/ca.pem")[2].decode(), bundle)

    def test_doctor_says_what_serve_would_work_with(self):
        with Server() as server, tempfile.TemporaryDirectory() as folder:
            listen = "127.0.0.1:%d" % server.port
            good = self.binary("doctor", "--listen", listen, "--data-dir", folder + "/new", "--engines", "off")
            self.assertEqual(good.returncode, 0, good.stdout)
            self.assertIn("an Orrery answers there", good.stdout)
            self.assertEqual(os.listdir(folder), [])
            open(folder + "/file", "w").close()
            with socket.socket() as other:
                other.bind(("127.0.0.1", 0))
                other.listen()
                busy = self.binary("doctor", "--listen", "127.0.0.1:%d" % other.getsockname()[1], "--engines", "off")
            self.assertEqual(busy.returncode, 1)
            self.assertRegex(busy.stdout, "BAD +http +.* is in use by another program")
            for flags, word in (
                (("--data-dir", folder + "/file/x"), "cannot be written"),
                (("--engines", "oracle=native"), "there is no engine oracle"),
            ):
                bad = self.binary("doctor", "--listen", listen, *flags)
                self.assertEqual(bad.returncode, 1)
                self.assertIn(word, bad.stdout)

    def test_json_log(self):
        server = Server("--log-level", "debug", "--log-format", "json")
        server.request("POST", "/", STS.encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        server.stop()
        lines = [json.loads(line) for line in server.output if line.startswith("{")]
        self.assertTrue(any(line.get("operation") == "GetCallerIdentity" for line in lines), server.output)


if __name__ == "__main__":
    unittest.main()
