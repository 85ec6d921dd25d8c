"""Terraform's serverless caches and memcached clusters: applied, planned clean, changed, imported, restarted, destroyed.

With this machine's Redis and memcached behind them, where it has them.
"""

import os
import pathlib
import shutil
import socket
import ssl
import sys
import unittest

import terraform_cli
from orrery_server import Server

if not terraform_cli.executable() or not terraform_cli.provider_mirror():
    print("skipped: no Terraform, or no local mirror of its AWS provider")
    sys.exit(77)

FIXTURE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "caches"
CHANGED = ("-var", "changed=true")
PLACES = os.environ.get("PATH", "") + ":/usr/sbin"
ENGINES = [
    software + "=native"
    for software, program in (("redis", "redis-server"), ("valkey", "redis-server"), ("memcached", "memcached"))
    if shutil.which(program, path=PLACES)
]


class Terraform(unittest.TestCase):
    def setUp(self):
        self.server = Server("--engines", ",".join(["off", *ENGINES]), data_dir=True)
        self.workspace = terraform_cli.Workspace(FIXTURE, self.server.endpoint)
        self.addCleanup(self.workspace.close)

    def tearDown(self):
        unread = self.server.unread()
        self.server.__exit__()
        self.assertEqual(unread, [])

    def terraform(self, *arguments):
        return self.workspace.run("stack", arguments[0], "-no-color", *arguments[1:])[1]

    def assert_clean(self, *arguments):
        changes, output = self.workspace.plan("stack", *arguments)
        self.assertFalse(changes, output)

    def ask(self, endpoint, command):
        """The first line of the answer, over TLS."""
        context = ssl.create_default_context(cafile=os.path.join(self.server.data_dir, "tls", "ca.pem"))
        with socket.create_connection((endpoint["address"], int(endpoint["port"])), timeout=30) as plain:
            with context.wrap_socket(plain, server_hostname=endpoint["address"]) as connection:
                connection.sendall(command.encode() + b"\r\n")
                return connection.recv(4096).decode().split("\r\n")[0]

    def test_life(self):
        self.workspace.init("stack")
        self.workspace.apply("stack")
        self.assert_clean()
        self.workspace.apply("stack", *CHANGED)
        self.assert_clean(*CHANGED)
        caches = self.server.client("elasticache").describe_serverless_caches()["ServerlessCaches"]
        found = {cache["ServerlessCacheName"]: cache for cache in caches}
        self.assertEqual(found["plain"]["Description"], "changed")
        self.assertEqual(found["full"]["CacheUsageLimits"]["DataStorage"]["Maximum"], 20)
        self.assertEqual(found["memory"]["SnapshotRetentionLimit"], 2)
        for address in ("aws_elasticache_serverless_cache.full", "aws_elasticache_serverless_cache.plain"):
            self.workspace.run("stack", "state", "rm", address)
            self.terraform("import", *CHANGED, address, address.rpartition(".")[2])
        self.server.restart()
        self.assert_clean(*CHANGED)
        endpoints = self.workspace.outputs("stack")["endpoints"]
        if "valkey=native" in ENGINES:
            self.assertEqual(self.ask(endpoints["plain"], "PING"), "+PONG")
            self.assertEqual(self.ask(endpoints["full"], "AUTH app password-of-the-app"), "+OK")
        if "memcached=native" in ENGINES:
            self.assertRegex(self.ask(endpoints["memory"], "version"), "^VERSION ")
            address, port = endpoints["memcached"]["address"].rsplit(":", 1)
            self.assertRegex(self.ask({"address": address, "port": port}, "version"), "^VERSION ")
        self.workspace.destroy("stack", *CHANGED)
        client = self.server.client("elasticache")
        self.assertEqual(client.describe_serverless_caches()["ServerlessCaches"], [])
        self.assertEqual(client.describe_cache_clusters()["CacheClusters"], [])


if __name__ == "__main__":
    unittest.main()
