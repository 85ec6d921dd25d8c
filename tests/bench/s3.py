#!/usr/bin/env python3
"""S3 beside its peers in one run: Orrery, moto's server, s3rver from npm, nginx with the same file as the ceiling of
reads, and MD5 by OpenSSL as that of a single writer. Prints figures, fails on none.

    ORRERY_BINARY=build/release/orrery PYTHONPATH=tests/support python3 tests/bench/s3.py [SECONDS] [--memory [MIB]]

--memory: only what memory 32 parallel uploads of MIB (256, which takes 8 GiB of disk) need at most.

Needs wrk; leaves out what is not installed (moto_server, nginx, npm, openssl). Small objects go over 32 keep-alive connections of
wrk's. Large ones go over few connections of our own, which throw away what they receive (MSG_TRUNC) and send one buffer
again and again: wrk would measure itself, since it parses and builds every body.
"""

import argparse
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request

import boto3
import botocore.config
from orrery_server import Server
from peer import Peer, free_port

KIB, MIB = 1024, 1024 * 1024
SIZES = {"1 KiB": KIB, "1 MiB": MIB, "16 MiB": 16 * MIB}
CONNECTIONS, LARGE_CONNECTIONS = 32, 4
KEYS = 1_000_000
UPLOADS = 32
# The one that s3rver knows. Elsewhere nobody issued it, so that no server checks its signature.
ACCESS_KEY = "S3RVER"
AUTHORIZATION = ("AWS4-HMAC-SHA256 Credential=" + ACCESS_KEY + "/%s/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature="
                 + "0" * 64)


def headers():
    now = time.gmtime()
    return {"Authorization": AUTHORIZATION % time.strftime("%Y%m%d", now), "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", now),
            "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"}


def wrk(url, seconds, connections=CONNECTIONS, body=None, spread=False):
    """(requests a second, "p99 …"); bodies go by PUT, to a key of each request's own where `spread`."""
    lines = ['wrk.headers["%s"] = [[%s]]' % pair for pair in headers().items()]
    with tempfile.TemporaryDirectory() as folder:
        if body is not None:
            path = os.path.join(folder, "body")
            with open(path, "wb") as out:
                out.write(body)
            lines += ['wrk.method = "PUT"', 'local file = io.open("%s", "rb")' % path, 'wrk.body = file:read("*a")']
        if spread:
            lines += ["local n = 0", "request = function() n = n + 1 return wrk.format(nil, wrk.path .. n) end"]
        script = os.path.join(folder, "script.lua")
        with open(script, "w") as out:
            out.write("\n".join(lines) + "\n")
        run = subprocess.run(["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "--timeout", "30s", "--latency", "-s",
                              script, url], capture_output=True, text=True)
    found = {line.split()[0]: line.split()[-1] for line in run.stdout.splitlines() if line.strip()}
    bad = next((" " + line.strip() for line in run.stdout.splitlines() if "Non-2xx" in line), "")
    return float(found.get("Requests/sec:", 0)), "p99 %s%s" % (found.get("99%", "?"), bad)


