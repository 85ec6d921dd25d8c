"""Tests of RDS with real PostgreSQL behind its endpoints, entered by psql.

ORRERY_TEST_ENGINES=docker: the same with containers (test_docker_rds.py).
"""

import os
import sys
import time
import unittest

import psql
from orrery_server import Server
from rds_instances import PASSWORD, Instances

ENGINES = "postgres=%s,redis=off,valkey=off" % os.environ.get("ORRERY_TEST_ENGINES", "native")
# The first start makes PostgreSQL's template; shared machines are slow.
PATIENCE = 120


class Databases(Instances):
    options = {"engines": ENGINES, "data_dir": True}
    patience = 30

    def create(self, name, wait=True, **changes):
        made = super().create(name, **changes)
        self.assertEqual(made["DBInstanceStatus"], "creating")
        self.assertNotIn("Endpoint", made)
        return self.up(name) if wait else made

    def up(self, name, status="available"):
        deadline = time.monotonic() + PATIENCE
        while True:
            instance = self.instance(name)
            if instance["DBInstanceStatus"] == status:
                return instance
            if instance["DBInstanceStatus"] == "failed" or time.monotonic() > deadline:
                self.fail("%s is %s: %s" % (name, instance["DBInstanceStatus"], "".join(self.server.output[-20:])))
            time.sleep(0.05)

    def snapshot_ready(self, name):
        deadline = time.monotonic() + PATIENCE
        while True:
            snapshot = self.rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
            if snapshot["Status"] == "available":
                return snapshot
            if snapshot["Status"] == "failed" or time.monotonic() > deadline:
                self.fail("%s is %s: %s" % (name, snapshot["Status"], "".join(self.server.output[-20:])))
            time.sleep(0.05)

    def enter(self, name, sql, **options):
        """(exit code, output) of one call of the software's client."""
        return self.psql(name, sql, **options)

    def psql(self, name, sql, password=PASSWORD, user="volt", database="app", sslmode="require", endpoint=None):
        """(exit code, output) of one psql call."""
        endpoint = endpoint or self.instance(name)["Endpoint"]
        return psql.run(
            sql, endpoint["Address"], user, password, database, port=endpoint["Port"], sslmode=sslmode
        )

    def ask(self, name, sql, **options):
        code, output = self.enter(name, sql, **options)
        self.assertEqual(code, 0, output)
        return output

    def refuses(self, name, sql, message, **options):
        code, output = self.enter(name, sql, **options)
        self.assertNotEqual(code, 0, output)
        self.assertIn(message, output)

    def engines(self):
        return {engine["id"].rsplit("/", 1)[1]: engine for engine in self.server.console("engines")["engines"]}


def unavailable():
    """Why there is no PostgreSQL; None where there is one."""
    if psql.PROGRAM is None:
        return "psql is not installed"
    try:
        Server(engines=ENGINES).stop()
    except RuntimeError as refusal:
        return "no PostgreSQL is at hand: %s" % refusal
    return None


def main():
    reason = unavailable()
    if reason:
        print("skipped: " + reason)
        sys.exit(77)
    unittest.main()
