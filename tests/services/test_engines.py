"""What engines leave behind: nothing, whatever is created and deleted, and whenever the server is killed."""

import concurrent.futures
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from service_case import FreshServerCase

# A server that was killed leaves its engines a moment: the kernel tells them to end.
PATIENCE = 60


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


def processes_of(folder):
    """Process ids of everything whose working directory is in `folder`."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink("/proc/%s/cwd" % pid).startswith(folder + "/"):
                found.append(int(pid))
        except OSError:
            pass
    return found


def eventually(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Leftovers(FreshServerCase):
    def setUp(self):
        super().setUp()
        self.folder = os.path.realpath(self.server.data_dir)

    def engines(self):
        return self.server.console("engines")["engines"]

    def assert_nothing_is_left(self):
        self.assertTrue(eventually(lambda: not self.engines()), self.engines())
        self.assertEqual(processes_of(self.folder), [])
        left = [
            os.path.join(where, file)
            for where, _, files in os.walk(os.path.join(self.folder, "engines"))
            for file in files
        ]
        self.assertEqual(left, [])
        self.assertEqual(sorted(os.listdir(os.path.join(self.folder, "engines"))), [".records", ".run"])
        with sqlite3.connect(os.path.join(self.folder, "orrery.db")) as database:
            leases = database.execute("SELECT id FROM engine_lease").fetchall()
        database.close()
        self.assertEqual(leases, [])

    def memory(self):
        with open("/proc/%d/status" % self.server.process.pid) as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def fifty_come_and_go(self):
        """Five times ten, all there at once; the server's memory stays what it was."""
        resident = []
        for batch in range(5):
            names = ["c%d-%d" % (batch, i) for i in range(10)]
            for name in names:
                self.create(name)
            self.assertTrue(
                eventually(lambda: set(self.names().values()) == {"available"}), self.server.console("engines")
            )
            self.assertEqual(len({(e["host"], e["port"]) for e in self.engines()}), 10)
            for name in names:
                self.delete(name)
            self.assertTrue(eventually(lambda: not self.engines()))
            resident.append(self.memory())
        self.assert_nothing_is_left()
        self.assertLess(resident[-1], resident[1] + 8 * 1024, resident)

    def ten_kills_at_random_moments(self):
        """Three are created and up to two deleted before each kill. Returns the names of those that are there in the end."""
        chance = random.Random(4)
        for life in range(10):
            kept = self.names()
            for name in list(kept)[:2]:
                self.delete(name)
            for i in range(3):
                self.create("k%d-%d" % (life, i))
            time.sleep(chance.uniform(0, 0.6))
            self.server.kill9()
            self.assertTrue(eventually(lambda: not processes_of(self.folder)), processes_of(self.folder))
            self.server.start()
        wanted = self.names()
        self.assertEqual(len(wanted), 12)
        self.assertTrue(eventually(lambda: set(self.names().values()) == {"available"}), self.server.console("engines"))
        self.assertEqual(len(self.engines()), 12)
        return wanted


class Databases(Leftovers):
    options = {"data_dir": True, "engines": "off,postgres=native"}

    def create(self, name):
        self.server.client("rds").create_db_instance(
            DBInstanceIdentifier=name, Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
            MasterUsername="keeper", MasterUserPassword="long-enough", BackupRetentionPeriod=0
        )

    def delete(self, name):
        self.server.client("rds").delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)

    def names(self):
        instances = self.server.client("rds").describe_db_instances()["DBInstances"]
        return {i["DBInstanceIdentifier"]: i["DBInstanceStatus"] for i in instances}

    def test_fifty_come_and_go(self):
        self.fifty_come_and_go()

    def test_ten_kills_at_random_moments(self):
        for name in self.ten_kills_at_random_moments():
            self.delete(name)
        self.assert_nothing_is_left()