class Stream(threading.Thread):
    """Sends one request after another on a connection of its own until the time is over."""

    def __init__(self, endpoint, path, until, body=None):
        super().__init__()
        self.host, self.port = endpoint.split("//")[1].split(":")
        self.path, self.until, self.body = path, until, body
        self.done, self.failed, self.took = 0, 0, []

    def run(self):
        buffer = bytearray(MIB)
        connection = None
        while time.perf_counter() < self.until:
            started = time.perf_counter()
            connection = connection or socket.create_connection((self.host, int(self.port)))
            if not self.exchange(connection, buffer):
                connection.close()
                connection = None
            self.took.append(time.perf_counter() - started)
            self.done += 1

    def exchange(self, connection, buffer):
        """False when the connection is of no further use."""
        method = "GET" if self.body is None else "PUT"
        fields = dict(headers(), Host="%s:%s" % (self.host, self.port))
        if self.body is not None:
            fields["Content-Length"] = len(self.body)
        head = "%s %s HTTP/1.1\r\n%s\r\n" % (method, self.path, "".join("%s: %s\r\n" % field for field in fields.items()))
        connection.sendall(head.encode())
        if self.body is not None:
            connection.sendall(self.body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(4096)
            if not piece:
                self.failed += 1
                return False
            answer += piece
        head, rest = answer.split(b"\r\n\r\n", 1)
        self.failed += b" 200 " not in head.split(b"\r\n", 1)[0]
        left = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")) - len(rest)
        while left > 0:
            left -= connection.recv_into(buffer, min(left, MIB), socket.MSG_TRUNC)
        return head.startswith(b"HTTP/1.1") and b"connection: close" not in head.lower()


def transfer(endpoint, path, seconds, connections, body=None):
    """(bodies a second, the slowest): of each connection its own key where bodies are sent."""
    started = time.perf_counter()
    streams = [Stream(endpoint, path if body is None else "%s%d" % (path, n), started + seconds, body) for n in range(connections)]
    for stream in streams:
        stream.start()
    for stream in streams:
        stream.join()
    failed = sum(stream.failed for stream in streams)
    slowest = max(took for stream in streams for took in stream.took)
    return (sum(stream.done for stream in streams) / (time.perf_counter() - started),
            "slowest %.0f ms%s" % (slowest * 1000, ", failed %d" % failed if failed else ""))


def read(endpoint, path, size, seconds):
    if size < MIB:
        return wrk(endpoint + path, seconds)
    return transfer(endpoint, path, seconds, LARGE_CONNECTIONS)


def show(who, what, size, rate, more):
    speed = "%9.0f/s" % rate if size < MIB else "%9.0f MB/s" % (rate * size / 1e6)
    print("%-8s %-34s %14s   %s" % (who, what, speed, more), flush=True)


def client(endpoint):
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=ACCESS_KEY,
                        aws_secret_access_key=ACCESS_KEY, config=botocore.config.Config(s3={"addressing_style": "path"}))


def measure(who, endpoint, seconds):
    s3 = client(endpoint)
    s3.create_bucket(Bucket="bench")
    for name, size in SIZES.items():
        s3.put_object(Bucket="bench", Key="read-%d" % size, Body=os.urandom(size))
        rate, more = read(endpoint, "/bench/read-%d" % size, size, seconds)
        show(who, "GET " + name, size, rate, more)
    rate, more = wrk(endpoint + "/bench/write-", seconds, body=os.urandom(KIB), spread=True)
    show(who, "PUT 1 KiB", KIB, rate, more)
    for streams in (1, 4):
        rate, more = transfer(endpoint, "/bench/large-", seconds, streams, body=os.urandom(16 * MIB))
        show(who, "PUT 16 MiB, streams: %d" % streams, 16 * MIB, rate, more)


def measure_nginx(seconds):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        for size in SIZES.values():
            with open(os.path.join(folder, "read-%d" % size), "wb") as out:
                out.write(os.urandom(size))
        os.chmod(folder, 0o755)
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w") as out:
            out.write("worker_processes auto; daemon off; pid %s/pid; error_log stderr; events {} http { sendfile on; access_log off;"
                      " keepalive_requests 10000000; server { listen 127.0.0.1:%d; root %s; } }" % (folder, port, folder))
        with Peer("nginx", "-p", folder, "-c", config, port=port) as nginx:
            for name, size in SIZES.items():
                rate, more = read(nginx.endpoint, "/read-%d" % size, size, seconds)
                show("nginx", "GET " + name, size, rate, more)


def measure_moto(seconds):
    with Peer("moto_server", "-p", "{port}") as moto:
        measure("moto", moto.endpoint, seconds)


def measure_s3rver(seconds):
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "s3rver"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            print("s3rver cannot be installed")
            return
        with Peer(os.path.join(folder, "node_modules", ".bin", "s3rver"), "--silent", "--address", "127.0.0.1",
                  "--allow-mismatched-signatures", "--port", "{port}", "--directory", os.path.join(folder, "data")) as s3rver:
            measure("s3rver", s3rver.endpoint, seconds)


