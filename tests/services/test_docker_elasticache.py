"""Redis and memcached in real containers: the tests of ElastiCache's engines once more, and what only containers can
leave behind."""

import os
import shutil
import subprocess
import tempfile
import unittest

import podman
from orrery_server import Server
from waiting import until

podman.prepare(["redis-cli"], images=(podman.POSTGRES, podman.REDIS, podman.MEMCACHED))

import test_elasticache_engines  # noqa: E402  (they read the environment)
import test_elasticache_memcached  # noqa: E402
import test_elasticache_serverless_engines  # noqa: E402

for module in (test_elasticache_engines, test_elasticache_memcached, test_elasticache_serverless_engines):
    globals().update(podman.cases(module, __name__))
setUpModule, tearDownModule = podman.start, podman.stop


class Leftovers(unittest.TestCase):
    def serve(self, **options):
        server = Server("--engines", "redis=docker,valkey=off,postgres=off", **options)
        self.addCleanup(server.__exit__)
        return server

    def create(self, server, name):
        cache = server.client("elasticache")
        cache.create_cache_cluster(CacheClusterId=name, CacheNodeType="cache.t3.micro", Engine="redis", NumCacheNodes=1)
        return self.endpoint(server, name)

    def endpoint(self, server, name):
        def see():
            clusters = server.client("elasticache").describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)
            return clusters["CacheClusters"][0]

        until("available", lambda: see()["CacheClusterStatus"] == "available")
        return see()["CacheNodes"][0]["Endpoint"]

    def cli(self, endpoint, *words):
        command = ["redis-cli", "-h", endpoint["Address"], "-p", str(endpoint["Port"]), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()

    def test_a_life(self):
        server = self.serve(data_dir=True)
        endpoint = self.create(server, "life")
        self.assertEqual(self.cli(endpoint, "SET", "k", "v"), "OK")
        (container,) = podman.containers(server.data_dir).values()
        self.assertTrue(container["Labels"]["orrery.engine"].startswith("elasticache/000000000000/us-east-1/life."))
        (engine,) = server.console("engines")["engines"]
        self.assertEqual((engine["backend"], engine["phase"]), ("docker", "running"))
        self.assertRegex(engine["version"], r"^7\.\d+\.\d+$")
        server.stop()
        self.assertEqual(podman.containers(server.data_dir), {})
        server.start()
        self.assertEqual(self.endpoint(server, "life"), endpoint)
        self.assertEqual(self.cli(endpoint, "GET", "k"), "v")
        server.client("elasticache").delete_cache_cluster(CacheClusterId="life")
        until("no container", lambda: not podman.containers(server.data_dir))
        self.assertNotEqual(self.cli(endpoint, "PING"), "PONG")

    def test_containers_of_a_killed_server_are_replaced(self):
        server = self.serve(data_dir=True)
        endpoint = self.create(server, "killed")
        self.assertEqual(self.cli(endpoint, "SET", "k", "v"), "OK")
        before = set(podman.containers(server.data_dir))
        server.kill9()
        self.assertEqual(set(podman.containers(server.data_dir)), before)
        server.start()
        self.assertEqual(self.endpoint(server, "killed"), endpoint)
        after = set(podman.containers(server.data_dir))
        self.assertEqual((len(after), before & after), (1, set()))
        self.assertEqual(self.cli(endpoint, "GET", "k"), "v")

    def test_another_server_takes_away_only_what_is_nobodys(self):
        living, killed = self.serve(data_dir=True), self.serve(data_dir=True)
        endpoint = self.create(living, "mine")
        self.create(killed, "lost")
        killed.kill9()
        other = self.serve()
        until("the dead server's is gone", lambda: not podman.containers(killed.data_dir))
        self.assertEqual(len(podman.containers(living.data_dir)), 1)
        self.assertEqual(self.cli(endpoint, "PING"), "PONG")
        self.assertEqual(other.console("engines")["engines"], [])


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "only root can be somebody else")
class Unprivileged(Leftovers):
    """A server that is not root, as in its own image: engines run as its user, whom their image does not know."""

    UID = 10001

    @classmethod
    def setUpClass(cls):
        podman.admit(cls.UID)

    def serve(self, **options):
        # A program in a folder that is closed to others cannot be started by them.
        folder = tempfile.mkdtemp(prefix="orrery-test-")
        self.addCleanup(shutil.rmtree, folder)
        server = super().serve(start=False, **options)
        shutil.copy(server.binary, os.path.join(folder, "orrery"))
        server.binary = os.path.join(folder, "as-another")
        with open(server.binary, "w") as file:
            file.write('#!/bin/sh\nexec setpriv --reuid %d --regid %d --clear-groups "${0%%/*}/orrery" "$@"\n' % (self.UID, self.UID))
        for path in (folder, server.binary):
            os.chmod(path, 0o755)
        if server.data_dir:
            os.chown(server.data_dir, self.UID, self.UID)
        return server.start()

    def test_engines_run_as_its_user(self):
        server = self.serve(data_dir=True)
        self.create(server, "user")
        (container,) = podman.containers(server.data_dir)
        self.assertEqual(podman.user_of(container), "%d:%d" % (self.UID, self.UID))


if __name__ == "__main__":
    unittest.main(verbosity=2)
