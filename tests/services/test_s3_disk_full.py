"""A full disk: what does not fit is answered 507 and InternalError, and what was there is there still. Needs the right to
mount a small tmpfs; is skipped without."""

import os
import subprocess
import tempfile
import unittest

from botocore.exceptions import ClientError
from orrery_server import Server

MIB = 1024 * 1024


class Folder:
    """An empty file system of its own size."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="orrery-test-")
        mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", self.path]
        if not hasattr(os, "geteuid") or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            os.rmdir(self.path)
            raise unittest.SkipTest("a tmpfs cannot be mounted here")
        return self.path

    def __exit__(self, *_):
        subprocess.run(["umount", self.path], check=True)
        os.rmdir(self.path)


class DiskFull(unittest.TestCase):
    def test_nothing_is_lost(self):
        with Folder() as folder, Server(data_dir=os.path.join(folder, "data")) as server:
            ballast = os.path.join(folder, "ballast")
            with open(ballast, "wb") as out:
                out.write(bytes(4 * MIB))
            s3 = server.client("s3")
            s3.create_bucket(Bucket="full")
            stored = {}
            for size in (3 * MIB, 200_000, 60_000, 3_000):  # files first, then rows
                self.assertEqual(self.fill(s3, size, stored), (507, "InternalError"), size)
            self.assertEqual(os.listdir(os.path.join(folder, "data", "s3", "tmp")), [])
            self.check(s3, stored)
            server.restart()
            self.check(s3, stored)
            # With room again, all goes on.
            os.remove(ballast)
            s3.delete_object(Bucket="full", Key="3000-0")
            del stored["3000-0"]
            stored["again"] = os.urandom(MIB)
            s3.put_object(Bucket="full", Key="again", Body=stored["again"])
            self.check(s3, stored)

    def fill(self, s3, size, stored):
        for number in range(1000):
            key, body = "%d-%d" % (size, number), os.urandom(size)
            try:
                s3.put_object(Bucket="full", Key=key, Body=body)
                stored[key] = body
            except ClientError as error:
                return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
        return None

    def check(self, s3, stored):
        self.assertEqual([entry["Key"] for entry in s3.list_objects_v2(Bucket="full")["Contents"]], sorted(stored))
        for key, body in stored.items():
            self.assertEqual(s3.get_object(Bucket="full", Key=key)["Body"].read(), body, key)


if __name__ == "__main__":
    unittest.main()