def measure_md5(seconds):
    run = subprocess.run(["openssl", "speed", "-seconds", str(seconds), "-bytes", "65536", "md5"], capture_output=True, text=True)
    rate = float(run.stdout.split()[-1].rstrip("k")) * 1000
    show("openssl", "MD5, one thread", MIB, rate / MIB, "")


class Upload(Stream):
    """Sends one body."""

    def run(self):
        with socket.create_connection((self.host, int(self.port))) as connection:
            self.exchange(connection, bytearray(KIB))


def resident(process):
    """MiB."""
    with open("/proc/%d/status" % process.pid) as status:
        return next(int(line.split()[1]) / KIB for line in status if line.startswith("VmRSS"))


def measure_memory(server, mebibytes):
    client(server.endpoint).create_bucket(Bucket="bench")
    body = os.urandom(MIB) * mebibytes
    before = peak = resident(server.process)
    started = time.perf_counter()
    uploads = [Upload(server.endpoint, "/bench/upload-%d" % n, 0, body) for n in range(UPLOADS)]
    for upload in uploads:
        upload.start()
    while any(upload.is_alive() for upload in uploads):
        peak = max(peak, resident(server.process))
        time.sleep(0.02)
    rate = UPLOADS / (time.perf_counter() - started)
    failed = sum(upload.failed for upload in uploads)
    show("orrery", "PUT %d MiB, %d at once" % (mebibytes, UPLOADS), mebibytes * MIB, rate,
         "resident %.0f MiB before, %.0f at most, %.0f after%s" % (before, peak, resident(server.process), ", failed %d" % failed if failed else ""))


def fill(server):
    """Rows for a million keys, written past the server: through it, it would take minutes."""
    server.stop()
    name = next(name for name in os.listdir(server.data_dir) if name.endswith(".db"))
    with sqlite3.connect(os.path.join(server.data_dir, name)) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(s3_version)")]
        row = dict(zip(columns, database.execute("SELECT * FROM s3_version WHERE key = 'read-1024'").fetchone()))
        row.update(bucket="million", segments="[]", size=0)
        sql = "INSERT INTO s3_version (%s) VALUES (%s)" % (", ".join(columns), ", ".join("?" * len(columns)))
        keys = ("folder-%d/%07d" % (n * 10 // KEYS, n) for n in range(KEYS))
        database.executemany(sql, ([dict(row, key=key)[column] for column in columns] for key in keys))
    server.start()


def measure_listings(server, seconds):
    client(server.endpoint).create_bucket(Bucket="million")
    fill(server)
    base = server.endpoint + "/million?list-type=2"
    for what, query in (("first page", ""), ("a page within", "&start-after=folder-5%2F0512345"), ("10 common prefixes", "&delimiter=%2F")):
        started = time.perf_counter()
        urllib.request.urlopen(urllib.request.Request(base + query, headers=headers())).read()
        first = (time.perf_counter() - started) * 1000
        rate, more = wrk(base + query, seconds, connections=1)
        show("orrery", "list %s of 1,000,000" % what, 1, rate, "%.2f ms a page, the first %.1f ms" % (1000 / max(rate, 1e-9), first))


def main():
    if not shutil.which("wrk"):
        print("wrk is not installed")
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", nargs="?", type=int, default=5)
    parser.add_argument("--memory", nargs="?", type=int, const=256)
    options = parser.parse_args()
    if options.memory:
        with Server(data_dir=True) as server:
            measure_memory(server, options.memory)
        return
    seconds = options.seconds
    if shutil.which("openssl"):
        measure_md5(seconds)
    with Server(data_dir=True) as server:
        measure("orrery", server.endpoint, seconds)
        if shutil.which("nginx"):
            measure_nginx(seconds)
        if shutil.which("moto_server"):
            measure_moto(seconds)
        if shutil.which("npm"):
            measure_s3rver(seconds)
        measure_listings(server, seconds)


if __name__ == "__main__":
    main()
