"""Aurora clusters on real PostgreSQL."""

import rds_databases
from rds_databases import PASSWORD, PATIENCE, Databases


class Aurora(Databases):
    def make(self, name, **changes):
        arguments = dict(
            DBClusterIdentifier=name,
            Engine="aurora-postgresql",
            EngineVersion="15",
            MasterUsername="volt",
            MasterUserPassword=PASSWORD,
            DatabaseName="app",
        )
        arguments.update(changes)
        self.addCleanup(self.drop, name)
        return self.rds.create_db_cluster(**arguments)["DBCluster"]

    def join(self, cluster, name, **changes):
        self.addCleanup(self.delete, name)
        return self.rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier=cluster,
            Engine="aurora-postgresql",
            DBInstanceClass="db.r6g.large",
            **changes,
        )["DBInstance"]

    def cluster(self, name):
        return self.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]

    def on(self, address, sql, **options):
        endpoint = {"Address": address, "Port": 5432}
        code, output = self.psql("", sql, endpoint=endpoint, **options)
        self.assertEqual(code, 0, output)
        return output

    def cluster_up(self, name, status="available"):
        self.eventually(lambda: self.assertEqual(self.cluster(name)["Status"], status), PATIENCE)
        return self.cluster(name)

    def test_one_writer_and_readers(self):
        made = self.make("lights")
        self.join("lights", "one")
        self.up("one")
        self.on(made["Endpoint"], "CREATE TABLE kept AS SELECT 1 AS n")
        # Without a reader the reader endpoint leads to the writer.
        self.assertEqual(self.on(made["ReaderEndpoint"], "SELECT pg_is_in_recovery()"), "f")
        self.join("lights", "two")
        self.up("two")
        self.up("one")
        seen = self.cluster_up("lights")
        self.assertEqual((seen["Endpoint"], seen["ReaderEndpoint"]), (made["Endpoint"], made["ReaderEndpoint"]))
        self.assertEqual(self.on(seen["ReaderEndpoint"], "SELECT pg_is_in_recovery()"), "t")
        self.assertEqual(self.on(seen["Endpoint"], "SELECT pg_is_in_recovery()"), "f")
        self.assertEqual(self.ask("two", "SELECT sum(n) FROM kept"), "1")
        self.on(seen["Endpoint"], "INSERT INTO kept VALUES (2)")
        self.eventually(lambda: self.assertEqual(self.ask("two", "SELECT sum(n) FROM kept"), "3"))

        self.rds.failover_db_cluster(DBClusterIdentifier="lights", TargetDBInstanceIdentifier="two")
        for name in ("two", "one"):
            self.up(name)
        writers = {m["DBInstanceIdentifier"]: m["IsClusterWriter"] for m in self.cluster("lights")["DBClusterMembers"]}
        self.assertEqual(writers, {"one": False, "two": True})
        self.assertEqual(self.ask("two", "SELECT pg_is_in_recovery()"), "f")
        self.assertEqual(self.ask("one", "SELECT pg_is_in_recovery()"), "t")
        self.on(made["Endpoint"], "INSERT INTO kept VALUES (4)")
        self.eventually(lambda: self.assertEqual(self.ask("one", "SELECT sum(n) FROM kept"), "7"))

        # The writer goes: the reader that is left takes over.
        self.delete("two")
        self.up("one")
        self.assertEqual(self.ask("one", "SELECT pg_is_in_recovery()"), "f")
        self.on(made["Endpoint"], "INSERT INTO kept VALUES (8)")
        self.assertEqual(self.on(made["ReaderEndpoint"], "SELECT sum(n) FROM kept"), "15")
        # All instances go, and the data stays.
        self.delete("one")
        self.join("lights", "three")
        self.up("three")
        self.assertEqual(self.on(made["Endpoint"], "SELECT sum(n) FROM kept"), "15")

    def photograph(self, cluster, name):
        self.rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster, DBClusterSnapshotIdentifier=name)
        self.addCleanup(self.rds.delete_db_cluster_snapshot, DBClusterSnapshotIdentifier=name)

        def copied():
            found = self.rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=name)["DBClusterSnapshots"]
            self.assertEqual(found[0]["Status"], "available")

        self.eventually(copied, PATIENCE)

    def revive(self, name, snapshot):
        self.addCleanup(self.drop, name)
        return self.rds.restore_db_cluster_from_snapshot(
            DBClusterIdentifier=name, SnapshotIdentifier=snapshot, Engine="aurora-postgresql"
        )["DBCluster"]

    def test_snapshots_of_clusters_that_hardly_began(self):
        made = self.make("early")
        self.join("early", "first")
        # Not up yet, and still there is something to copy.
        self.photograph("early", "blank")
        self.assertEqual(len(self.server.console("engines")["copies"]), 1)
        self.up("first")
        self.on(made["Endpoint"], "CREATE TABLE kept AS SELECT 1 AS n")
        self.photograph("early", "full")
        # A copy of a cluster that has had no instance is one of what it will start with.
        self.revive("resting", "full")
        self.photograph("resting", "of-resting")
        self.drop("resting")
        for name, snapshot, tables in (("late", "of-resting", "1"), ("later", "blank", "0")):
            late = self.revive(name, snapshot)
            self.join(name, "of-" + name)
            self.up("of-" + name)
            self.assertEqual(self.on(late["Endpoint"], "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'"), tables)

    def test_changes_and_copies(self):
        rds = self.rds
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName="tuned", DBParameterGroupFamily="aurora-postgresql15", Description="tuned"
        )

        def set_parameter(name, value, method):
            rds.modify_db_cluster_parameter_group(
                DBClusterParameterGroupName="tuned",
                Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}],
            )

        made = self.make("source", DBClusterParameterGroupName="tuned")
        self.join("source", "writer")
        self.up("writer")
        self.on(made["Endpoint"], "CREATE TABLE kept AS SELECT 1 AS n")
        set_parameter("work_mem", "8192", "immediate")
        set_parameter("max_connections", "66", "pending-reboot")
        self.up("writer")
        self.cluster_up("source")
        self.assertEqual(self.on(made["Endpoint"], "SHOW work_mem"), "8MB")
        member = self.cluster("source")["DBClusterMembers"][0]
        self.assertEqual(member["DBClusterParameterGroupStatus"], "pending-reboot")
        rds.reboot_db_instance(DBInstanceIdentifier="writer")
        self.up("writer")
        self.assertEqual(self.on(made["Endpoint"], "SHOW max_connections"), "66")
        self.assertEqual(self.cluster("source")["DBClusterMembers"][0]["DBClusterParameterGroupStatus"], "in-sync")

        rds.modify_db_cluster(DBClusterIdentifier="source", MasterUserPassword="another-good-one")
        self.cluster_up("source")
        self.on(made["Endpoint"], "SELECT 1", password="another-good-one")

        self.photograph("source", "one")
        self.on(made["Endpoint"], "INSERT INTO kept VALUES (2)", password="another-good-one")
        restored = self.revive("restored", "one")
        self.join("restored", "again")
        self.up("again")
        self.assertEqual(self.on(restored["Endpoint"], "SELECT sum(n) FROM kept", password="another-good-one"), "1")
        clone = rds.restore_db_cluster_to_point_in_time(
            DBClusterIdentifier="clone",
            SourceDBClusterIdentifier="source",
            RestoreType="copy-on-write",
            UseLatestRestorableTime=True,
        )["DBCluster"]
        self.addCleanup(self.drop, "clone")
        self.join("clone", "cloned")
        self.up("cloned")
        self.assertEqual(self.on(clone["Endpoint"], "SELECT sum(n) FROM kept", password="another-good-one"), "3")

        rds.stop_db_cluster(DBClusterIdentifier="source")
        self.cluster_up("source", "stopped")
        self.assertEqual(self.instance("writer")["DBInstanceStatus"], "stopped")
        rds.start_db_cluster(DBClusterIdentifier="source")
        self.up("writer")
        self.cluster_up("source")
        self.assertEqual(self.on(made["Endpoint"], "SELECT sum(n) FROM kept", password="another-good-one"), "3")


if __name__ == "__main__":
    rds_databases.main()
