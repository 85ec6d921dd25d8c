"""RDS instances and clusters through the real Terraform: new, restored, replicated; planned clean, changed, destroyed.

Slow: the provider itself waits more than a minute for each instance.
"""

import pathlib
import sys
import unittest

from orrery_server import Server
import terraform_cli

if not terraform_cli.executable() or not terraform_cli.provider_mirror():
    print("skipped: no Terraform, or no local mirror of its AWS provider")
    sys.exit(77)

FIXTURE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "databases"
CHANGED = ("-var", "class=db.t3.large", "-var", "connections=70")


class Terraform(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(data_dir=True, engines="auto")
        cls.workspace = terraform_cli.Workspace(FIXTURE, cls.server.endpoint)

    @classmethod
    def tearDownClass(cls):
        cls.workspace.close()
        unread = cls.server.unread()
        cls.server.__exit__()
        assert not unread, unread

    def terraform(self, *arguments, stack="stack"):
        return self.workspace.run(stack, arguments[0], "-no-color", *arguments[1:])[1]

    def test_cluster(self):
        changed = ("-var", "retention=3")
        self.terraform("init", stack="cluster")
        self.terraform("apply", "-auto-approve", stack="cluster")
        self.terraform("plan", "-detailed-exitcode", stack="cluster")
        self.terraform("apply", "-auto-approve", *changed, stack="cluster")
        self.terraform("plan", "-detailed-exitcode", *changed, stack="cluster")
        rds = self.server.client("rds")
        cluster = rds.describe_db_clusters(DBClusterIdentifier="lights")["DBClusters"][0]
        self.assertEqual(cluster["BackupRetentionPeriod"], 3)
        self.assertEqual(len(cluster["DBClusterMembers"]), 2)
        self.terraform("destroy", "-auto-approve", *changed, stack="cluster")
        self.assertEqual(rds.describe_db_clusters()["DBClusters"], [])

    def test_instances(self):
        self.terraform("init")
        self.terraform("apply", "-auto-approve")
        self.terraform("plan", "-detailed-exitcode")
        self.terraform("apply", "-auto-approve", *CHANGED)
        self.server.restart()
        self.terraform("plan", "-detailed-exitcode", *CHANGED)
        rds = self.server.client("rds")
        source = rds.describe_db_instances(DBInstanceIdentifier="source")["DBInstances"][0]
        self.assertEqual(source["DBInstanceClass"], "db.t3.large")
        self.assertEqual(source["ReadReplicaDBInstanceIdentifiers"], ["replica"])
        self.terraform("destroy", "-auto-approve", *CHANGED)
        self.assertEqual(rds.describe_db_instances()["DBInstances"], [])
        self.assertEqual(rds.describe_db_snapshots()["DBSnapshots"], [])


if __name__ == "__main__":
    unittest.main()
