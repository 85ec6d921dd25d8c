"""RDS instances and clusters: new, restored, replicated; planned clean, changed in place, entered, destroyed.

Slow: the provider itself waits more than a minute for each instance.
"""
import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import psql  # noqa: E402
import terraform_cli  # noqa: E402
import waiting  # noqa: E402
from orrery_server import Server  # noqa: E402

terraform_cli.require()

PASSWORD = "correct-horse-battery"


def variables(**values):
    return tuple("-var=%s=%s" % pair for pair in values.items())


class Databases(unittest.TestCase):
    def setUp(self):
        self.server = Server(data_dir=True, engines="auto")
        self.addCleanup(self.server.__exit__)
        self.workspace = terraform_cli.Workspace(ROOT / "fixtures/databases", self.server.endpoint)
        self.addCleanup(self.workspace.close)
        self.rds = self.server.client("rds")

    def clean(self, stack, *arguments):
        changes, output = self.workspace.plan(stack, *arguments)
        self.assertFalse(changes, output)

    def change(self, stack, *arguments):
        """Applies what must not replace anything, and plans clean after it."""
        _, output = self.workspace.apply(stack, *arguments)
        self.assertRegex(output, r"Apply complete! Resources: 0 added, [1-9]\d* changed, 0 destroyed\.")
        self.clean(stack, *arguments)

    def gone(self, stack, *arguments):
        self.workspace.destroy(stack, *arguments)
        for operation, member in (("describe_db_clusters", "DBClusters"), ("describe_db_instances", "DBInstances"),
                                  ("describe_db_snapshots", "DBSnapshots"),
                                  ("describe_db_subnet_groups", "DBSubnetGroups")):
            left = [one for one in getattr(self.rds, operation)()[member] if one.get("DBSubnetGroupName") != "default"]
            self.assertEqual(left, [])
        self.assertEqual(self.server.client("secretsmanager").list_secrets()["SecretList"], [])
        self.assertEqual(self.server.unread(), [])
        waiting.eventually(lambda: self.assertEqual(self.server.console("engines")["engines"], []), 30)

    # clusters

    def test_cluster(self):
        edited = variables(retention=3, **{"class": "db.r6g.xlarge"}, owner="someone", work_mem=16384)
        own_password = (*edited, *variables(password=PASSWORD))
        self.workspace.init("cluster")
        self.workspace.apply("cluster")
        self.clean("cluster")
        self.assertEqual(self.writers(), {"lights-writer": True, "lights-reader": False})
        self.enter(self.managed_password())

        self.change("cluster", *edited)
        self.change("cluster", *own_password)
        self.reads_back()
        self.enter(PASSWORD)
        self.server.restart()
        self.clean("cluster", *own_password)
        self.fail_over()
        self.enter(PASSWORD)
        self.clean("cluster", *own_password)
        self.gone("cluster", *own_password)

    def managed_password(self):
        secret = self.rds.describe_db_clusters(DBClusterIdentifier="lights")["DBClusters"][0]["MasterUserSecret"]
        value = self.server.client("secretsmanager").get_secret_value(SecretId=secret["SecretArn"])["SecretString"]
        return json.loads(value)["password"]

    def enter(self, password):
        """The writer endpoint leads to a PostgreSQL that writes, the reader endpoint to one that follows it."""
        self.all_available()
        backends = {one["software"]: one["backend"] for one in self.server.console("engines")["software"]}
        if backends["postgres"] == "off" or psql.PROGRAM is None:
            return
        outputs = self.workspace.outputs("cluster")
        for endpoint, follows in (("writer", "f"), ("reader", "t")):
            said = psql.run("SELECT pg_is_in_recovery(), current_setting('server_version')",
                            outputs[endpoint], "volt", password, "app")
            self.assertEqual(said[0], 0, said)
            self.assertRegex(said[1], "^%s\\|1[5-9]\\." % follows)

    def all_available(self):
        def settled():
            states = [one["DBInstanceStatus"] for one in self.rds.describe_db_instances()["DBInstances"]]
            states += [one["Status"] for one in self.rds.describe_db_clusters()["DBClusters"]]
            self.assertEqual(set(states), {"available"})

        waiting.eventually(settled, 60)

    def reads_back(self):
        cluster = self.rds.describe_db_clusters(DBClusterIdentifier="lights")["DBClusters"][0]
        self.assertEqual(cluster["BackupRetentionPeriod"], 3)
        self.assertNotIn("MasterUserSecret", cluster)
        self.assertIn({"Key": "Owner", "Value": "someone"}, cluster["TagList"])
        writer = self.rds.describe_db_instances(DBInstanceIdentifier="lights-writer")["DBInstances"][0]
        self.assertEqual(writer["DBInstanceClass"], "db.r6g.xlarge")
        self.assertEqual(writer["TagList"], [{"Key": "Owner", "Value": "someone"}])

    def fail_over(self):
        self.rds.failover_db_cluster(DBClusterIdentifier="lights")
        self.all_available()
        self.assertEqual(self.writers(), {"lights-writer": False, "lights-reader": True})

    def writers(self):
        members = self.rds.describe_db_clusters(DBClusterIdentifier="lights")["DBClusters"][0]["DBClusterMembers"]
        return {one["DBInstanceIdentifier"]: one["IsClusterWriter"] for one in members}

    # instances

    def test_database_instances(self):
        changed = variables(**{"class": "db.t3.large"}, connections=70)
        self.workspace.init("stack")
        self.workspace.apply("stack")
        self.clean("stack")
        self.change("stack", *changed)
        self.server.restart()
        self.clean("stack", *changed)
        source = self.rds.describe_db_instances(DBInstanceIdentifier="source")["DBInstances"][0]
        self.assertEqual(source["DBInstanceClass"], "db.t3.large")
        self.assertEqual(source["ReadReplicaDBInstanceIdentifiers"], ["replica"])
        self.gone("stack", *changed)


if __name__ == "__main__":
    unittest.main()
