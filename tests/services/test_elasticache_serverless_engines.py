"""Serverless caches with a real Redis behind them, as redis-cli sees them: a cluster of one shard, with TLS.

ORRERY_TEST_ENGINES=docker: the same with containers (test_docker_elasticache.py).
"""

import glob
import os
import signal
import unittest

import test_elasticache_engines as engines
from botocore.exceptions import ClientError
from waiting import until

PASSWORD, OTHER = engines.TOKEN, engines.OTHER


class Serverless(engines.Base):
    def make(self, name, **changes):
        arguments = dict(ServerlessCacheName=name, Engine="redis", MajorEngineVersion="7")
        arguments.update(changes)
        made = self.cache.create_serverless_cache(**arguments)["ServerlessCache"]
        self.assertEqual(made["Status"], "creating")
        return self.settled(name)

    def see_serverless(self, name):
        return self.cache.describe_serverless_caches(ServerlessCacheName=name)["ServerlessCaches"][0]

    def settled(self, name):
        def ready():
            cache = self.see_serverless(name)
            self.assertIn(cache["Status"], ("creating", "modifying", "available"), "".join(self.server.output[-40:]))
            return cache if cache["Status"] == "available" else None

        return until(name + " is available", ready)

    def copied_serverless(self, name):
        def done():
            found = self.cache.describe_serverless_cache_snapshots(ServerlessCacheSnapshotName=name)
            self.assertNotEqual((snapshot := found["ServerlessCacheSnapshots"][0])["Status"], "failed")
            return snapshot if snapshot["Status"] == "available" else None

        return until(name + " is copied", done)

    def ask(self, cache, *command, cluster=False, **options):
        return self.cli(cache["Endpoint"], *command, tls=True, options=("-c",) if cluster else (), **options)

    def test_life(self):
        cache = self.make("life", CacheUsageLimits={"DataStorage": {"Maximum": 1, "Unit": "GB"}})
        self.assertEqual(cache["Endpoint"]["Port"], 6379)
        self.assertEqual(cache["ReaderEndpoint"], cache["Endpoint"])
        self.assertNotIn("PONG", self.cli(cache["Endpoint"], "PING"))  # without TLS
        self.assertEqual(self.ask(cache, "PING"), "PONG")
        self.assertIn("cluster_state:ok", self.ask(cache, "CLUSTER", "INFO"))
        slots = self.ask(cache, "CLUSTER", "SLOTS").split("\n")
        self.assertEqual(slots[:4], ["0", "16383", cache["Endpoint"]["Address"], "6379"])
        for i in range(20):
            self.assertEqual(self.ask(cache, "SET", "key%d" % i, str(i), cluster=True), "OK")
        self.assertIn("CROSSSLOT", self.ask(cache, "MGET", "key1", "key2"))  # as on AWS
        self.assertIn("maxmemory:%d" % (1 << 30), self.ask(cache, "INFO", "memory"))
        self.assertIn("NOPERM", self.ask(cache, "CONFIG", "GET", "*"))
        self.cache.modify_serverless_cache(
            ServerlessCacheName="life", CacheUsageLimits={"DataStorage": {"Maximum": 2, "Unit": "GB"}}
        )
        self.settled("life")
        self.assertIn("maxmemory:%d" % (2 << 30), self.ask(cache, "INFO", "memory"))
        self.server.restart()
        self.assertEqual(self.settled("life")["Endpoint"], cache["Endpoint"])
        self.assertEqual(self.ask(cache, "GET", "key7", cluster=True), "7")
        self.assertEqual(self.ask(cache, "SET", "last", "word"), "OK")
        self.server.kill9()
        self.server.start()
        self.settled("life")
        self.assertEqual(self.ask(cache, "GET", "last"), "word")
        self.assertEqual(self.ask(cache, "DBSIZE"), "21")
        self.cache.modify_serverless_cache(ServerlessCacheName="life", Engine="valkey", MajorEngineVersion="8")
        self.settled("life")
        self.assertEqual(self.ask(cache, "GET", "last"), "word")
        self.cache.delete_serverless_cache(ServerlessCacheName="life")
        until("its data is gone", lambda: not glob.glob(self.server.data_dir + "/engines/**/life*", recursive=True))

    def test_users(self):
        self.cache.create_user(
            UserId="app", UserName="app", Passwords=[PASSWORD], Engine="redis", AccessString="on ~app:* +@all"
        )
        self.cache.create_user(
            UserId="closed", UserName="default", Engine="redis", AccessString="off -@all", NoPasswordRequired=True
        )
        self.cache.create_user_group(UserGroupId="team", Engine="redis", UserIds=["app", "closed"])
        cache = self.make("acl", UserGroupId="team")
        as_app = dict(user="app", password=PASSWORD)
        self.assertIn("NOAUTH", self.ask(cache, "PING"))
        self.assertEqual(self.ask(cache, "SET", "app:1", "x", **as_app), "OK")
        self.assertIn("NOPERM", self.ask(cache, "SET", "other", "x", **as_app))
        self.cache.modify_user(UserId="app", AccessString="on ~* +@read", Passwords=[OTHER])
        until("active", lambda: self.cache.describe_user_groups()["UserGroups"][0]["Status"] == "active")
        self.assertIn("WRONGPASS", self.ask(cache, "PING", **as_app))
        self.assertEqual(self.ask(cache, "GET", "app:1", user="app", password=OTHER), "x")
        self.cache.modify_serverless_cache(ServerlessCacheName="acl", RemoveUserGroup=True)
        self.settled("acl")
        self.assertEqual(self.ask(cache, "GET", "app:1"), "x")
        self.cache.delete_serverless_cache(ServerlessCacheName="acl")
        self.cache.delete_user_group(UserGroupId="team")
        for name in ("app", "closed"):
            self.cache.delete_user(UserId=name)

    def test_snapshots(self):
        source = self.make("source")
        self.assertEqual(self.ask(source, "SET", "k", "first"), "OK")
        self.cache.create_serverless_cache_snapshot(ServerlessCacheSnapshotName="one", ServerlessCacheName="source")
        snapshot = self.copied_serverless("one")
        self.assertGreater(int(snapshot["BytesUsedForCache"]), 0)
        self.assertEqual(self.ask(source, "SET", "k", "second"), "OK")
        self.cache.copy_serverless_cache_snapshot(
            SourceServerlessCacheSnapshotName="one", TargetServerlessCacheSnapshotName="two"
        )
        copy = self.copied_serverless("two")
        self.cache.delete_serverless_cache_snapshot(ServerlessCacheSnapshotName="one")
        self.cache.delete_serverless_cache(ServerlessCacheName="source", FinalSnapshotName="last")
        last = self.copied_serverless("last")
        for name, arn, value in (("restored", copy["ARN"], "first"), ("latest", last["ARN"], "second")):
            self.assertEqual(self.ask(self.make(name, SnapshotArnsToRestore=[arn]), "GET", "k"), value)
            self.cache.delete_serverless_cache(ServerlessCacheName=name)
        # Into a replication group, and from one's snapshot.
        group = self.create("designed", EngineVersion="7.1", ServerlessCacheSnapshotName="two")
        self.assertEqual(self.cli(group["NodeGroups"][0]["PrimaryEndpoint"], "GET", "k"), "first")
        self.cache.create_snapshot(SnapshotName="designed", ReplicationGroupId="designed")
        self.copied("designed")
        arn = self.snapshot("designed")["ARN"]
        self.assertEqual(self.ask(self.make("back", SnapshotArnsToRestore=[arn]), "GET", "k"), "first")
        self.cache.delete_serverless_cache(ServerlessCacheName="back")
        self.delete("designed")
        self.cache.delete_snapshot(SnapshotName="designed")
        for name in ("two", "last"):
            self.cache.delete_serverless_cache_snapshot(ServerlessCacheSnapshotName=name)

    def test_a_change_waits_for_the_one_before(self):
        self.make("held")
        change = lambda gigabytes: self.cache.modify_serverless_cache(  # noqa: E731
            ServerlessCacheName="held", CacheUsageLimits={"DataStorage": {"Maximum": gigabytes, "Unit": "GB"}}
        )
        processes = engines.processes_of(self.server.data_dir)
        self.assertTrue(processes)
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            self.assertEqual(change(1)["ServerlessCache"]["Status"], "modifying")
            with self.assertRaises(ClientError) as caught:
                change(2)
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)
        self.assertEqual(caught.exception.response["Error"]["Code"], "InvalidServerlessCacheStateFault")
        self.settled("held")
        change(2)
        self.settled("held")
        self.cache.delete_serverless_cache(ServerlessCacheName="held")


class Advertised(engines.Base):
    flags = ("--advertise-host", "localhost")

    def test_clients_in_cluster_mode_stay_at_the_advertised_host(self):
        self.cache.create_serverless_cache(ServerlessCacheName="told", Engine="redis")
        see = lambda: self.cache.describe_serverless_caches()["ServerlessCaches"][0]  # noqa: E731
        until("available", lambda: see()["Status"] == "available")
        endpoint = see()["Endpoint"]
        self.assertEqual(endpoint["Address"], "localhost")
        slots = self.cli(endpoint, "CLUSTER", "SLOTS", tls=True).split("\n")
        self.assertEqual(slots[:4], ["0", "16383", "localhost", str(endpoint["Port"])])
        self.assertEqual(self.cli(endpoint, "SET", "k", "v", tls=True, options=("-c",)), "OK")
        self.cache.delete_serverless_cache(ServerlessCacheName="told")


if __name__ == "__main__":
    unittest.main()
