"""What happens to RDS instances over time: deferred modifications, parameter groups, snapshots, restores, replicas.

Without engines: what the API itself says. test_rds_engines.py has the same with real databases.
"""

import datetime
import unittest

from rds_instances import Instances
from service_case import subnets

DAY = 24 * 3600 * 1000


class Changes(Instances):
    defaults = {"EngineVersion": "15.13", "DBSubnetGroupName": "main"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        _, ids = subnets(cls.server.client("ec2"), "10.8", "ab")
        cls.rds.create_db_subnet_group(DBSubnetGroupName="main", DBSubnetGroupDescription="main", SubnetIds=ids)

    def test_modifications_wait_for_the_maintenance_window(self):
        self.create("waiting", PreferredMaintenanceWindow="sun:06:00-sun:06:30", PreferredBackupWindow="03:00-03:30")
        # The window is days away, whatever today is, unless it is now.
        now = self.rds.modify_db_instance(
            DBInstanceIdentifier="waiting",
            DBInstanceClass="db.t3.large",
            AllocatedStorage=40,
            MultiAZ=True,
            BackupRetentionPeriod=0,
            DeletionProtection=True,
            MasterUserPassword="another-good-one",
        )["DBInstance"]
        if datetime.datetime.now(datetime.timezone.utc).strftime("%a %H") == "Sun 06":
            self.skipTest("it is the maintenance window")
        self.assertEqual(now["DBInstanceClass"], "db.t3.medium")
        self.assertTrue(now["DeletionProtection"])
        self.assertEqual(
            now["PendingModifiedValues"],
            {"DBInstanceClass": "db.t3.large", "AllocatedStorage": 40, "MultiAZ": True, "BackupRetentionPeriod": 0},
        )
        # A value that goes back is not pending any more; one that changes at once is not either.
        now = self.rds.modify_db_instance(
            DBInstanceIdentifier="waiting", MultiAZ=False, DBPortNumber=5433, DeletionProtection=False
        )["DBInstance"]
        self.assertEqual(now["Endpoint"]["Port"], 5433)
        self.assertEqual(
            now["PendingModifiedValues"],
            {"DBInstanceClass": "db.t3.large", "AllocatedStorage": 40, "BackupRetentionPeriod": 0},
        )
        self.server.advance(7 * DAY)

        def settled():
            after = self.instance("waiting")
            self.assertEqual(after["PendingModifiedValues"], {})
            self.assertEqual((after["DBInstanceClass"], after["AllocatedStorage"]), ("db.t3.large", 40))
            self.assertEqual(after["BackupRetentionPeriod"], 0)

        self.eventually(settled)
        # ApplyImmediately takes what is pending along.
        self.rds.modify_db_instance(DBInstanceIdentifier="waiting", DBInstanceClass="db.t3.xlarge")
        after = self.rds.modify_db_instance(
            DBInstanceIdentifier="waiting", AllocatedStorage=50, ApplyImmediately=True
        )["DBInstance"]
        self.assertEqual((after["DBInstanceClass"], after["AllocatedStorage"]), ("db.t3.xlarge", 50))
        self.assertEqual(after["PendingModifiedValues"], {})

    def test_parameters_take_force(self):
        rds = self.rds
        rds.create_db_parameter_group(
            DBParameterGroupName="tuned", DBParameterGroupFamily="postgres15", Description="tuned"
        )
        self.addCleanup(rds.delete_db_parameter_group, DBParameterGroupName="tuned")
        self.create("tuned", DBParameterGroupName="tuned")

        def status():
            return self.instance("tuned")["DBParameterGroups"][0]["ParameterApplyStatus"]

        def set_parameter(name, value, method):
            rds.modify_db_parameter_group(
                DBParameterGroupName="tuned",
                Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}],
            )

        set_parameter("work_mem", "8192", "immediate")
        self.assertEqual(status(), "in-sync")
        set_parameter("max_connections", "LEAST({DBInstanceClassMemory/9531392},5000)", "pending-reboot")
        self.assertEqual(status(), "pending-reboot")
        rds.reboot_db_instance(DBInstanceIdentifier="tuned")
        self.assertEqual(status(), "in-sync")
        set_parameter("work_mem", "16384", "pending-reboot")
        self.assertEqual(status(), "pending-reboot")
        set_parameter("work_mem", "8192", "pending-reboot")
        self.assertEqual(status(), "in-sync")
        # Another group waits for a reboot as a whole.
        rds.modify_db_instance(DBInstanceIdentifier="tuned", DBParameterGroupName="default.postgres15")
        self.assertEqual(status(), "pending-reboot")
        self.assertEqual(
            self.instance("tuned")["DBParameterGroups"][0]["DBParameterGroupName"], "default.postgres15"
        )
        rds.stop_db_instance(DBInstanceIdentifier="tuned")
        rds.start_db_instance(DBInstanceIdentifier="tuned")
        self.assertEqual(status(), "in-sync")
        self.refused(
            "InvalidParameterValue",
            set_parameter,
            containing="formula",
            name="max_connections",
            value="LEAST({DBInstanceClassMemory/},5)",
            method="pending-reboot",
        )
        self.delete("tuned")

    def test_snapshots_and_restores(self):
        rds = self.rds
        source = self.create(
            "origin", Port=5440, CopyTagsToSnapshot=True, Tags=[{"Key": "Name", "Value": "volt"}], StorageType="gp2"
        )
        rds.create_db_snapshot(DBInstanceIdentifier="origin", DBSnapshotIdentifier="one")
        copy = rds.copy_db_snapshot(
            SourceDBSnapshotIdentifier="one", TargetDBSnapshotIdentifier="two", CopyTags=True
        )["DBSnapshot"]
        self.assertEqual(copy["TagList"], [{"Key": "Name", "Value": "volt"}])
        self.assertTrue(copy["SourceDBSnapshotIdentifier"].endswith(":snapshot:one"))
        restored = rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier="restored", DBSnapshotIdentifier=copy["DBSnapshotArn"], DBSubnetGroupName="main"
        )["DBInstance"]
        self.addCleanup(self.delete, "restored")
        for member in ("Engine", "EngineVersion", "DBInstanceClass", "AllocatedStorage", "MasterUsername", "DBName"):
            self.assertEqual(restored[member], source[member], member)
        self.assertEqual(restored["StorageType"], "gp2")
        self.assertEqual(restored["Endpoint"]["Port"], 5440)
        self.assertEqual(restored["TagList"], [{"Key": "Name", "Value": "volt"}])
        self.assertNotEqual(restored["DbiResourceId"], source["DbiResourceId"])
        later = rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="origin",
            TargetDBInstanceIdentifier="later",
            UseLatestRestorableTime=True,
            DBInstanceClass="db.t3.small",
            DBSubnetGroupName="main",
        )["DBInstance"]
        self.addCleanup(self.delete, "later")
        self.assertEqual(later["DBInstanceClass"], "db.t3.small")
        restore = rds.restore_db_instance_to_point_in_time
        self.refused(
            "InvalidParameterCombination", restore, SourceDBInstanceIdentifier="origin", TargetDBInstanceIdentifier="x"
        )
        self.create("bare", BackupRetentionPeriod=0)
        self.refused(
            "PointInTimeRestoreNotEnabled",
            restore,
            SourceDBInstanceIdentifier="bare",
            TargetDBInstanceIdentifier="x",
            UseLatestRestorableTime=True,
        )
        self.refused(
            "DBSnapshotNotFound",
            rds.restore_db_instance_from_db_snapshot,
            DBInstanceIdentifier="x",
            DBSnapshotIdentifier="nothing",
        )
        for name in ("one", "two"):
            rds.delete_db_snapshot(DBSnapshotIdentifier=name)

    def test_sharing(self):
        self.create("shown", BackupRetentionPeriod=0)
        rds = self.rds
        arn = rds.create_db_snapshot(DBInstanceIdentifier="shown", DBSnapshotIdentifier="shown")["DBSnapshot"][
            "DBSnapshotArn"
        ]
        other = self.server.client("rds", access_key="111122223333")
        self.server.client("ec2", access_key="111122223333").describe_vpcs()

        def restore():
            return other.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="theirs", DBSnapshotIdentifier=arn)

        self.refused("DBSnapshotNotFound", restore)
        attributes = rds.modify_db_snapshot_attribute(
            DBSnapshotIdentifier="shown", AttributeName="restore", ValuesToAdd=["111122223333"]
        )["DBSnapshotAttributesResult"]
        self.assertEqual(
            attributes["DBSnapshotAttributes"], [{"AttributeName": "restore", "AttributeValues": ["111122223333"]}]
        )
        seen = other.describe_db_snapshots(IncludeShared=True)["DBSnapshots"]
        self.assertEqual([snapshot["DBSnapshotIdentifier"] for snapshot in seen], [arn])
        self.assertEqual(other.describe_db_snapshots()["DBSnapshots"], [])
        copied = other.copy_db_snapshot(SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier="mine")
        self.assertEqual(copied["DBSnapshot"]["SourceDBSnapshotIdentifier"], arn)
        self.assertEqual(restore()["DBInstance"]["DBName"], "app")
        other.delete_db_instance(DBInstanceIdentifier="theirs", SkipFinalSnapshot=True)
        other.delete_db_snapshot(DBSnapshotIdentifier="mine")
        rds.modify_db_snapshot_attribute(
            DBSnapshotIdentifier="shown", AttributeName="restore", ValuesToRemove=["111122223333"]
        )
        self.refused("DBSnapshotNotFound", restore)
        rds.delete_db_snapshot(DBSnapshotIdentifier="shown")

    def test_sharing_of_cluster_snapshots(self):
        rds = self.rds
        rds.create_db_cluster(DBClusterIdentifier="shared", Engine="aurora-postgresql", MasterUsername="volt",
                              MasterUserPassword="correct-horse", DatabaseName="app")
        taken = rds.create_db_cluster_snapshot(DBClusterIdentifier="shared", DBClusterSnapshotIdentifier="shared")
        arn = taken["DBClusterSnapshot"]["DBClusterSnapshotArn"]
        other = self.server.client("rds", access_key="111122223333")
        self.server.client("ec2", access_key="111122223333").describe_vpcs()

        def restore():
            return other.restore_db_cluster_from_snapshot(
                DBClusterIdentifier="theirs", SnapshotIdentifier=arn, Engine="aurora-postgresql")

        def share(**changes):
            answer = rds.modify_db_cluster_snapshot_attribute(
                DBClusterSnapshotIdentifier="shared", AttributeName="restore", **changes)
            return answer["DBClusterSnapshotAttributesResult"]["DBClusterSnapshotAttributes"]

        self.refused("DBClusterSnapshotNotFoundFault", restore)
        none = {"AttributeName": "restore", "AttributeValues": []}
        self.assertEqual(
            rds.describe_db_cluster_snapshot_attributes(DBClusterSnapshotIdentifier="shared")[
                "DBClusterSnapshotAttributesResult"],
            {"DBClusterSnapshotIdentifier": "shared", "DBClusterSnapshotAttributes": [none]},
        )
        self.assertEqual(share(ValuesToAdd=["111122223333"]), [dict(none, AttributeValues=["111122223333"])])
        seen = lambda **which: [one["DBClusterSnapshotIdentifier"] for one in
                                other.describe_db_cluster_snapshots(**which)["DBClusterSnapshots"]]
        self.assertEqual((seen(), seen(IncludeShared=True), seen(SnapshotType="shared"), seen(SnapshotType="public")),
                         ([], [arn], [arn], []))
        self.assertEqual(restore()["DBCluster"]["DatabaseName"], "app")
        other.delete_db_cluster(DBClusterIdentifier="theirs", SkipFinalSnapshot=True)
        self.assertEqual(share(ValuesToRemove=["111122223333"], ValuesToAdd=["all"]),
                         [dict(none, AttributeValues=["all"])])
        self.assertEqual((seen(IncludeShared=True), seen(SnapshotType="public")), ([], [arn]))
        share(ValuesToRemove=["all"])
        self.refused("DBClusterSnapshotNotFoundFault", restore)
        self.refused("InvalidParameterValue", share, ValuesToAdd=["everybody"])
        rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="shared")
        rds.delete_db_cluster(DBClusterIdentifier="shared", SkipFinalSnapshot=True)

    def test_automated_backups(self):
        rds = self.rds
        self.create("kept", BackupRetentionPeriod=2, PreferredBackupWindow="03:00-03:30")
        backups = rds.describe_db_instance_automated_backups

        def automated():
            found = rds.describe_db_snapshots(DBInstanceIdentifier="kept", SnapshotType="automated")["DBSnapshots"]
            return [snapshot["DBSnapshotIdentifier"] for snapshot in found]

        def count(wanted):
            self.assertEqual(len(automated()), wanted)

        self.eventually(lambda: count(1))
        self.assertTrue(automated()[0].startswith("rds:kept-"))
        self.refused("InvalidDBSnapshotState", rds.delete_db_snapshot, DBSnapshotIdentifier=automated()[0])
        self.server.advance(DAY)
        self.eventually(lambda: count(2))
        self.server.advance(DAY)
        self.eventually(lambda: self.assertIn(len(automated()), (2, 3)))
        backup = backups(DBInstanceIdentifier="kept")["DBInstanceAutomatedBackups"][0]
        self.assertEqual((backup["Status"], backup["BackupRetentionPeriod"]), ("active", 2))
        self.assertLess(backup["RestoreWindow"]["EarliestTime"], backup["RestoreWindow"]["LatestTime"])
        self.refused(
            "InvalidDBInstanceAutomatedBackupState",
            rds.delete_db_instance_automated_backup,
            DbiResourceId=backup["DbiResourceId"],
        )
        rds.delete_db_instance(DBInstanceIdentifier="kept", SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
        retained = backups(DbiResourceId=backup["DbiResourceId"])["DBInstanceAutomatedBackups"][0]
        self.assertEqual(retained["Status"], "retained")
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceAutomatedBackupsArn=retained["DBInstanceAutomatedBackupsArn"],
            TargetDBInstanceIdentifier="again",
            UseLatestRestorableTime=True,
            DBSubnetGroupName="main",
        )
        self.delete("again")
        rds.delete_db_instance_automated_backup(DbiResourceId=backup["DbiResourceId"])
        self.assertEqual(backups(DbiResourceId=backup["DbiResourceId"])["DBInstanceAutomatedBackups"], [])
        count(0)

    def test_read_replicas(self):
        rds = self.rds
        self.create("source", BackupRetentionPeriod=0)
        make = rds.create_db_instance_read_replica
        self.refused(
            "InvalidDBInstanceState",
            make,
            containing="Automated backups are not enabled",
            DBInstanceIdentifier="replica",
            SourceDBInstanceIdentifier="source",
        )
        rds.modify_db_instance(DBInstanceIdentifier="source", BackupRetentionPeriod=1, ApplyImmediately=True)
        replica = make(
            DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="source", DBInstanceClass="db.t3.large"
        )["DBInstance"]
        self.addCleanup(self.delete, "replica")
        self.assertEqual(replica["ReadReplicaSourceDBInstanceIdentifier"], "source")
        self.assertEqual(replica["BackupRetentionPeriod"], 0)
        self.assertEqual(replica["StatusInfos"][0]["Status"], "replicating")
        self.assertEqual(replica["DBSubnetGroup"]["DBSubnetGroupName"], "main")
        rds.modify_db_instance(
            DBInstanceIdentifier="source", NewDBInstanceIdentifier="renamed", ApplyImmediately=True
        )
        self.addCleanup(self.delete, "renamed")
        self.assertEqual(self.instance("renamed")["ReadReplicaDBInstanceIdentifiers"], ["replica"])
        self.assertEqual(self.instance("replica")["ReadReplicaSourceDBInstanceIdentifier"], "renamed")
        promoted = rds.promote_read_replica(DBInstanceIdentifier="replica", BackupRetentionPeriod=3)["DBInstance"]
        self.assertNotIn("ReadReplicaSourceDBInstanceIdentifier", promoted)
        self.assertEqual(promoted["BackupRetentionPeriod"], 3)
        self.assertEqual(self.instance("renamed")["ReadReplicaDBInstanceIdentifiers"], [])
        self.refused("InvalidDBInstanceState", rds.promote_read_replica, DBInstanceIdentifier="replica")
        # Of a source in another region.
        far = self.server.client("rds", region="eu-west-1")
        for_ec2 = self.server.client("ec2", region="eu-west-1")
        for_ec2.describe_vpcs()
        arn = self.instance("renamed")["DBInstanceArn"]
        remote = far.create_db_instance_read_replica(DBInstanceIdentifier="remote", SourceDBInstanceIdentifier=arn)
        self.assertEqual(remote["DBInstance"]["ReadReplicaSourceDBInstanceIdentifier"], arn)
        self.assertEqual(
            self.instance("renamed")["ReadReplicaDBInstanceIdentifiers"], [remote["DBInstance"]["DBInstanceArn"]]
        )
        self.delete("renamed")
        seen = far.describe_db_instances(DBInstanceIdentifier="remote")["DBInstances"][0]
        self.assertNotIn("ReadReplicaSourceDBInstanceIdentifier", seen)
        far.delete_db_instance(DBInstanceIdentifier="remote", SkipFinalSnapshot=True)

    def test_failover_events_and_certificates(self):
        rds = self.rds
        made = self.create("twofold", MultiAZ=True)
        zones = made["AvailabilityZone"], made["SecondaryAvailabilityZone"]
        self.assertEqual(len(set(zones)), 2)
        rds.reboot_db_instance(DBInstanceIdentifier="twofold", ForceFailover=True)
        seen = self.instance("twofold")
        self.assertEqual((seen["SecondaryAvailabilityZone"], seen["AvailabilityZone"]), zones)
        events = rds.describe_events(SourceType="db-instance", SourceIdentifier="twofold")["Events"]
        self.assertEqual(events[0]["Message"], "DB instance created")
        self.assertIn("Multi-AZ instance failover completed", [event["Message"] for event in events])
        only = rds.describe_events(SourceType="db-instance", SourceIdentifier="twofold", EventCategories=["failover"])
        self.assertEqual({event["EventCategories"][0] for event in only["Events"]}, {"failover"})
        self.assertEqual(rds.describe_db_log_files(DBInstanceIdentifier="twofold")["DescribeDBLogFiles"], [])
        self.refused(
            "DBLogFileNotFoundFault",
            rds.download_db_log_file_portion,
            DBInstanceIdentifier="twofold",
            LogFileName="error/postgresql.log",
        )
        certificates = rds.describe_certificates()
        self.assertEqual(certificates["DefaultCertificateForNewLaunches"], "rds-ca-rsa2048-g1")
        self.assertEqual(len(certificates["Certificates"]), 4)
        self.refused("CertificateNotFound", rds.describe_certificates, CertificateIdentifier="rds-ca-1999")

    def test_clusters(self):
        rds = self.rds
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName="aurora", DBParameterGroupFamily="aurora-postgresql15", Description="aurora"
        )
        self.refused(
            "InvalidParameterValue",
            rds.create_db_cluster_parameter_group,
            DBClusterParameterGroupName="x",
            DBParameterGroupFamily="postgres15",
            Description="x",
        )
        make = lambda **changes: rds.create_db_cluster(
            **dict(
                dict(
                    DBClusterIdentifier="lights",
                    Engine="aurora-postgresql",
                    EngineVersion="15.4",
                    MasterUsername="volt",
                    MasterUserPassword="correct-horse-battery",
                    DatabaseName="app",
                    DBSubnetGroupName="main",
                    DBClusterParameterGroupName="aurora",
                    ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 4},
                    Tags=[{"Key": "Name", "Value": "lights"}],
                ),
                **changes,
            )
        )["DBCluster"]
        made = make()
        for member, value in {
            "Status": "available",
            "EngineVersion": "15.4",
            "EngineMode": "provisioned",
            "DBClusterParameterGroup": "aurora",
            "DBSubnetGroup": "main",
            "DatabaseName": "app",
            "Port": 5432,
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 4.0},
            "TagList": [{"Key": "Name", "Value": "lights"}],
        }.items():
            self.assertEqual(made[member], value, member)
        self.assertTrue(made["Endpoint"].startswith("lights.cluster-"))
        self.assertTrue(made["ReaderEndpoint"].startswith("lights.cluster-ro-"))
        self.refused("DBClusterAlreadyExistsFault", make)
        self.refused("DBClusterParameterGroupNotFound", make, DBClusterIdentifier="x", DBClusterParameterGroupName="no")
        self.refused(
            "InvalidDBParameterGroupState", rds.delete_db_cluster_parameter_group, DBClusterParameterGroupName="aurora"
        )
        join = lambda name, **changes: rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier="lights",
            Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
            **changes,
        )["DBInstance"]
        self.refused("InvalidParameterCombination", join, name="x", MasterUsername="volt")
        first, second = join("first"), join("second", PromotionTier=0)
        self.assertNotEqual(first["AvailabilityZone"], second["AvailabilityZone"])
        self.assertEqual(first["DBParameterGroups"][0]["DBParameterGroupName"], "default.aurora-postgresql15")
        self.assertEqual((first["MasterUsername"], first["DBName"], first["StorageType"]), ("volt", "app", "aurora"))

        def writers():
            members = rds.describe_db_clusters(DBClusterIdentifier="lights")["DBClusters"][0]["DBClusterMembers"]
            return {member["DBInstanceIdentifier"]: member["IsClusterWriter"] for member in members}

        self.assertEqual(writers(), {"first": True, "second": False})
        rds.failover_db_cluster(DBClusterIdentifier="lights")
        self.assertEqual(writers(), {"first": False, "second": True})
        self.refused("InvalidDBInstanceState", rds.stop_db_instance, DBInstanceIdentifier="first")
        self.refused(
            "InvalidParameterCombination",
            rds.create_db_snapshot,
            DBInstanceIdentifier="first",
            DBSnapshotIdentifier="x",
        )
        changed = rds.modify_db_cluster(
            DBClusterIdentifier="lights",
            NewDBClusterIdentifier="lamps",
            BackupRetentionPeriod=5,
            EngineVersion="15.5",
            DeletionProtection=True,
            ApplyImmediately=True,
        )["DBCluster"]
        self.assertEqual((changed["DBClusterIdentifier"], changed["EngineVersion"]), ("lamps", "15.5"))
        seen = self.instance("first")
        self.assertEqual((seen["DBClusterIdentifier"], seen["EngineVersion"]), ("lamps", "15.5"))
        self.assertEqual(seen["BackupRetentionPeriod"], 5)
        rds.stop_db_cluster(DBClusterIdentifier="lamps")
        self.assertEqual(self.instance("first")["DBInstanceStatus"], "stopped")
        rds.start_db_cluster(DBClusterIdentifier="lamps")
        delete = rds.delete_db_cluster
        self.refused(
            "InvalidParameterCombination", delete,
            containing="disable deletion pro", DBClusterIdentifier="lamps", SkipFinalSnapshot=True
        )
        rds.modify_db_cluster(DBClusterIdentifier="lamps", DeletionProtection=False)
        self.refused("InvalidDBClusterStateFault", delete, DBClusterIdentifier="lamps", SkipFinalSnapshot=True)
        for name in ("first", "second"):
            rds.delete_db_instance(DBInstanceIdentifier=name)
        delete(DBClusterIdentifier="lamps", FinalDBSnapshotIdentifier="last")
        restored = rds.restore_db_cluster_from_snapshot(
            DBClusterIdentifier="lights",
            SnapshotIdentifier="last",
            Engine="aurora-postgresql",
            DBSubnetGroupName="main",
        )["DBCluster"]
        self.assertEqual((restored["DatabaseName"], restored["EngineVersion"]), ("app", "15.5"))
        delete(DBClusterIdentifier="lights", SkipFinalSnapshot=True)
        rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="last")
        rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName="aurora")

    def test_a_managed_password_rotates(self):
        made = self.create("managed", MasterUserPassword="", ManageMasterUserPassword=True)
        secrets = self.server.client("secretsmanager")

        def value():
            return secrets.get_secret_value(SecretId=made["MasterUserSecret"]["SecretArn"])["SecretString"]

        before = value()
        self.rds.modify_db_instance(DBInstanceIdentifier="managed", RotateMasterUserPassword=True)
        self.assertNotEqual(value(), before)


if __name__ == "__main__":
    unittest.main()
