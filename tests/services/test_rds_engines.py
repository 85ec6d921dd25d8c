"""RDS with real PostgreSQL behind its endpoints, entered by psql.

ORRERY_TEST_ENGINES=docker: the same with containers (test_docker_rds.py).
"""

import glob
import json
import os
import subprocess
import time

import rds_databases
from rds_databases import PATIENCE, Databases


class Life(Databases):
    def test_enter_and_change(self):
        made = self.create("entered")
        self.assertEqual(self.ask("entered", "SELECT current_user"), "volt")
        self.assertEqual(self.ask("entered", "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"), "f")
        self.assertEqual(self.ask("entered", "SHOW server_version_num")[:2], "15")
        # PostgreSQL 15 wants TLS unless the parameter group says otherwise.
        self.refuses("entered", "SELECT 1", "no encryption", sslmode="disable")
        self.refuses("entered", "SELECT 1", "password authentication failed", password="wrong-password")
        self.ask("entered", "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")

        changed = self.rds.modify_db_instance(DBInstanceIdentifier="entered", MasterUserPassword="another-good-one")
        self.assertEqual(changed["DBInstance"]["PendingModifiedValues"], {"MasterUserPassword": "****"})
        after = self.up("entered")
        self.assertEqual(after["PendingModifiedValues"], {})
        self.refuses("entered", "SELECT 1", "password authentication failed")
        self.assertEqual(self.ask("entered", "SELECT n FROM kept", password="another-good-one"), "1")

        self.rds.modify_db_instance(DBInstanceIdentifier="entered", DBPortNumber=5433)
        moved = self.up("entered")
        self.assertNotEqual(moved["Endpoint"], made["Endpoint"])
        self.assertEqual(self.ask("entered", "SELECT n FROM kept", password="another-good-one"), "1")
        self.rds.modify_db_instance(
            DBInstanceIdentifier="entered", NewDBInstanceIdentifier="renamed", ApplyImmediately=True
        )
        self.addCleanup(self.delete, "renamed")
        self.assertEqual(self.up("renamed")["Endpoint"]["Address"], moved["Endpoint"]["Address"])
        self.assertEqual(self.ask("renamed", "SELECT n FROM kept", password="another-good-one"), "1")

    def test_reboot_stop_start(self):
        self.create("stopping")
        self.ask("stopping", "CREATE TABLE kept AS SELECT 1 AS n")
        began = self.ask("stopping", "SELECT pg_postmaster_start_time()")
        rebooting = self.rds.reboot_db_instance(DBInstanceIdentifier="stopping")["DBInstance"]
        self.assertEqual(rebooting["DBInstanceStatus"], "rebooting")
        self.refused("InvalidDBInstanceState", self.rds.reboot_db_instance, DBInstanceIdentifier="stopping")
        self.up("stopping")
        self.assertNotEqual(self.ask("stopping", "SELECT pg_postmaster_start_time()"), began)
        stopping = self.rds.stop_db_instance(DBInstanceIdentifier="stopping")["DBInstance"]
        self.assertIn(stopping["DBInstanceStatus"], ("stopping", "stopped"))
        self.up("stopping", "stopped")
        self.refuses("stopping", "SELECT 1", "Connection refused")
        self.rds.start_db_instance(DBInstanceIdentifier="stopping")
        self.up("stopping")
        self.assertEqual(self.ask("stopping", "SELECT n FROM kept"), "1")

    def test_parameters(self):
        rds = self.rds
        rds.create_db_parameter_group(
            DBParameterGroupName="tuned", DBParameterGroupFamily="postgres15", Description="tuned"
        )

        def set_parameters(*parameters):
            rds.modify_db_parameter_group(
                DBParameterGroupName="tuned",
                Parameters=[
                    {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
                    for name, value, method in parameters
                ],
            )

        set_parameters(("work_mem", "8192", "immediate"), ("rds.force_ssl", "0", "immediate"))
        self.create("tuned", DBParameterGroupName="tuned")
        self.assertEqual(self.ask("tuned", "SHOW work_mem", sslmode="disable"), "8MB")
        set_parameters(
            ("work_mem", "16384", "immediate"),
            ("max_connections", "LEAST({DBInstanceClassMemory/9531392},77)", "pending-reboot"),
            ("rds.force_ssl", "1", "immediate"),
        )
        waiting = self.up("tuned")
        self.assertEqual(waiting["DBParameterGroups"][0]["ParameterApplyStatus"], "pending-reboot")
        self.assertEqual(self.ask("tuned", "SHOW work_mem"), "16MB")
        self.assertNotEqual(self.ask("tuned", "SHOW max_connections"), "77")
        self.refuses("tuned", "SELECT 1", "no encryption", sslmode="disable")
        rds.reboot_db_instance(DBInstanceIdentifier="tuned")
        self.assertEqual(self.up("tuned")["DBParameterGroups"][0]["ParameterApplyStatus"], "in-sync")
        self.assertEqual(self.ask("tuned", "SHOW max_connections"), "77")
        self.delete("tuned")
        rds.delete_db_parameter_group(DBParameterGroupName="tuned")

    def test_managed_password(self):
        made = self.create("managed", MasterUserPassword="", ManageMasterUserPassword=True)
        secrets = self.server.client("secretsmanager")

        def password():
            import json

            value = secrets.get_secret_value(SecretId=made["MasterUserSecret"]["SecretArn"])["SecretString"]
            return json.loads(value)["password"]

        before = password()
        self.ask("managed", "SELECT 1", password=before)
        self.rds.modify_db_instance(
            DBInstanceIdentifier="managed", RotateMasterUserPassword=True, ApplyImmediately=True
        )
        self.up("managed")
        self.ask("managed", "SELECT 1", password=password())
        self.refuses("managed", "SELECT 1", "password authentication failed", password=before)

    def test_iam_login(self):
        made = self.create("tokens", EnableIAMDatabaseAuthentication=True)
        endpoint = made["Endpoint"]
        self.ask("tokens", "CREATE ROLE worker LOGIN; GRANT rds_iam TO worker")
        iam = self.server.client("iam")
        iam.create_user(UserName="worker")
        key = iam.create_access_key(UserName="worker")["AccessKey"]

        def token(user="worker", secret=key["SecretAccessKey"], region="us-east-1"):
            client = self.server.client("rds", region=region, access_key=key["AccessKeyId"], secret_key=secret)
            return client.generate_db_auth_token(endpoint["Address"], endpoint["Port"], user)

        denied = "arn:aws:rds-db:us-east-1:000000000000:dbuser:%s/worker" % made["DbiResourceId"]

        def findings():
            return [f["resource"] for f in self.server.findings() if f["rule"] == "rds-db-connect-denied"]

        # AWS would ask for a policy; it is named, and enforced with --strict (test_rds_logins.py).
        self.assertEqual(self.ask("tokens", "SELECT current_user", user="worker", password=token()), "worker")
        self.assertEqual(findings(), [denied])
        allow = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": denied}
        iam.put_user_policy(
            UserName="worker",
            PolicyName="connect",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
        )
        self.ask("tokens", "SELECT 1", user="worker", password=token())
        self.assertEqual(findings(), [])
        self.ask("tokens", "SELECT 1")  # the master still enters with its password
        for wrong in (
            token(secret="not-the-secret"),
            token(user="volt"),
            token(region="eu-west-1"),
            token().replace("X-Amz-Expires=900", "X-Amz-Expires=901"),
            "a password",
        ):
            self.refuses("tokens", "SELECT 1", "authentication failed", user="worker", password=wrong)
        self.refuses("tokens", "SELECT 1", "no encryption", user="worker", password=token(), sslmode="disable")
        # A key that this server never issued is the account's own, as for every other call.
        unknown = self.rds.generate_db_auth_token(endpoint["Address"], endpoint["Port"], "worker")
        self.ask("tokens", "SELECT 1", user="worker", password=unknown)
        iam.update_access_key(UserName="worker", AccessKeyId=key["AccessKeyId"], Status="Inactive")
        self.refuses("tokens", "SELECT 1", "authentication failed", user="worker", password=token())
        self.rds.modify_db_instance(
            DBInstanceIdentifier="tokens", EnableIAMDatabaseAuthentication=False, ApplyImmediately=True
        )
        self.up("tokens")
        self.ask("tokens", "ALTER ROLE worker PASSWORD 'of-its-own'")
        self.ask("tokens", "SELECT 1", user="worker", password="of-its-own")

    def test_logs_and_findings(self):
        made = self.create("logged", EngineVersion="15.13")
        running = self.engines()[made["DbiResourceId"]]["version"]
        self.assertEqual(made["EngineVersion"], "15.13")

        def told():
            rules = {f["rule"]: f for f in self.server.findings() if f["resource"] == made["DBInstanceArn"]}
            self.assertEqual("rds-engine-version-differs" in rules, running != "15.13")

        self.eventually(told)
        self.psql("logged", "SELECT no_such_column")
        files = self.rds.describe_db_log_files(DBInstanceIdentifier="logged")["DescribeDBLogFiles"]
        names = [file["LogFileName"] for file in files if file["LogFileName"].startswith("error/postgresql.log")]
        self.assertTrue(names, files)

        def logged():
            text = ""
            for name in names:
                portion = self.rds.download_db_log_file_portion(
                    DBInstanceIdentifier="logged", LogFileName=name, Marker="0"
                )
                self.assertFalse(portion["AdditionalDataPending"])
                text += portion["LogFileData"]
            self.assertIn("no_such_column", text)

        self.eventually(logged)
        last = self.rds.download_db_log_file_portion(
            DBInstanceIdentifier="logged", LogFileName=names[-1], NumberOfLines=1
        )
        self.assertEqual(last["LogFileData"].count("\n"), 1)

    def test_delete_leaves_nothing(self):
        made = self.create("gone")
        self.create("half", wait=False)
        self.delete("gone")
        self.delete("half")

        def nothing():
            names = {engine["id"] for engine in self.server.console("engines")["engines"]}
            self.assertFalse([name for name in names if name.endswith(made["DbiResourceId"])])
            listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
            self.assertNotIn(made["DbiResourceId"], listing)
            found = [
                path
                for path, _, _ in os.walk(self.server.data_dir)
                if made["DbiResourceId"] in path
            ]
            self.assertEqual(found, [])

        self.eventually(nothing)
        self.refuses("gone", "SELECT 1", "Connection refused", endpoint=made["Endpoint"])


class Copies(Databases):
    def test_snapshots(self):
        rds = self.rds
        self.create("origin")
        self.ask("origin", "CREATE TABLE kept AS SELECT 1 AS n")
        taken = rds.create_db_snapshot(DBInstanceIdentifier="origin", DBSnapshotIdentifier="one")["DBSnapshot"]
        self.assertEqual(taken["Status"], "creating")
        self.assertEqual(self.snapshot_ready("one")["PercentProgress"], 100)
        self.ask("origin", "INSERT INTO kept VALUES (2)")
        rds.copy_db_snapshot(SourceDBSnapshotIdentifier="one", TargetDBSnapshotIdentifier="two")
        self.snapshot_ready("two")
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="first", DBSnapshotIdentifier="two")
        self.addCleanup(self.delete, "first")
        # What is being restored does not need its snapshot any more.
        for name in ("one", "two"):
            rds.delete_db_snapshot(DBSnapshotIdentifier=name)
        self.up("first")
        self.assertEqual(self.ask("first", "SELECT n FROM kept"), "1")
        self.ask("first", "INSERT INTO kept VALUES (3)")
        rds.modify_db_instance(DBInstanceIdentifier="first", MasterUserPassword="another-good-one")
        self.up("first")
        self.ask("first", "SELECT 1", password="another-good-one")
        self.assertEqual(self.ask("origin", "SELECT sum(n) FROM kept"), "3")

        deleting = rds.delete_db_instance(DBInstanceIdentifier="origin", FinalDBSnapshotIdentifier="last")
        self.assertEqual(deleting["DBInstance"]["DBInstanceStatus"], "deleting")
        self.assertEqual(self.instance("origin")["DBInstanceStatus"], "deleting")
        self.refused(
            "InvalidDBInstanceState",
            rds.delete_db_instance,
            containing="is already being deleted",
            DBInstanceIdentifier="origin",
            SkipFinalSnapshot=True,
        )
        self.snapshot_ready("last")
        self.gone("origin")
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="origin", DBSnapshotIdentifier="last")
        self.up("origin")
        self.assertEqual(self.ask("origin", "SELECT sum(n) FROM kept"), "3")
        rds.delete_db_snapshot(DBSnapshotIdentifier="last")
        # A snapshot's name may come again; its data is the new one's.
        rds.create_db_snapshot(DBInstanceIdentifier="first", DBSnapshotIdentifier="last")
        self.snapshot_ready("last")
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="second", DBSnapshotIdentifier="last")
        self.addCleanup(self.delete, "second")
        self.up("second")
        self.assertEqual(self.ask("second", "SELECT sum(n) FROM kept", password="another-good-one"), "4")
        rds.delete_db_snapshot(DBSnapshotIdentifier="last")

    def gone(self, name):
        self.eventually(lambda: self.refused("DBInstanceNotFound", self.instance, name=name), PATIENCE)

    def test_a_final_snapshot_that_fails_deletes_nothing(self):
        made = self.create("precious", BackupRetentionPeriod=0)
        self.ask("precious", "CREATE TABLE kept AS SELECT 1 AS n")
        with self.server.without_copies():
            self.rds.delete_db_instance(DBInstanceIdentifier="precious", FinalDBSnapshotIdentifier="unmade")
            self.assertEqual(self.instance("precious")["DBInstanceStatus"], "deleting")
            self.up("precious")
        (snapshot,) = self.rds.describe_db_snapshots(DBSnapshotIdentifier="unmade")["DBSnapshots"]
        self.assertEqual(snapshot["Status"], "failed")
        rule = "rds-final-snapshot-failed"
        (advice,) = [f for f in self.server.findings() if f["rule"] == rule]
        self.assertEqual(advice["resource"], made["DBInstanceArn"])
        self.assertEqual(self.ask("precious", "SELECT n FROM kept"), "1")
        self.rds.delete_db_snapshot(DBSnapshotIdentifier="unmade")
        # Deleted once more, and the server dies meanwhile: what was asked for is done all the same.
        self.rds.delete_db_instance(DBInstanceIdentifier="precious", FinalDBSnapshotIdentifier="made")
        self.server.kill9()
        self.server.start()
        self.snapshot_ready("made")
        self.gone("precious")
        self.assertFalse([f for f in self.server.findings() if f["rule"] == rule])
        self.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="made")
        self.addCleanup(self.delete, "again")
        self.up("again")
        self.assertEqual(self.ask("again", "SELECT n FROM kept"), "1")
        self.rds.delete_db_snapshot(DBSnapshotIdentifier="made")

    def archived(self, made):
        """Segments in the archive of an instance's log."""
        (folder,) = glob.glob(self.server.data_dir + "/engines/rds/*/*/" + made["DbiResourceId"] + "/wal")
        return {name for name in os.listdir(folder) if len(name) == 24}

    def test_the_log_is_kept_as_long_as_backups_need_it(self):
        rds = self.rds
        made = self.create("logged", BackupRetentionPeriod=1)

        def automated():
            found = rds.describe_db_snapshots(DBInstanceIdentifier="logged", SnapshotType="automated")["DBSnapshots"]
            self.assertEqual([snapshot["Status"] for snapshot in found], ["available"])
            return found[0]["DBSnapshotIdentifier"]

        first = self.eventually(automated, PATIENCE)
        self.ask("logged", "CREATE TABLE kept AS SELECT repeat('x', 1000), n FROM generate_series(1, 20000) AS n")
        self.eventually(lambda: self.assertGreater(len(self.archived(made)), 3), PATIENCE)
        before = self.archived(made)
        self.server.advance(2 * 24 * 3600 * 1000)
        self.eventually(lambda: self.assertNotEqual(automated(), first), PATIENCE)
        self.ask("logged", "CREATE TABLE later AS SELECT 2 AS n")
        self.eventually(lambda: self.assertFalse(self.archived(made) & set(sorted(before)[:3])), PATIENCE)
        time.sleep(1.5)
        moment = time.time() + 2 * 24 * 3600
        time.sleep(1.5)
        self.ask("logged", "INSERT INTO later VALUES (4)")
        restore = dict(SourceDBInstanceIdentifier="logged", TargetDBInstanceIdentifier="back")
        early = "before the earliest restorable time"
        self.refused(
            "InvalidParameterValue",
            rds.restore_db_instance_to_point_in_time,
            containing=early,
            RestoreTime=moment - 24 * 3600,
            **restore,
        )
        rds.restore_db_instance_to_point_in_time(RestoreTime=moment, **restore)
        self.addCleanup(self.delete, "back")
        self.up("back")
        self.assertEqual(self.ask("back", "SELECT sum(n) FROM later"), "2")
        self.assertEqual(self.ask("back", "SELECT count(*) FROM kept"), "20000")
        # Without backups there is no log to keep.
        rds.modify_db_instance(DBInstanceIdentifier="logged", BackupRetentionPeriod=0, ApplyImmediately=True)
        self.eventually(lambda: self.assertEqual(self.archived(made), set()), PATIENCE)

    def test_point_in_time(self):
        rds = self.rds
        self.create("timed")

        def backed_up():
            found = rds.describe_db_snapshots(DBInstanceIdentifier="timed", SnapshotType="automated")["DBSnapshots"]
            self.assertEqual([snapshot["Status"] for snapshot in found], ["available"])

        self.eventually(backed_up, PATIENCE)
        self.ask("timed", "CREATE TABLE kept AS SELECT 1 AS n")
        time.sleep(1.5)
        moment = time.time()
        time.sleep(1.5)
        self.ask("timed", "INSERT INTO kept VALUES (2)")
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="timed", TargetDBInstanceIdentifier="latest", UseLatestRestorableTime=True
        )
        self.addCleanup(self.delete, "latest")
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="timed", TargetDBInstanceIdentifier="earlier", RestoreTime=moment
        )
        self.addCleanup(self.delete, "earlier")
        self.up("latest")
        self.assertEqual(self.ask("latest", "SELECT sum(n) FROM kept"), "3")
        self.up("earlier")
        self.assertEqual(self.ask("earlier", "SELECT sum(n) FROM kept"), "1")
        self.ask("earlier", "INSERT INTO kept VALUES (5)")

    def test_replica(self):
        rds = self.rds
        self.create("primary")
        self.ask("primary", "CREATE TABLE kept AS SELECT 1 AS n")
        rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="primary")
        self.addCleanup(self.delete, "replica")
        self.up("replica")
        self.assertEqual(self.ask("replica", "SELECT sum(n) FROM kept"), "1")
        self.ask("primary", "INSERT INTO kept VALUES (2)")
        self.eventually(lambda: self.assertEqual(self.ask("replica", "SELECT sum(n) FROM kept"), "3"))
        self.refuses("replica", "INSERT INTO kept VALUES (9)", "read-only transaction")
        rds.modify_db_instance(DBInstanceIdentifier="primary", MasterUserPassword="another-good-one")
        self.up("primary")
        self.eventually(lambda: self.ask("replica", "SELECT 1", password="another-good-one"))
        self.up("replica")  # its own settings follow the primary's a moment later
        rds.promote_read_replica(DBInstanceIdentifier="replica")
        self.up("replica")
        self.ask("replica", "INSERT INTO kept VALUES (4)", password="another-good-one")
        self.assertEqual(self.ask("primary", "SELECT sum(n) FROM kept", password="another-good-one"), "3")
        self.assertEqual(self.ask("replica", "SELECT sum(n) FROM kept", password="another-good-one"), "7")


class Crashes(Databases):
    def test_data_survives(self):
        self.create("kept")
        self.ask("kept", "CREATE TABLE kept AS SELECT 1 AS n")
        before = self.instance("kept")["Endpoint"]
        self.server.restart()
        self.assertEqual(self.up("kept")["Endpoint"], before)
        self.ask("kept", "INSERT INTO kept VALUES (2)")
        self.server.kill9()
        self.server.start()
        self.up("kept")
        self.assertEqual(self.ask("kept", "SELECT sum(n) FROM kept"), "3")

    def test_many_at_once(self):
        names = ["many-%d" % i for i in range(5)]
        for name in names:
            self.create(name, wait=False)
        addresses = {self.up(name)["Endpoint"]["Address"] for name in names}
        self.assertEqual(len(addresses), len(names))
        for name in names:
            self.assertEqual(self.ask(name, "SELECT current_database()"), "app")


if __name__ == "__main__":
    rds_databases.main()
