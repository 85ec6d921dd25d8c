"""RDS with real MariaDB behind its endpoints of MariaDB and MySQL, entered by MariaDB's own client over TLS."""

import os
import shutil
import subprocess
import sys
import time
import unittest

from orrery_server import Server
from rds_databases import PASSWORD, PATIENCE, Databases

CLIENT = shutil.which("mariadb")
BACKEND = os.environ.get("ORRERY_TEST_ENGINES", "native")
ENGINES = "mariadb=%s,mysql=%s,postgres=off,redis=off,valkey=off" % (BACKEND, BACKEND)


class MariaDb(Databases):
    options = {"engines": ENGINES, "data_dir": True}
    defaults = dict(Engine="mariadb", EngineVersion="10.11.16")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = os.path.join(cls.server.data_dir, "authority-of-the-test.pem")
        with open(cls.authority, "wb") as file:
            file.write(cls.server.request("GET", "/_orrery/ca.pem")[2])

    def enter(self, name, sql, password=PASSWORD, user="volt", database="app", tls=True, endpoint=None):
        endpoint = endpoint or self.instance(name)["Endpoint"]
        arguments = [CLIENT, "--no-defaults", "-N", "-B", "-h", endpoint["Address"], "-P", str(endpoint["Port"]), "-u", user]
        arguments += ["--ssl", "--ssl-verify-server-cert", "--ssl-ca", self.authority] if tls else ["--skip-ssl"]
        process = subprocess.run(
            arguments + ["-e", sql, database],
            env={"PATH": os.environ["PATH"], "MYSQL_PWD": password},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return process.returncode, (process.stdout + process.stderr).strip()

    def group(self, name, family, *parameters):
        self.rds.create_db_parameter_group(
            DBParameterGroupName=name, DBParameterGroupFamily=family, Description=name
        )
        self.set_parameters(name, *parameters)

    def set_parameters(self, group, *parameters):
        self.rds.modify_db_parameter_group(
            DBParameterGroupName=group,
            Parameters=[
                {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}
                for name, value, method in parameters
            ],
        )


class Life(MariaDb):
    def test_enter_and_change(self):
        made = self.create("entered")
        self.assertEqual(made["EngineVersion"], "10.11.16")
        self.assertEqual(self.ask("entered", "SELECT current_user(), database()"), "volt@%\tapp")
        self.assertIn("TLSv1", self.ask("entered", "SHOW STATUS LIKE 'Ssl_version'"))
        self.refuses("entered", "SELECT 1", "Access denied", password="wrong-password")
        # What RDS grants, and no more.
        grants = self.ask("entered", "SHOW GRANTS")
        self.assertIn("CREATE USER, EVENT, TRIGGER", grants)
        self.assertIn("WITH GRANT OPTION", grants)
        self.assertNotIn("SUPER", grants)
        self.ask("entered", "CREATE USER app@'%' IDENTIFIED BY 'of-its-own'; GRANT SELECT, INSERT ON app.* TO app@'%'")
        self.assertEqual(self.ask("entered", "SELECT 1", user="app", password="of-its-own"), "1")
        self.refuses("entered", "SET GLOBAL max_connections = 5", "Access denied")
        self.refuses("entered", "GRANT SUPER ON *.* TO app@'%'", "Access denied")
        self.refuses("entered", "SELECT 1 INTO OUTFILE '/tmp/orrery-no'", "Access denied")
        self.refuses("entered", "CALL mysql.rds_kill(99999999)", "Unknown thread id")
        self.assertEqual(self.ask("entered", "SELECT CONVERT_TZ('2026-07-01 12:00:00', 'UTC', 'Europe/Berlin')"),
                         "2026-07-01 14:00:00")
        self.ask("entered", "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")

        changed = self.rds.modify_db_instance(DBInstanceIdentifier="entered", MasterUserPassword="another-good-one")
        self.assertEqual(changed["DBInstance"]["PendingModifiedValues"], {"MasterUserPassword": "****"})
        self.assertEqual(self.up("entered")["PendingModifiedValues"], {})
        self.refuses("entered", "SELECT 1", "Access denied")
        self.assertEqual(self.ask("entered", "SELECT n FROM kept", password="another-good-one"), "1")
        self.rds.modify_db_instance(DBInstanceIdentifier="entered", DBPortNumber=3307)
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
        uptime = lambda: int(self.ask("stopping", "SHOW GLOBAL STATUS LIKE 'Uptime'").split()[1])
        time.sleep(2)
        before, asked = uptime(), time.monotonic()
        self.rds.reboot_db_instance(DBInstanceIdentifier="stopping")
        self.up("stopping")
        self.assertLess(uptime(), before + (time.monotonic() - asked) - 1)
        self.rds.stop_db_instance(DBInstanceIdentifier="stopping")
        self.up("stopping", "stopped")
        self.refuses("stopping", "SELECT 1", "Can't connect")
        self.rds.start_db_instance(DBInstanceIdentifier="stopping")
        self.up("stopping")
        self.assertEqual(self.ask("stopping", "SELECT n FROM kept"), "1")

    def test_parameters(self):
        self.group("tuned", "mariadb10.11", ("wait_timeout", "1234", "immediate"),
                   ("character_set_client", "utf8mb4", "immediate"), ("character_set_server", "utf8mb4", "immediate"),
                   ("innodb_buffer_pool_size", "{DBInstanceClassMemory/64}", "immediate"))
        self.create("tuned", DBParameterGroupName="tuned")
        variable = lambda name: self.ask("tuned", "SELECT @@global.%s" % name)
        self.assertEqual([variable(name) for name in ("wait_timeout", "character_set_client", "character_set_server",
                                                      "innodb_buffer_pool_size")],
                         ["1234", "utf8mb4", "utf8mb4", str(2 ** 32 // 64)])
        self.ask("tuned", "SELECT 1", tls=False)
        self.refused("InvalidParameterCombination", lambda: self.set_parameters("tuned", ("back_log", "99", "immediate")),
                     containing="immediate apply method for static parameter")
        self.set_parameters("tuned", ("wait_timeout", "2345", "immediate"), ("back_log", "99", "pending-reboot"),
                            ("require_secure_transport", "1", "immediate"))
        waiting = self.up("tuned")
        self.assertEqual(waiting["DBParameterGroups"][0]["ParameterApplyStatus"], "pending-reboot")
        self.assertEqual(variable("wait_timeout"), "2345")
        self.assertNotEqual(variable("back_log"), "99")
        self.refuses("tuned", "SELECT 1", "Access denied", tls=False)
        self.rds.reboot_db_instance(DBInstanceIdentifier="tuned")
        self.assertEqual(self.up("tuned")["DBParameterGroups"][0]["ParameterApplyStatus"], "in-sync")
        self.assertEqual(variable("back_log"), "99")
        self.rds.reset_db_parameter_group(
            DBParameterGroupName="tuned",
            Parameters=[{"ParameterName": "wait_timeout", "ApplyMethod": "immediate"}],
        )
        self.up("tuned")
        self.assertEqual(variable("wait_timeout"), "28800")
        listed = [page["Parameters"] for page in self.rds.get_paginator("describe_db_parameters").paginate(
            DBParameterGroupName="tuned")]
        found = {one["ParameterName"]: one for part in listed for one in part}
        self.assertEqual((found["back_log"]["ApplyType"], found["back_log"]["ParameterValue"]), ("static", "99"))
        self.assertEqual(found["max_connections"]["AllowedValues"], "10-100000")

    def test_logs_and_findings(self):
        self.group("talking", "mysql8.0", ("slow_query_log", "1", "immediate"), ("long_query_time", "0", "immediate"),
                   ("log_output", "FILE", "immediate"), ("innodb_redo_log_capacity", "104857600", "immediate"))
        made = self.create("logged", Engine="mysql", EngineVersion="8.0.45", DBParameterGroupName="talking")
        self.assertEqual(made["EngineVersion"], "8.0.45")
        running = self.engines()[made["DbiResourceId"]]
        self.assertEqual(running["software"], "mysql")
        self.assertTrue(running["version"].endswith("-MariaDB"), running)
        self.assertEqual(self.ask("logged", "SELECT @@character_set_server"), "utf8mb4")
        self.ask("logged", "CREATE USER x@'%' IDENTIFIED BY 'xxxxxxxx'; GRANT ALL ON app.* TO x@'%'")

        def told():
            rules = {f["rule"]: f for f in self.server.findings() if f["resource"] == made["DBInstanceArn"]}
            self.assertIn("rds-engine-version-differs", rules)
            self.assertIn("-MariaDB", rules["rds-engine-version-differs"]["message"])

        self.eventually(told)
        # What only MySQL knows keeps nothing from starting, and is named.
        self.assertIn("innodb_redo_log_capacity", "".join(self.server.output))
        self.ask("logged", "SELECT 'slow enough'")

        def text(name):
            return self.rds.download_db_log_file_portion(
                DBInstanceIdentifier="logged", LogFileName=name, Marker="0"
            )["LogFileData"]

        files = self.rds.describe_db_log_files(DBInstanceIdentifier="logged")["DescribeDBLogFiles"]
        self.assertLessEqual({"error/mysql-error.log", "slowquery/mysql-slowquery.log"},
                             {file["LogFileName"] for file in files})
        self.assertIn("ready for connections", text("error/mysql-error.log"))
        self.eventually(lambda: self.assertIn("slow enough", text("slowquery/mysql-slowquery.log")))
        self.assertNotIn(PASSWORD, text("slowquery/mysql-slowquery.log"))

    def test_logs_are_rotated(self):
        self.group("rotating", "mariadb10.11", ("slow_query_log", "1", "immediate"), ("long_query_time", "0", "immediate"),
                   ("log_output", "FILE,TABLE", "immediate"))
        made = self.create("rotated", DBParameterGroupName="rotating")
        self.ask("rotated", "SELECT 'in the table'")
        noted = lambda table: self.ask("rotated", "SELECT count(*) FROM mysql.%s WHERE sql_text LIKE '%%in the table%%' "
                                       "AND sql_text NOT LIKE '%%count%%'" % table)
        self.eventually(lambda: self.assertEqual(noted("slow_log"), "1"))
        self.ask("rotated", "CALL mysql.rds_rotate_slow_log()")
        self.assertEqual((noted("slow_log"), noted("slow_log_backup")), ("0", "1"))
        (log,) = [os.path.join(path, "mysql-slowquery.log") for path, _, files in os.walk(self.server.data_dir)
                  if made["DbiResourceId"] in path and "mysql-slowquery.log" in files]
        os.truncate(log, 65 << 20)
        # Looked at once a minute.
        self.eventually(lambda: self.assertTrue(os.path.exists(log + ".1")), 120)

        def begun_again():
            self.ask("rotated", "SELECT 'in a new file'")
            self.assertTrue(os.path.exists(log))
            with open(log) as file:
                self.assertIn("in a new file", file.read())

        self.eventually(begun_again)
        self.assertLess(os.path.getsize(log), 1 << 20)

    def test_delete_leaves_nothing(self):
        made = self.create("gone")
        self.create("half", wait=False)
        self.delete("gone")
        self.delete("half")

        def nothing():
            self.assertNotIn(made["DbiResourceId"], self.engines())
            listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
            self.assertNotIn(made["DbiResourceId"], listing)
            folders = [path for path, _, _ in os.walk(self.server.data_dir) if made["DbiResourceId"] in path]
            self.assertEqual(folders, [])

        self.eventually(nothing)
        self.refuses("gone", "SELECT 1", "Can't connect", endpoint=made["Endpoint"])


class Copies(MariaDb):
    def test_snapshots(self):
        rds = self.rds
        self.create("origin")
        self.ask("origin", "CREATE TABLE kept AS SELECT 1 AS n")
        rds.create_db_snapshot(DBInstanceIdentifier="origin", DBSnapshotIdentifier="one")
        self.snapshot_ready("one")
        self.ask("origin", "INSERT INTO kept VALUES (2)")
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="first", DBSnapshotIdentifier="one")
        self.addCleanup(self.delete, "first")
        rds.delete_db_snapshot(DBSnapshotIdentifier="one")
        self.up("first")
        self.assertEqual(self.ask("first", "SELECT sum(n) FROM kept"), "1")
        self.ask("first", "INSERT INTO kept VALUES (3)")
        rds.modify_db_instance(DBInstanceIdentifier="first", MasterUserPassword="another-good-one")
        self.up("first")
        self.ask("first", "SELECT 1", password="another-good-one")
        self.assertEqual(self.ask("origin", "SELECT sum(n) FROM kept"), "3")
        rds.delete_db_instance(DBInstanceIdentifier="origin", FinalDBSnapshotIdentifier="last")
        self.snapshot_ready("last")
        rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="origin", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="origin", DBSnapshotIdentifier="last")
        self.up("origin")
        self.assertEqual(self.ask("origin", "SELECT sum(n) FROM kept"), "3")
        rds.delete_db_snapshot(DBSnapshotIdentifier="last")

    def test_point_in_time(self):
        rds = self.rds
        self.create("timed")

        def backed_up():
            found = rds.describe_db_snapshots(DBInstanceIdentifier="timed", SnapshotType="automated")["DBSnapshots"]
            self.assertEqual([snapshot["Status"] for snapshot in found], ["available"])

        self.eventually(backed_up, PATIENCE)
        before = time.time()
        time.sleep(2)
        self.ask("timed", "CREATE TABLE kept AS SELECT 1 AS n")
        time.sleep(1.5)
        moment = time.time()
        time.sleep(2)
        self.ask("timed", "INSERT INTO kept VALUES (2)")
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="timed", TargetDBInstanceIdentifier="latest", UseLatestRestorableTime=True
        )
        self.addCleanup(self.delete, "latest")
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="timed", TargetDBInstanceIdentifier="earlier", RestoreTime=moment
        )
        self.addCleanup(self.delete, "earlier")
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="timed", TargetDBInstanceIdentifier="empty", RestoreTime=before
        )
        self.addCleanup(self.delete, "empty")
        self.up("latest")
        self.assertEqual(self.ask("latest", "SELECT sum(n) FROM kept"), "3")
        self.up("earlier")
        self.assertEqual(self.ask("earlier", "SELECT sum(n) FROM kept"), "1")
        self.ask("earlier", "INSERT INTO kept VALUES (5)")
        self.up("empty")
        self.assertEqual(self.ask("empty", "SHOW TABLES"), "")

    def test_replica(self):
        rds = self.rds
        self.create("primary")
        self.ask("primary", "CREATE TABLE kept AS SELECT 1 AS n")
        rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="primary")
        self.addCleanup(self.delete, "replica")
        self.up("replica")
        sums = lambda name, n, **options: self.assertEqual(self.ask(name, "SELECT sum(n) FROM kept", **options), n)
        self.eventually(lambda: sums("replica", "1"))
        self.ask("primary", "INSERT INTO kept VALUES (2)")
        self.eventually(lambda: sums("replica", "3"))
        self.refuses("replica", "INSERT INTO kept VALUES (9)", "--read-only")
        self.assertIn("rdsrepladmin", self.ask("replica", "SHOW REPLICA STATUS"))
        rds.modify_db_instance(DBInstanceIdentifier="primary", MasterUserPassword="another-good-one")
        self.up("primary")
        self.eventually(lambda: self.ask("replica", "SELECT 1", password="another-good-one"))
        # It goes on after both were away.
        self.server.kill9()
        self.server.start()
        for name in ("primary", "replica"):
            self.up(name)
        self.ask("primary", "INSERT INTO kept VALUES (10)", password="another-good-one")
        self.eventually(lambda: sums("replica", "13", password="another-good-one"))
        rds.promote_read_replica(DBInstanceIdentifier="replica")
        self.up("replica")
        self.ask("replica", "INSERT INTO kept VALUES (4)", password="another-good-one")
        sums("primary", "13", password="another-good-one")
        sums("replica", "17", password="another-good-one")


class Crashes(MariaDb):
    defaults = dict(Engine="mysql", EngineVersion="8.4")

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


def unavailable():
    """Why there is no MariaDB; None where there is one."""
    if CLIENT is None:
        return "MariaDB's client, mariadb, is not installed"
    try:
        Server(engines=ENGINES).stop()
    except RuntimeError as refusal:
        return "no mariadbd is at hand: %s" % refusal
    return None


if __name__ == "__main__":
    reason = unavailable()
    if reason:
        print("skipped: " + reason)
        sys.exit(77)
    unittest.main()