class Leaks(Leftovers):
    options = {"data_dir": True, "engines": "off,redis=native"}

    def create(self, name):
        self.server.client("elasticache").create_cache_cluster(
            CacheClusterId=name, Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1
        )

    def delete(self, name):
        self.server.client("elasticache").delete_cache_cluster(CacheClusterId=name)

    def names(self):
        clusters = self.server.client("elasticache").describe_cache_clusters()["CacheClusters"]
        return {c["CacheClusterId"]: c["CacheClusterStatus"] for c in clusters}

    def test_fifty_come_and_go(self):
        self.fifty_come_and_go()

    def test_twenty_start_side_by_side_and_hold_nobody_up(self):
        sts = self.server.client("sts")
        starting, phases, answered = 0, [], 0
        deadline = time.monotonic() + PATIENCE
        with concurrent.futures.ThreadPoolExecutor(20) as several:
            for i in range(20):
                several.submit(self.create, "p%d" % i)
            while phases.count("running") < 20:
                self.assertLess(time.monotonic(), deadline, self.server.console("engines"))
                before = "starting" in phases
                sts.get_caller_identity()
                phases = [engine["phase"] for engine in self.engines()]
                starting = max(starting, phases.count("starting"))
                answered += before and "starting" in phases
        self.assertEqual(set(self.names().values()), {"available"})
        self.assertGreater(starting, 1)
        self.assertGreater(answered, 0)  # between two moments at which engines were starting
        for i in range(20):
            self.delete("p%d" % i)
        self.assert_nothing_is_left()

    def test_ten_kills_at_random_moments(self):
        wanted = self.ten_kills_at_random_moments()
        self.assertEqual(len(processes_of(self.folder)), 12)
        for name in wanted:
            self.delete(name)
        self.assert_nothing_is_left()

    def test_reset_and_a_stop_end_everything(self):
        for i in range(4):
            self.create("r%d" % i)
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual(processes_of(self.folder), [])
        self.server.start()
        self.assertTrue(eventually(lambda: len(processes_of(self.folder)) == 4), self.server.console("engines"))
        self.server.reset()
        self.assert_nothing_is_left()

    def test_a_second_signal_does_not_wait_for_an_engine(self):
        self.create("a")
        self.assertTrue(eventually(lambda: self.names() == {"a": "available"}), self.server.console("engines"))
        (stuck,) = processes_of(self.folder)
        os.kill(stuck, signal.SIGSTOP)
        try:
            self.server.process.send_signal(signal.SIGTERM)
            with self.assertRaises(subprocess.TimeoutExpired):
                self.server.process.wait(1)
            self.server.process.send_signal(signal.SIGTERM)
            self.assertEqual(self.server.process.wait(5), 128 + signal.SIGTERM)
        finally:
            os.kill(stuck, signal.SIGCONT)
        # The kernel has told it to end.
        self.assertTrue(eventually(lambda: not processes_of(self.folder)), processes_of(self.folder))

    def test_an_engine_that_is_killed_comes_back(self):
        self.create("a")
        self.assertTrue(eventually(lambda: self.names() == {"a": "available"}), self.server.console("engines"))
        (victim,) = processes_of(self.folder)
        os.kill(victim, 9)
        self.assertTrue(eventually(lambda: processes_of(self.folder) not in ([], [victim])))
        self.assertTrue(eventually(lambda: self.engines()[0]["phase"] == "running"), self.engines())

    def test_no_descriptor_and_no_variable_of_the_server_is_in_an_engine(self):
        self.create("a")
        self.assertTrue(eventually(lambda: self.names() == {"a": "available"}))
        (engine,) = processes_of(self.folder)
        with open("/proc/%d/environ" % engine) as environment:
            names = {entry.partition("=")[0] for entry in environment.read().split("\0") if entry}
        self.assertEqual(names & set(os.environ) - {"PATH", "HOME", "TMPDIR", "LC_ALL"}, set())
        with open("/proc/net/tcp") as table:
            ours = {line.split()[9] for line in table if line.split()[1].endswith(":%04X" % self.server.port)}
        sockets = {os.readlink("/proc/%d/fd/%s" % (engine, fd)) for fd in os.listdir("/proc/%d/fd" % engine)}
        self.assertTrue(ours)
        self.assertEqual({s for s in sockets if s.strip("socket:[]") in ours}, set())


if __name__ == "__main__":
    if not sys.platform.startswith("linux") or shutil.which("redis-server", path=os.environ.get("PATH", "") + ":/usr/sbin") is None:
        skip("needs Linux and redis-server")
    unittest.main()
