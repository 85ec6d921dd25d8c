"""A server that is killed at a random moment of mixed parallel writes: what it acknowledged reads back byte for byte, and
nothing else appears. ORRERY_FAULT_ROUNDS says how often (3)."""

import hashlib
import os
import random
import sqlite3
import threading
import time
import unittest

from botocore.exceptions import BotoCoreError, ClientError
from orrery_server import Server
from waiting import eventually

ROUNDS = int(os.environ.get("ORRERY_FAULT_ROUNDS", "3"))
WRITERS = 6
PART = 5 * 1024 * 1024
MISSING = None


def body_of(seed, size):
    return random.Random(seed).randbytes(size)


class Writer(threading.Thread):
    """Writes keys of its own until the server is gone. `acknowledged` is what has to be there: {key: digest or MISSING};
    `pending` what may be there instead, of the one call that was not answered."""

    def __init__(self, number, s3, acknowledged, shared):
        super().__init__()
        self.number, self.s3, self.acknowledged, self.shared = number, s3, acknowledged, shared
        self.pending = {}
        self.random = random.Random()
        self.calls = 0

    def run(self):
        while True:
            act = self.random.choice([self.small, self.small, self.large, self.copy, self.delete, self.upload, self.common])
            try:
                act()
                self.calls += 1
                self.pending.clear()
            except (BotoCoreError, ClientError, OSError):
                return

    def key(self):
        return "w%d-%d" % (self.number, self.random.randrange(12))

    def write(self, key, digest, call):
        self.pending[key] = digest
        call()
        self.acknowledged[key] = digest

    def put(self, size):
        body, key = body_of(self.random.random(), size), self.key()
        self.write(key, hashlib.sha256(body).digest(), lambda: self.s3.put_object(Bucket="faults", Key=key, Body=body))

    def small(self):
        self.put(self.random.randrange(1, 3000))

    def large(self):
        self.put(self.random.randrange(70_000, 2_000_000))

    def delete(self):
        key = self.key()
        self.write(key, MISSING, lambda: self.s3.delete_object(Bucket="faults", Key=key))

    def copy(self):
        sources = [key for key, digest in self.acknowledged.items() if digest and key.startswith("w%d-" % self.number)]
        if not sources:
            return
        source, key = self.random.choice(sources), self.key()
        self.write(key, self.acknowledged[source],
                   lambda: self.s3.copy_object(Bucket="faults", Key=key, CopySource="faults/" + source,
                                               MetadataDirective="REPLACE", Metadata={"n": str(self.calls)}))

    def upload(self):
        key = self.key()
        bodies = [body_of(self.random.random(), size) for size in (PART, 1000)]
        where = dict(Bucket="faults", Key=key)
        where["UploadId"] = self.s3.create_multipart_upload(**where)["UploadId"]
        parts = [{"PartNumber": n + 1, "ETag": self.s3.upload_part(PartNumber=n + 1, Body=body, **where)["ETag"]}
                 for n, body in enumerate(bodies)]
        self.write(key, hashlib.sha256(b"".join(bodies)).digest(),
                   lambda: self.s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **where))

    def common(self):
        """A key that all write: whoever was last, it is one whole body."""
        body = body_of(self.random.random(), self.random.choice([500, 200_000]))
        self.shared.add(hashlib.sha256(body).digest())
        self.s3.put_object(Bucket="faults", Key="common", Body=body)


class Faults(unittest.TestCase):
    def test_killed_among_writes(self):
        with Server(data_dir=True) as server:
            client = lambda: server.client("s3", max_pool_connections=1, read_timeout=20)
            client().create_bucket(Bucket="faults")
            acknowledged, shared, calls = {}, set(), 0
            for number in range(ROUNDS):
                writers = [Writer(n, client(), acknowledged, shared) for n in range(WRITERS)]
                for writer in writers:
                    writer.start()
                time.sleep(random.uniform(0.3, 1.5))
                server.kill9()
                for writer in writers:
                    writer.join()
                calls += sum(writer.calls for writer in writers)
                server.start()
                self.check(client(), acknowledged, shared, {k: d for w in writers for k, d in w.pending.items()}, number)
            print("%d rounds, %d acknowledged writes, %d keys" % (ROUNDS, calls, len(acknowledged)))
            self.assertGreater(calls, ROUNDS)
            eventually(lambda: self.assert_no_orphans(server), 30)

    def check(self, s3, acknowledged, shared, pending, number):
        listed = {entry["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="faults")
                  for entry in page.get("Contents", [])}
        self.assertLessEqual(listed, set(acknowledged) | set(pending) | {"common"})
        found = {key: hashlib.sha256(s3.get_object(Bucket="faults", Key=key)["Body"].read()).digest() for key in listed}
        if "common" in found:
            self.assertIn(found.pop("common"), shared)
        for key in set(acknowledged) | set(pending):
            allowed = [acknowledged.get(key, MISSING)] + ([pending[key]] if key in pending else [])
            self.assertIn(found.get(key, MISSING), allowed, "round %d, %s" % (number, key))
            acknowledged[key] = found.get(key, MISSING)

    def assert_no_orphans(self, server):
        folder = os.path.join(server.data_dir, "s3")
        stored = {name for _, _, files in os.walk(os.path.join(folder, "objects")) for name in files}
        database = next(os.path.join(server.data_dir, name) for name in os.listdir(server.data_dir) if name.endswith(".db"))
        with sqlite3.connect("file:%s?mode=ro" % database, uri=True) as reader:
            known = {name for (name,) in reader.execute("SELECT file FROM s3_body WHERE file IS NOT NULL")}
        self.assertEqual(stored, known)
        self.assertEqual(os.listdir(os.path.join(folder, "tmp")), [])


if __name__ == "__main__":
    unittest.main()
