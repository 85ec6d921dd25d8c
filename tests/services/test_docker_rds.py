"""PostgreSQL in real containers: the tests of RDS's engines and of the driver once more, and what only containers can
leave behind.
"""

import os
import subprocess
import unittest

import podman

podman.prepare(["psql"])

import rds_databases  # noqa: E402  (it reads the environment)
import test_rds_engines  # noqa: E402

globals().update(podman.cases(test_rds_engines, __name__))
setUpModule, tearDownModule = podman.start, podman.stop


class Leftovers(rds_databases.Databases):
    def containers(self, count):
        """Ids of this server's containers, once there are that many: programs beside an engine have some, for a while."""

        def steady():
            ids = set(podman.containers(self.server.data_dir))
            self.assertEqual(len(ids), count)
            return ids

        return self.eventually(steady, 60)

    def test_killed_rebooted_deleted(self):
        made = self.create("killed", BackupRetentionPeriod=0)
        (engine,) = self.server.console("engines")["engines"]
        self.assertEqual((engine["backend"], engine["phase"]), ("docker", "running"))
        self.ask("killed", "CREATE TABLE kept AS SELECT 1 AS n")
        before = self.containers(1)

        self.server.kill9()
        self.assertEqual(set(podman.containers(self.server.data_dir)), before)
        self.server.start()
        self.assertEqual(self.up("killed")["Endpoint"], made["Endpoint"])
        self.assertEqual(before & self.containers(1), set())
        self.assertEqual(self.ask("killed", "SELECT n FROM kept"), "1")

        self.rds.reboot_db_instance(DBInstanceIdentifier="killed")
        self.up("killed")
        self.assertEqual(self.ask("killed", "SELECT n FROM kept"), "1")
        self.containers(1)

        # Deleted by a request whose server dies at once: the next one takes the container away.
        self.delete("killed")
        self.server.kill9()
        self.server.start()
        self.containers(0)
        self.refuses("killed", "SELECT 1", "Connection refused", endpoint=made["Endpoint"])


class Postgres(unittest.TestCase):
    def test_the_driver(self):
        tests = os.path.join(os.environ.get("ORRERY_BUILD", ""), "tests", "unit_tests")
        if not os.path.exists(tests):
            self.skipTest("no unit_tests in ORRERY_BUILD")
        done = subprocess.run([tests, "--gtest_filter=PostgresDriver.*"], capture_output=True, text=True, timeout=900)
        self.assertEqual(done.returncode, 0, done.stdout[-8000:])
        self.assertNotIn("SKIPPED", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
