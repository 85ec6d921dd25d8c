"""ElastiCache with real memcached processes behind its endpoints, spoken to in memcached's text protocol.

ORRERY_TEST_ENGINES=docker: the same with containers (test_docker_elasticache.py).
"""

import contextlib
import os
import shutil
import socket
import ssl
import sys
import unittest

from botocore.exceptions import ClientError
from orrery_server import Server
from waiting import until

BACKEND = os.environ.get("ORRERY_TEST_ENGINES", "native")
if BACKEND == "native" and not shutil.which("memcached", path=os.environ.get("PATH", "") + ":/usr/sbin"):
    print("skipped: memcached is not installed")
    sys.exit(77)


class Memcached(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--engines", "off,memcached=" + BACKEND, data_dir=True)
        cls.cache = cls.server.client("elasticache")

    @classmethod
    def tearDownClass(cls):
        unread = cls.server.unread()
        cls.server.__exit__()
        assert not [entry for entry in unread if entry.startswith("elasticache:")], unread

    def create(self, name, **changes):
        arguments = dict(CacheClusterId=name, Engine="memcached", CacheNodeType="cache.t3.micro", NumCacheNodes=1)
        arguments.update(changes)
        made = self.cache.create_cache_cluster(**arguments)["CacheCluster"]
        self.assertEqual(made["CacheClusterStatus"], "creating")
        return self.available(name)

    def see(self, name):
        return self.cache.describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)["CacheClusters"][0]

    def available(self, name):
        def ready():
            cluster = self.see(name)
            self.assertNotEqual(cluster["CacheClusterStatus"], "create-failed", self.server.console("engines"))
            return cluster if cluster["CacheClusterStatus"] == "available" else None

        try:
            return until(name + " is available", ready, seconds=180)
        except AssertionError as error:
            raise AssertionError(str(error), self.server.console("engines"), self.server.output[-20:])

    def nodes(self, name):
        return {node["CacheNodeId"]: node["Endpoint"] for node in self.see(name)["CacheNodes"]}

    @contextlib.contextmanager
    def connection(self, endpoint, tls):
        with socket.create_connection((endpoint["Address"], endpoint["Port"]), timeout=30) as plain:
            if not tls:
                yield plain
                return
            context = ssl.create_default_context(cafile=os.path.join(self.server.data_dir, "tls", "ca.pem"))
            with context.wrap_socket(plain, server_hostname=endpoint["Address"]) as secured:
                yield secured

    def talk(self, endpoint, command, tls=False):
        """The lines of the answer."""
        end = b"END\r\n" if command.split()[0] in ("get", "stats") else b"\r\n"
        with self.connection(endpoint, tls) as connection:
            connection.sendall(command.encode() + b"\r\n")
            answer = b""
            while not answer.endswith(end):
                part = connection.recv(65536)
                if not part:
                    break
                answer += part
            return answer.decode().split("\r\n")[:-1]

    def store(self, endpoint, key, value, **options):
        self.assertEqual(self.talk(endpoint, "set %s 0 0 %d\r\n%s" % (key, len(value), value), **options), ["STORED"])

    def load(self, endpoint, key, **options):
        lines = self.talk(endpoint, "get " + key, **options)
        return lines[1] if len(lines) == 3 else None

    def settings(self, endpoint):
        words = [line.split() for line in self.talk(endpoint, "stats settings")]
        return {line[1]: line[2] for line in words if len(line) == 3}

    def test_nodes_come_and_go(self):
        cluster = self.create("mem", NumCacheNodes=2)
        nodes = self.nodes("mem")
        self.assertEqual(cluster["ConfigurationEndpoint"], nodes["0001"])
        self.assertEqual({node["Port"] for node in nodes.values()}, {11211})
        self.assertNotEqual(nodes["0001"]["Address"], nodes["0002"]["Address"])
        self.store(nodes["0001"], "k", "one")
        self.assertIsNone(self.load(nodes["0002"], "k"))
        # 512 MB of the node type, less memcached_connections_overhead.
        self.assertEqual(self.settings(nodes["0001"])["maxbytes"], str(412 * 1024 * 1024))
        self.cache.modify_cache_cluster(CacheClusterId="mem", NumCacheNodes=3, ApplyImmediately=True)
        self.available("mem")
        self.assertEqual(self.load(nodes["0001"], "k"), "one")
        self.store(self.nodes("mem")["0003"], "k", "three")
        self.cache.modify_cache_cluster(
            CacheClusterId="mem", NumCacheNodes=2, CacheNodeIdsToRemove=["0001"], ApplyImmediately=True
        )
        left = self.available("mem")
        self.assertEqual(left["ConfigurationEndpoint"], self.nodes("mem")["0002"])
        self.assertEqual(self.load(self.nodes("mem")["0003"], "k"), "three")
        until("the first node is gone", lambda: not self.answers(nodes["0001"]))
        self.cache.delete_cache_cluster(CacheClusterId="mem")
        until("all are gone", lambda: not self.server.console("engines")["engines"])

    def answers(self, endpoint):
        try:
            # As long as a header of the binary protocol, so that one who waits for that hangs up.
            return self.talk(endpoint, "version".ljust(22))[0].startswith("VERSION")
        except (OSError, IndexError):
            return False

    def test_parameters_wait_for_the_reboot_of_each_node(self):
        self.cache.create_cache_parameter_group(
            CacheParameterGroupName="mine", CacheParameterGroupFamily="memcached1.6", Description="mine"
        )
        self.set_parameters(max_item_size="2097152", cas_disabled="1")
        self.create("params", NumCacheNodes=2, CacheParameterGroupName="mine")
        nodes = self.nodes("params")
        before = self.settings(nodes["0001"])
        self.assertEqual((before["item_size_max"], before["cas_enabled"]), ("2097152", "no"))
        self.set_parameters(
            max_item_size="1048576", cas_disabled="0", chunk_size="96", chunk_size_growth_factor="1.5", idle_timeout="60",
            disable_flush_all="1", error_on_memory_exhausted="1", max_simultaneous_connections="500",
            binding_protocol="ascii", memcached_connections_overhead="112", slab_automove="1",
        )
        self.assertEqual(self.settings(nodes["0001"]), before)
        waiting = self.see("params")["CacheParameterGroup"]
        self.assertEqual(waiting["ParameterApplyStatus"], "pending-reboot")
        self.assertEqual(waiting["CacheNodeIdsToReboot"], ["0001", "0002"])
        self.store(nodes["0001"], "k", "lost")
        self.store(nodes["0002"], "k", "kept")
        self.cache.reboot_cache_cluster(CacheClusterId="params", CacheNodeIdsToReboot=["0001"])
        self.assertEqual(self.available("params")["CacheParameterGroup"]["CacheNodeIdsToReboot"], ["0002"])
        after = self.settings(nodes["0001"])
        wanted = dict(
            item_size_max="1048576", cas_enabled="yes", chunk_size="96", growth_factor="1.50", idle_timeout="60",
            flush_enabled="no", evictions="off", maxconns="500", binding_protocol="ascii",
            maxbytes=str(400 * 1024 * 1024), slab_automove="1",
        )
        self.assertEqual({name: after[name] for name in wanted}, wanted)
        self.assertIsNone(self.load(nodes["0001"], "k"))
        self.assertEqual(self.load(nodes["0002"], "k"), "kept")
        self.cache.reboot_cache_cluster(CacheClusterId="params", CacheNodeIdsToReboot=["0002"])
        self.assertEqual(self.available("params")["CacheParameterGroup"]["ParameterApplyStatus"], "in-sync")
        # One that speaks the binary protocol alone is seen to be there too.
        self.set_parameters(binding_protocol="binary", modern="0")
        self.cache.reboot_cache_cluster(CacheClusterId="params", CacheNodeIdsToReboot=["0001", "0002"])
        self.available("params")
        self.assertFalse(self.answers(nodes["0001"]))
        self.cache.delete_cache_cluster(CacheClusterId="params")
        self.cache.delete_cache_parameter_group(CacheParameterGroupName="mine")

    def set_parameters(self, **values):
        self.cache.modify_cache_parameter_group(
            CacheParameterGroupName="mine",
            ParameterNameValues=[{"ParameterName": n, "ParameterValue": v} for n, v in values.items()],
        )

    def test_tls_and_a_restart_of_the_server(self):
        self.create("tls", TransitEncryptionEnabled=True)
        endpoint = self.nodes("tls")["0001"]
        self.store(endpoint, "k", "v", tls=True)
        self.assertEqual(self.load(endpoint, "k", tls=True), "v")
        self.assertFalse(self.answers(endpoint))
        self.server.restart()
        self.available("tls")
        self.assertEqual(self.nodes("tls")["0001"], endpoint)
        self.assertIsNone(self.load(endpoint, "k", tls=True))
        self.server.kill9()
        self.server.start()
        self.available("tls")
        self.store(endpoint, "k", "v", tls=True)
        self.cache.delete_cache_cluster(CacheClusterId="tls")

    def test_serverless(self):
        name = "bare"
        made = self.cache.create_serverless_cache(
            ServerlessCacheName=name, Engine="memcached", CacheUsageLimits={"DataStorage": {"Maximum": 2, "Unit": "GB"}}
        )["ServerlessCache"]
        self.assertEqual(made["Status"], "creating")
        self.assertNotIn("ReaderEndpoint", made)

        def see():
            return self.cache.describe_serverless_caches(ServerlessCacheName=name)["ServerlessCaches"][0]

        until("available", lambda: see()["Status"] == "available")
        self.store(made["Endpoint"], "k", "v", tls=True)
        self.assertEqual(self.load(made["Endpoint"], "k", tls=True), "v")
        with self.assertRaises(ClientError) as caught:
            self.cache.create_serverless_cache_snapshot(ServerlessCacheSnapshotName="s", ServerlessCacheName=name)
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 501)
        self.cache.delete_serverless_cache(ServerlessCacheName=name)


if __name__ == "__main__":
    unittest.main()
