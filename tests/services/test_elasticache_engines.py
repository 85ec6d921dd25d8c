"""ElastiCache with real Redis processes behind its endpoints, as redis-cli and boto3 see them.

ORRERY_TEST_ENGINES=docker: the same with containers (test_docker_elasticache.py).
"""

import glob
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

from botocore.exceptions import ClientError
from service_case import ServiceCase
from waiting import until

BACKEND = os.environ.get("ORRERY_TEST_ENGINES", "native")
if (BACKEND == "native" and not shutil.which("redis-server")) or not shutil.which("redis-cli"):
    print("skipped: redis-server and redis-cli are not installed")
    sys.exit(77)

TOKEN = "first-token-0123456789"
OTHER = "other-token-0123456789"


def processes_of(folder):
    """Ids of the processes whose command line names the folder, but for servers of Orrery."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                words = file.read().split(b"\0")
            # Redis rewrites its title to "redis-server 127.…:6379"; where it works tells whose it is.
            where = os.readlink(os.path.dirname(path) + "/cwd")
            # In a container that is /orrery, which is mounted from the folder.
            with open(os.path.dirname(path) + "/mountinfo") as file:
                mounted = any(folder in line and " /orrery " in line for line in file)
        except OSError:
            continue
        if b"redis-server" in words[0] and (where.startswith(folder) or mounted):
            found.append(int(path.split("/")[2]))
    return found


class Base(ServiceCase):
    options = {"engines": "redis=%s,valkey=%s,postgres=off" % (BACKEND, BACKEND), "data_dir": True}
    clients = {"cache": "elasticache"}

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.server.stop()
        left = processes_of(cls.server.data_dir)
        assert not left, left

    def create(self, name, **changes):
        arguments = dict(
            ReplicationGroupId=name,
            ReplicationGroupDescription="for tests",
            CacheNodeType="cache.t3.micro",
            Engine="redis",
            EngineVersion="7.0",
        )
        arguments.update(changes)
        group = self.cache.create_replication_group(**arguments)["ReplicationGroup"]
        self.assertEqual(group["Status"], "creating")
        return self.available(name)

    def see(self, name):
        return self.cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]

    def see_cluster(self, name):
        return self.cache.describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)["CacheClusters"][0]

    def available(self, name):
        def ready():
            group = self.see(name)
            log = "".join(self.server.output[-40:])
            self.assertIn(group["Status"], ("creating", "modifying", "available"), log)
            return group if group["Status"] == "available" else None

        return until(name + " is available", ready)

    def delete(self, name, **arguments):
        self.cache.delete_replication_group(ReplicationGroupId=name, **arguments)

    def snapshot(self, name):
        return self.cache.describe_snapshots(SnapshotName=name)["Snapshots"][0]

    def copied(self, name):
        def done():
            self.assertNotEqual(status := self.snapshot(name)["SnapshotStatus"], "failed")
            return status == "available"

        until("copied", done)

    def cli(self, endpoint, *command, tls=False, password=None, user=None, options=()):
        arguments = ["redis-cli", "-h", endpoint["Address"], "-p", str(endpoint["Port"]), *options]
        if tls:
            arguments += ["--tls", "--cacert", os.path.join(self.server.data_dir, "tls", "ca.pem")]
        if user:
            arguments += ["--user", user]
        environment = dict(os.environ)
        if password:
            environment["REDISCLI_AUTH"] = password
        done = subprocess.run(
            arguments + list(command), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30
        )
        return done.stdout.decode().strip()


class OneNode(Base):
    def test_life(self):
        begin = time.monotonic()
        group = self.cache.create_replication_group(
            ReplicationGroupId="quick",
            ReplicationGroupDescription="first",
            CacheNodeType="cache.t3.micro",
            Engine="redis",
            EngineVersion="7.0",
        )["ReplicationGroup"]
        endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
        until("PONG", lambda: self.cli(endpoint, "PING") == "PONG")
        print("CreateReplicationGroup to the first PING: %.0f ms" % ((time.monotonic() - begin) * 1000))
        group = self.available("quick")
        self.assertEqual(endpoint["Port"], 6379)
        self.assertEqual(group["NodeGroups"][0]["PrimaryEndpoint"], endpoint)
        self.assertEqual(self.cli(endpoint, "SET", "k", "v"), "OK")
        self.assertIn("NOPERM", self.cli(endpoint, "CONFIG", "GET", "*"))
        # What AWS shows for this node type: 0.5 GiB less the reserved quarter.
        self.assertIn("maxmemory:402653", self.cli(endpoint, "INFO", "memory"))
        self.assertIn("maxmemory_policy:volatile-lru", self.cli(endpoint, "INFO", "memory"))
        node = self.see_cluster("quick-001")
        self.assertEqual(node["CacheClusterStatus"], "available")
        self.assertEqual(node["CacheNodes"][0]["CacheNodeStatus"], "available")
        self.cache.reboot_cache_cluster(CacheClusterId="quick-001", CacheNodeIdsToReboot=["0001"])
        self.available("quick")
        self.assertEqual(self.cli(endpoint, "GET", "k"), "v")
        processes = processes_of(self.server.data_dir)
        self.delete("quick")
        until("the process is gone", lambda: not set(processes) & set(processes_of(self.server.data_dir)))
        until("its data is gone", lambda: not glob.glob(self.server.data_dir + "/engines/**/quick*", recursive=True))

    def test_a_name_used_again_begins_empty(self):
        endpoint = self.create("again")["NodeGroups"][0]["PrimaryEndpoint"]
        self.cli(endpoint, "SET", "k", "v")
        self.delete("again")
        endpoint = self.create("again")["NodeGroups"][0]["PrimaryEndpoint"]
        self.assertEqual(self.cli(endpoint, "GET", "k"), "")
        self.delete("again")

    def test_cluster_alone(self):
        self.cache.create_cache_cluster(
            CacheClusterId="alone", Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1, Port=6390
        )
        until("available", lambda: self.see_cluster("alone")["CacheClusterStatus"] == "available")
        endpoint = self.see_cluster("alone")["CacheNodes"][0]["Endpoint"]
        self.assertEqual(endpoint["Port"], 6390)
        self.assertEqual(self.cli(endpoint, "SET", "k", "v"), "OK")
        self.cache.create_snapshot(SnapshotName="alone-snap", CacheClusterId="alone")
        until("copied", lambda: self.snapshot("alone-snap")["SnapshotStatus"] == "available")
        self.cache.delete_cache_cluster(CacheClusterId="alone")
        self.cache.create_cache_cluster(
            CacheClusterId="second", Engine="redis", CacheNodeType="cache.t3.micro", SnapshotName="alone-snap"
        )
        until("available", lambda: self.see_cluster("second")["CacheClusterStatus"] == "available")
        self.assertEqual(self.cli(self.see_cluster("second")["CacheNodes"][0]["Endpoint"], "GET", "k"), "v")
        self.cache.delete_cache_cluster(CacheClusterId="second")
        self.cache.delete_snapshot(SnapshotName="alone-snap")

    def test_valkey(self):
        group = self.create("vk", Engine="valkey", EngineVersion="8.0")
        self.assertEqual(self.cli(group["NodeGroups"][0]["PrimaryEndpoint"], "PING"), "PONG")
        # This machine's Redis stands in for it, and Orrery says so.
        rule = "elasticache-engine-version-differs"
        until("the finding", lambda: any(f["rule"] == rule and "vk-001" in f["resource"] for f in self.server.findings()))
        self.assertEqual(self.see_cluster("vk-001")["EngineVersion"], "8.0.1")
        self.delete("vk")
        self.assertFalse([f for f in self.server.findings() if "vk-001" in f["resource"]])

    def test_parameters(self):
        self.cache.create_cache_parameter_group(
            CacheParameterGroupName="mine", CacheParameterGroupFamily="redis7", Description="mine"
        )
        endpoint = self.create("params", CacheParameterGroupName="mine")["NodeGroups"][0]["PrimaryEndpoint"]
        self.set_parameters({"maxmemory-policy": "allkeys-lru", "reserved-memory-percent": "50", "databases": "4"})
        self.available("params")
        memory = self.cli(endpoint, "INFO", "memory")
        self.assertIn("maxmemory_policy:allkeys-lru", memory)
        self.assertIn("maxmemory:268435", memory)
        self.assertEqual(self.cli(endpoint, "SELECT", "9"), "OK")  # static: waits for the reboot
        cluster = self.see_cluster("params-001")
        self.assertEqual(cluster["CacheParameterGroup"]["ParameterApplyStatus"], "pending-reboot")
        self.assertEqual(cluster["CacheParameterGroup"]["CacheNodeIdsToReboot"], ["0001"])
        self.cache.reboot_cache_cluster(CacheClusterId="params-001", CacheNodeIdsToReboot=["0001"])
        self.available("params")
        self.assertIn("out of range", self.cli(endpoint, "SELECT", "9"))
        self.assertEqual(
            self.see_cluster("params-001")["CacheParameterGroup"]["ParameterApplyStatus"], "in-sync"
        )
        self.delete("params")
        self.cache.delete_cache_parameter_group(CacheParameterGroupName="mine")

    def set_parameters(self, values):
        self.cache.modify_cache_parameter_group(
            CacheParameterGroupName="mine",
            ParameterNameValues=[{"ParameterName": n, "ParameterValue": v} for n, v in values.items()],
        )

    def test_no_tls_no_token_in_answers(self):
        group = self.create("quiet", TransitEncryptionEnabled=True, AuthToken=TOKEN)
        self.assertNotIn(TOKEN, str(group) + str(self.see_cluster("quiet-001")))
        self.delete("quiet")


class Tokens(Base):
    def ping(self, password, endpoint):
        return self.cli(endpoint, "PING", tls=True, password=password)

    def change(self, strategy, token=None):
        arguments = dict(ReplicationGroupId="tls", AuthTokenUpdateStrategy=strategy, ApplyImmediately=True)
        if token:
            arguments["AuthToken"] = token
        self.assertEqual(self.cache.modify_replication_group(**arguments)["ReplicationGroup"]["Status"], "modifying")
        self.available("tls")

    def test_rotation(self):
        group = self.create("tls", TransitEncryptionEnabled=True, AuthToken=TOKEN)
        endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
        self.assertEqual(self.ping(TOKEN, endpoint), "PONG")
        self.assertIn("NOAUTH", self.ping(None, endpoint))
        self.assertIn("WRONGPASS", self.ping(OTHER, endpoint))
        self.assertNotIn("PONG", self.cli(endpoint, "PING", password=TOKEN))  # without TLS
        self.change("ROTATE", OTHER)
        self.assertEqual(self.ping(TOKEN, endpoint), "PONG")
        self.assertEqual(self.ping(OTHER, endpoint), "PONG")
        self.change("SET", OTHER)
        self.assertIn("WRONGPASS", self.ping(TOKEN, endpoint))
        self.assertEqual(self.ping(OTHER, endpoint), "PONG")
        self.change("DELETE")
        self.assertEqual(self.ping(None, endpoint), "PONG")
        self.change("ROTATE", TOKEN)
        self.assertEqual(self.ping(TOKEN, endpoint), "PONG")
        self.assertIn("NOAUTH", self.ping(None, endpoint))
        self.delete("tls")

    def test_users(self):
        user = dict(Engine="redis", AccessString="on ~app:* +@all")
        self.cache.create_user(UserId="app", UserName="app", Passwords=[TOKEN], **user)
        self.cache.create_user(
            UserId="closed", UserName="default", Engine="redis", AccessString="off -@all", NoPasswordRequired=True
        )
        self.cache.create_user_group(UserGroupId="team", Engine="redis", UserIds=["app", "closed"])
        group = self.create("acl", TransitEncryptionEnabled=True, UserGroupIds=["team"])
        endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
        as_app = dict(tls=True, user="app")
        self.assertIn("NOAUTH", self.cli(endpoint, "PING", tls=True))
        self.assertEqual(self.cli(endpoint, "SET", "app:1", "x", password=TOKEN, **as_app), "OK")
        self.assertIn("NOPERM", self.cli(endpoint, "SET", "other", "x", password=TOKEN, **as_app))
        self.assertIn("NOPERM", self.cli(endpoint, "ACL", "SETUSER", "app", "allkeys", password=TOKEN, **as_app))
        self.cache.modify_user(UserId="app", AccessString="on ~* +@read", Passwords=[OTHER])
        until("active", lambda: self.cache.describe_users(UserId="app")["Users"][0]["Status"] == "active")
        self.assertIn("WRONGPASS", self.cli(endpoint, "PING", password=TOKEN, **as_app))
        self.assertEqual(self.cli(endpoint, "GET", "app:1", password=OTHER, **as_app), "x")
        self.assertIn("NOPERM", self.cli(endpoint, "SET", "app:1", "y", password=OTHER, **as_app))
        self.cache.create_user(UserId="two", UserName="two", Passwords=[TOKEN], **user)
        self.cache.modify_user_group(UserGroupId="team", UserIdsToAdd=["two"], UserIdsToRemove=["app"])
        self.available("acl")
        self.assertEqual(self.cli(endpoint, "GET", "app:1", tls=True, user="two", password=TOKEN), "x")
        self.assertIn("WRONGPASS", self.cli(endpoint, "PING", password=OTHER, **as_app))
        self.delete("acl")
        self.cache.delete_user_group(UserGroupId="team")
        for name in ("app", "two", "closed"):
            self.cache.delete_user(UserId=name)


class Replication(Base):
    def role(self, endpoint):
        return self.cli(endpoint, "ROLE", tls=True, password=TOKEN).split("\n")[0]

    def get(self, endpoint, key):
        return self.cli(endpoint, "GET", key, tls=True, password=TOKEN)

    def set(self, endpoint, key, value):
        return self.cli(endpoint, "SET", key, value, tls=True, password=TOKEN)

    def members(self, name):
        return {m["CacheClusterId"]: m for m in self.see(name)["NodeGroups"][0]["NodeGroupMembers"]}

    def test_failover(self):
        group = self.create(
            "ha", NumCacheClusters=3, AutomaticFailoverEnabled=True, TransitEncryptionEnabled=True, AuthToken=TOKEN
        )
        shard = group["NodeGroups"][0]
        primary, reader = shard["PrimaryEndpoint"], shard["ReaderEndpoint"]
        self.assertEqual(self.set(primary, "k", "v"), "OK")
        until("replicated", lambda: self.get(reader, "k") == "v")
        self.assertIn("READONLY", self.set(reader, "k", "w"))
        nodes = self.members("ha")
        roles = {name: self.role(node["ReadEndpoint"]) for name, node in nodes.items()}
        self.assertEqual(roles, {"ha-001": "master", "ha-002": "slave", "ha-003": "slave"})

        answer = self.cache.test_failover(ReplicationGroupId="ha", NodeGroupId="0001")["ReplicationGroup"]
        self.assertEqual(answer["Status"], "modifying")
        shard = self.available("ha")["NodeGroups"][0]
        # The group's endpoints stay; who answers there is another.
        self.assertEqual((shard["PrimaryEndpoint"], shard["ReaderEndpoint"]), (primary, reader))
        nodes = self.members("ha")
        self.assertEqual(nodes["ha-002"]["CurrentRole"], "primary")
        until("the old primary follows", lambda: {
            name: self.role(node["ReadEndpoint"]) for name, node in nodes.items()
        } == {"ha-001": "slave", "ha-002": "master", "ha-003": "slave"})
        self.assertEqual(self.get(primary, "k"), "v")
        self.assertEqual(self.set(primary, "k", "after"), "OK")
        for node in nodes.values():
            until("replicated", lambda: self.get(node["ReadEndpoint"], "k") == "after")

        self.cache.modify_replication_group(ReplicationGroupId="ha", PrimaryClusterId="ha-003", ApplyImmediately=True)
        self.available("ha")
        self.assertEqual(self.role(self.members("ha")["ha-003"]["ReadEndpoint"]), "master")
        self.assertEqual(self.role(primary), "master")
        self.assertEqual(self.get(primary, "k"), "after")

        self.server.restart()
        self.available("ha")
        self.assertEqual(self.role(primary), "master")
        self.assertEqual(self.get(primary, "k"), "after")
        until("the reader has it", lambda: self.get(reader, "k") == "after")
        self.delete("ha")

    def test_replicas_up_and_down(self):
        options = dict(TransitEncryptionEnabled=True, AuthToken=TOKEN)
        group = self.create("scale", NumCacheClusters=1, **options)
        primary = group["NodeGroups"][0]["PrimaryEndpoint"]
        self.set(primary, "k", "v")
        self.cache.increase_replica_count(ReplicationGroupId="scale", NewReplicaCount=2, ApplyImmediately=True)
        self.available("scale")
        for node in self.members("scale").values():
            self.assertEqual(self.get(node["ReadEndpoint"], "k"), "v")
        before = len(processes_of(self.server.data_dir))
        self.cache.decrease_replica_count(ReplicationGroupId="scale", NewReplicaCount=1, ApplyImmediately=True)
        self.available("scale")
        until("one fewer", lambda: len(processes_of(self.server.data_dir)) == before - 1)
        self.delete("scale")


class Copies(Base):
    def test_snapshots(self):
        endpoint = self.create("src")["NodeGroups"][0]["PrimaryEndpoint"]
        self.cli(endpoint, "SET", "k", "first")
        self.assertEqual(
            self.cache.create_snapshot(SnapshotName="s1", ReplicationGroupId="src")["Snapshot"]["SnapshotStatus"],
            "creating",
        )
        self.copied("s1")
        self.assertIn("MB", self.snapshot("s1")["NodeSnapshots"][0]["CacheSize"])
        self.cli(endpoint, "SET", "k", "second")
        self.delete("src", FinalSnapshotIdentifier="s2")
        self.copied("s2")
        for name, value in (("s1", "first"), ("s2", "second")):
            group = self.cache.create_replication_group(
                ReplicationGroupId="from-" + name, ReplicationGroupDescription="x", SnapshotName=name,
                NumCacheClusters=2, AutomaticFailoverEnabled=True,
            )["ReplicationGroup"]
            self.assertEqual(group["CacheNodeType"], "cache.t3.micro")
            shard = self.available("from-" + name)["NodeGroups"][0]
            self.assertEqual(self.cli(shard["PrimaryEndpoint"], "GET", "k"), value)
            self.assertEqual(self.cli(shard["ReaderEndpoint"], "GET", "k"), value)
        # What was restored keeps what is written to it.
        shard = self.see("from-s2")["NodeGroups"][0]
        self.cli(shard["PrimaryEndpoint"], "SET", "more", "x")
        self.server.kill9()
        self.server.start()
        self.available("from-s2")
        self.assertEqual(self.cli(shard["PrimaryEndpoint"], "GET", "more"), "x")
        self.assertEqual(self.cli(shard["PrimaryEndpoint"], "GET", "k"), "second")
        for name in ("s1", "s2"):
            self.cache.delete_snapshot(SnapshotName=name)
            self.delete("from-" + name)
        with self.assertRaises(ClientError):
            self.snapshot("s1")
        until("no copy is left", lambda: not glob.glob(self.server.data_dir + "/copies/**/s1*", recursive=True))


    def test_data_stay_until_their_final_snapshot_is_made(self):
        self.cli(self.create("leaving")["NodeGroups"][0]["PrimaryEndpoint"], "SET", "k", "kept")
        with self.server.without_copies():
            self.delete("leaving", FinalSnapshotIdentifier="late")
            until("failed", lambda: self.snapshot("late")["SnapshotStatus"] == "failed")
        self.server.restart()
        self.copied("late")
        until("its engine is gone", lambda: not glob.glob(self.server.data_dir + "/engines/**/leaving*", recursive=True))
        group = self.cache.create_replication_group(
            ReplicationGroupId="back", ReplicationGroupDescription="x", SnapshotName="late"
        )["ReplicationGroup"]
        primary = self.available(group["ReplicationGroupId"])["NodeGroups"][0]["PrimaryEndpoint"]
        self.assertEqual(self.cli(primary, "GET", "k"), "kept")
        self.delete("back")
        self.cache.delete_snapshot(SnapshotName="late")


class Survival(Base):
    def test_restart_kill_and_failure(self):
        group = self.create("keep", TransitEncryptionEnabled=True, AuthToken=TOKEN)
        endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
        secure = dict(tls=True, password=TOKEN)
        self.assertEqual(self.cli(endpoint, "SET", "k", "1", **secure), "OK")
        self.server.restart()
        self.assertEqual(self.available("keep")["NodeGroups"][0]["PrimaryEndpoint"], endpoint)
        self.assertEqual(self.cli(endpoint, "GET", "k", **secure), "1")
        self.assertEqual(self.cli(endpoint, "SET", "k", "2", **secure), "OK")
        self.server.kill9()
        if BACKEND == "native":  # a container goes when the next server starts
            until("no orphan", lambda: not processes_of(self.server.data_dir))
        self.server.start()
        self.available("keep")
        self.assertEqual(self.cli(endpoint, "GET", "k", **secure), "2")
        # The engine itself dies: it is started again.
        self.assertEqual(self.cli(endpoint, "SET", "k", "3", **secure), "OK")
        (process,) = processes_of(self.server.data_dir)
        os.kill(process, signal.SIGKILL)
        until("another process", lambda: processes_of(self.server.data_dir) not in ([process], []))
        until("its data", lambda: self.cli(endpoint, "GET", "k", **secure) == "3")

        # Data that Redis can't read: the group says so, and a finding says why.
        self.server.stop()
        (manifest,) = glob.glob(self.server.data_dir + "/engines/**/appendonly.aof.manifest", recursive=True)
        with open(manifest, "r+") as file:
            good = file.read()
            file.seek(0)
            file.write("nonsense\n" + good)
        self.server.start()
        until("create-failed", lambda: self.see("keep")["Status"] == "create-failed")
        rule = "elasticache-engine-failed"
        until("the finding", lambda: any(f["rule"] == rule and "manifest" in f["message"] for f in self.server.findings()))
        self.delete("keep")
        self.assertFalse([f for f in self.server.findings() if f["rule"] == rule])


class ClusterMode(Base):
    def cluster(self, endpoint, *command):
        return self.cli(endpoint, *command, options=("-c",))

    def test_shards(self):
        group = self.create("many", NumNodeGroups=2, ReplicasPerNodeGroup=1)
        endpoint = group["ConfigurationEndpoint"]
        self.assertIn("cluster_state:ok", self.cli(endpoint, "CLUSTER", "INFO"))
        self.assertIn("cluster_size:2", self.cli(endpoint, "CLUSTER", "INFO"))
        self.assertIn("cluster_known_nodes:4", self.cli(endpoint, "CLUSTER", "INFO"))
        for i in range(50):
            self.assertEqual(self.cluster(endpoint, "SET", "key%d" % i, str(i)), "OK")
        self.cache.test_failover(ReplicationGroupId="many", NodeGroupId="0002")
        self.available("many")
        self.assertEqual(self.cluster(endpoint, "GET", "key7"), "7")

        self.cache.modify_replication_group_shard_configuration(
            ReplicationGroupId="many", NodeGroupCount=3, ApplyImmediately=True
        )
        self.available("many")
        self.assertEqual([g["Slots"] for g in self.see("many")["NodeGroups"]], ["0-5460", "5461-10921", "10922-16383"])
        self.assertIn("cluster_size:3", self.cli(endpoint, "CLUSTER", "INFO"))
        for i in range(50):
            self.assertEqual(self.cluster(endpoint, "GET", "key%d" % i), str(i))

        self.cache.create_snapshot(SnapshotName="shards", ReplicationGroupId="many")
        until("copied", lambda: self.cache.describe_snapshots(SnapshotName="shards")["Snapshots"][0]["SnapshotStatus"]
              == "available")
        self.server.kill9()
        self.server.start()
        self.available("many")
        until("whole", lambda: "cluster_state:ok" in self.cli(endpoint, "CLUSTER", "INFO"))
        for i in range(50):
            self.assertEqual(self.cluster(endpoint, "GET", "key%d" % i), str(i))
        # Down to two again: the shard goes when its keys have moved.
        processes = len(processes_of(self.server.data_dir))
        self.cache.modify_replication_group_shard_configuration(
            ReplicationGroupId="many", NodeGroupCount=2, NodeGroupsToRemove=["0001"], ApplyImmediately=True
        )
        group = self.available("many")
        self.assertEqual([g["NodeGroupId"] for g in group["NodeGroups"]], ["0002", "0003"])
        until("its processes are gone", lambda: len(processes_of(self.server.data_dir)) == processes - 2)
        self.assertEqual(group["ConfigurationEndpoint"], endpoint)
        self.assertIn("cluster_size:2", self.cli(endpoint, "CLUSTER", "INFO"))
        until("its nodes are forgotten", lambda: "cluster_known_nodes:4" in self.cli(endpoint, "CLUSTER", "INFO"))
        for i in range(50):
            self.assertEqual(self.cluster(endpoint, "GET", "key%d" % i), str(i))
        self.delete("many")

        again = self.create("more", NumNodeGroups=3, ReplicasPerNodeGroup=0, SnapshotName="shards")
        for i in range(50):
            self.assertEqual(self.cluster(again["ConfigurationEndpoint"], "GET", "key%d" % i), str(i))
        self.delete("more")
        self.cache.delete_snapshot(SnapshotName="shards")


if __name__ == "__main__":
    unittest.main(verbosity=2)
