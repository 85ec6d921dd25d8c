"""`orrery verify` with real PostgreSQL, MariaDB (where it is installed) and Redis behind the endpoints."""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

from service_case import ServiceCase

if not shutil.which("redis-server") or not (shutil.which("postgres") or glob.glob("/usr/lib/postgresql/*/bin/postgres")):
    print("skipped: postgres and redis-server are not installed")
    sys.exit(77)

HAS_MEMCACHED = shutil.which("memcached", path=os.environ.get("PATH", "") + ":/usr/sbin")
HAS_MARIADB = os.path.exists("/usr/sbin/mariadbd") or shutil.which("mariadbd")
PASSWORD = "correct-horse-battery"
TOKEN = "token-of-sixteen-or-more"
WRONG = "wrong-horse-wrong-battery"
PATIENCE = 300


def run(server, *flags):
    return subprocess.run([os.environ["ORRERY_BINARY"], "verify", "--endpoint", server.endpoint, *flags],
                          capture_output=True, text=True, timeout=300)


def processes(word, folder):
    """Ids of the processes that have both in their command lines."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                line = file.read().decode(errors="replace")
        except OSError:
            continue
        if word in line.split("\0")[0] and folder in line:
            found.append(int(path.split("/")[2]))
    return found


class Verify(ServiceCase):
    options = {"engines": "native", "data_dir": True}
    clients = {"rds": "rds", "cache": "elasticache", "secrets": "secretsmanager"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_databases()
        cls.make_caches()
        cls.wait()
        cls.make_secrets()

    @classmethod
    def make_databases(cls):
        common = dict(Engine="postgres", EngineVersion="15", DBInstanceClass="db.t3.medium", AllocatedStorage=20,
                      MasterUsername="volt")
        for name, more in {"named": {"MasterUserPassword": PASSWORD, "DBName": "app"},
                           "managed": {"ManageMasterUserPassword": True},
                           "unnamed": {"MasterUserPassword": PASSWORD}}.items():
            cls.rds.create_db_instance(DBInstanceIdentifier=name, **common, **more)
        cls.rds.create_db_cluster(DBClusterIdentifier="cluster", Engine="aurora-postgresql", MasterUsername="volt",
                                  ManageMasterUserPassword=True, DatabaseName="app")
        cls.rds.create_db_cluster(DBClusterIdentifier="empty", Engine="aurora-postgresql", MasterUsername="volt",
                                  MasterUserPassword=PASSWORD)
        for name in ("writer", "reader"):
            cls.rds.create_db_instance(DBInstanceIdentifier=name, Engine="aurora-postgresql",
                                       DBClusterIdentifier="cluster", DBInstanceClass="db.r6g.large")
        for name, engine, version in (("maria", "mariadb", "10.11"), ("mysql", "mysql", "8.0")):
            if HAS_MARIADB:
                cls.rds.create_db_instance(DBInstanceIdentifier=name, **dict(
                    common, Engine=engine, EngineVersion=version, MasterUserPassword=PASSWORD))

    @classmethod
    def make_caches(cls):
        common = dict(ReplicationGroupDescription="d", CacheNodeType="cache.t3.micro", Engine="redis",
                      EngineVersion="7.0")
        for name, more in {
                "token": {"AuthToken": TOKEN, "TransitEncryptionEnabled": True, "NumCacheClusters": 3,
                          "AutomaticFailoverEnabled": True},
                "secretless": {"AuthToken": TOKEN, "TransitEncryptionEnabled": True},
                "plain": {},
                "shards": {"NumNodeGroups": 2, "ReplicasPerNodeGroup": 1, "AutomaticFailoverEnabled": True}}.items():
            cls.cache.create_replication_group(ReplicationGroupId=name, **common, **more)
        cls.cache.create_cache_cluster(CacheClusterId="alone", Engine="redis", CacheNodeType="cache.t3.micro",
                                       NumCacheNodes=1)
        cls.cache.create_serverless_cache(ServerlessCacheName="serverless", Engine="redis")
        if HAS_MEMCACHED:
            cls.cache.create_cache_cluster(CacheClusterId="memory", Engine="memcached", CacheNodeType="cache.t3.micro",
                                           NumCacheNodes=2, TransitEncryptionEnabled=True)

    @classmethod
    def states(cls):
        yield from (one["DBInstanceStatus"] for one in cls.rds.describe_db_instances()["DBInstances"])
        yield from (one["Status"] for one in cls.cache.describe_replication_groups()["ReplicationGroups"])
        yield from (one["CacheClusterStatus"] for one in cls.cache.describe_cache_clusters()["CacheClusters"])
        yield from (one["Status"] for one in cls.cache.describe_serverless_caches()["ServerlessCaches"])

    @classmethod
    def wait(cls):
        deadline = time.monotonic() + PATIENCE
        while set(cls.states()) != {"available"}:
            assert time.monotonic() < deadline, (list(cls.states()), cls.server.output[-20:])
            time.sleep(0.1)

    @classmethod
    def make_secrets(cls):
        address = cls.rds.describe_db_instances(DBInstanceIdentifier="named")["DBInstances"][0]["Endpoint"]["Address"]
        cls.values = {"database": {"username": "volt", "password": PASSWORD, "host": address, "dbname": "app"}}
        groups = cls.cache.describe_replication_groups(ReplicationGroupId="token")["ReplicationGroups"]
        if HAS_MARIADB:
            maria = cls.rds.describe_db_instances(DBInstanceIdentifier="maria")["DBInstances"][0]["Endpoint"]
            cls.values["maria"] = {"username": "volt", "password": PASSWORD, "host": maria["Address"]}
        cls.values["cache"] = {"primary_endpoint": groups[0]["NodeGroups"][0]["PrimaryEndpoint"]["Address"],
                               "auth_token": TOKEN}
        for name, value in cls.values.items():
            cls.secrets.create_secret(Name=name, SecretString=json.dumps(value))

    def verify(self):
        result = run(self.server, "--json")
        self.assertEqual(result.stderr, "")
        for secret in (PASSWORD, TOKEN, WRONG):
            self.assertNotIn(secret, result.stdout)
        checks = json.loads(result.stdout)["checks"]
        failures = [(check["what"], check["name"], check["detail"]) for check in checks if check["failed"]]
        self.assertEqual(result.returncode, 1 if failures else 0)
        return checks, failures

    def rows(self, checks, what):
        return {check["name"]: (check["result"], check["detail"]) for check in checks if check["what"] == what}

    def change_secret(self, name, **members):
        self.secrets.put_secret_value(SecretId=name, SecretString=json.dumps(dict(self.values[name], **members)))
        self.addCleanup(self.secrets.put_secret_value, SecretId=name, SecretString=json.dumps(self.values[name]))

    def test_all_is_as_it_says(self):
        checks, failures = self.verify()
        # The default group lets in its own members.
        self.assertEqual(failures, [])
        databases = self.rows(checks, "database")
        self.assertRegex(databases["named"][1], r"^PostgreSQL \d+\.\d+.*, TLSv1\.[23], as volt with the secret database$")
        self.assertRegex(databases["managed"][1], r"^PostgreSQL .*, as volt with the secret rds!db-")
        self.assertEqual(databases["unnamed"], ("ok", "asks for a password over TLS; no secret names it"))
        # A cluster's secret enters all of its endpoints and instances.
        by_secret = r"^PostgreSQL \d+\.\d+.*, TLSv1\.[23], as volt with the secret rds!cluster-"
        clusters = self.rows(checks, "database cluster")
        self.assertRegex(clusters["cluster"][1], by_secret)
        self.assertRegex(self.rows(checks, "database reader")["cluster"][1], by_secret)
        self.assertEqual(clusters["empty"][0], "no instance")
        for member in ("writer", "reader"):
            self.assertRegex(databases[member][1], by_secret)
        if HAS_MARIADB:
            self.assertRegex(databases["maria"][1], r"^MariaDB \d+\.\d+\.\d+, TLSv1\.[23], as volt with the secret maria$")
            self.assertEqual(databases["mysql"], ("ok", "asks for a password over TLS; no secret names it"))
        caches = self.rows(checks, "cache")
        self.assertRegex(caches["token"][1], r"^Redis 7\.\d+\.\d+, TLS, primary with 2 of 2 replicas, with the secret cache$")
        self.assertEqual(caches["secretless"], ("ok", "NOAUTH without a login, and no secret names it"))
        self.assertRegex(caches["plain"][1], r"^Redis 7\.\d+\.\d+, no TLS, primary with 0 of 0 replicas$")
        self.assertRegex(caches["shards"][1], r"^Redis 7\.\d+\.\d+, no TLS, cluster_state ok, 2 shards, 4 nodes$")
        self.assertRegex(caches["alone"][1], r"^Redis 7\.\d+\.\d+, no TLS$")
        self.assertRegex(caches["serverless"][1], r"^Redis 7\.\d+\.\d+, TLS, cluster_state ok, 1 shards, 1 nodes$")
        if HAS_MEMCACHED:
            nodes = [check["detail"] for check in checks if (check["what"], check["name"]) == ("cache", "memory")]
            self.assertEqual(len(nodes), 2)
            for detail in nodes:
                self.assertRegex(detail, r"^memcached 1\.\d+\.\d+, TLS$")
        self.assertRegex(self.rows(checks, "cache reader")["token"][1], r"^Redis 7\.\d+\.\d+, TLS, with the secret cache$")
        self.assertEqual({result for result, _ in self.rows(checks, "traffic").values()} - {"no group"}, {"ok"})

    def test_wrong_password(self):
        self.change_secret("database", password=WRONG)
        _, failures = self.verify()
        self.assertEqual([failure[:2] for failure in failures], [("database", "named")])
        self.assertIn('password authentication failed for user "volt"', failures[0][2])

    @unittest.skipUnless(HAS_MARIADB, "mariadbd is not installed")
    def test_wrong_password_of_mariadb(self):
        self.change_secret("maria", password=WRONG)
        _, failures = self.verify()
        self.assertEqual([failure[:2] for failure in failures], [("database", "maria")])
        self.assertIn("Access denied for user 'volt'", failures[0][2])

    def test_wrong_database(self):
        self.change_secret("database", dbname="other")
        _, failures = self.verify()
        self.assertEqual([failure[:2] for failure in failures], [("database", "named")])
        self.assertIn('database "other" does not exist', failures[0][2])

    def test_wrong_token(self):
        self.change_secret("cache", auth_token=WRONG)
        _, failures = self.verify()
        self.assertEqual([failure[:2] for failure in failures], [("cache", "token"), ("cache reader", "token")])
        self.assertIn("WRONGPASS", failures[0][2])

    def test_a_token_that_nobody_asked_for(self):
        groups = self.cache.describe_replication_groups(ReplicationGroupId="plain")["ReplicationGroups"]
        self.change_secret("cache", other=groups[0]["NodeGroups"][0]["PrimaryEndpoint"]["Address"])
        _, failures = self.verify()
        self.assertIn(("cache", "plain"), [failure[:2] for failure in failures])

    def test_nobody_answers(self):
        resource = self.rds.describe_db_instances(DBInstanceIdentifier="unnamed")["DBInstances"][0]["DbiResourceId"]
        pids = processes("postgres", resource)
        self.assertTrue(pids)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            _, failures = self.verify()
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        self.assertEqual([failure[:2] for failure in failures], [("database", "unnamed")])

    def test_stopped(self):
        self.rds.stop_db_instance(DBInstanceIdentifier="managed")
        deadline = time.monotonic() + PATIENCE
        while set(self.states()) != {"available", "stopped"}:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.addCleanup(self.wait)
        self.addCleanup(self.rds.start_db_instance, DBInstanceIdentifier="managed")
        checks, failures = self.verify()
        self.assertEqual((failures, self.rows(checks, "database")["managed"][0]), ([], "stopped"))


if __name__ == "__main__":
    unittest.main()
