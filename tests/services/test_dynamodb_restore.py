"""What DynamoDB refuses of backups and restores, in the service's words, and what becomes of a restored table."""

import datetime
import time
import unittest

from service_case import FreshServerCase, ServiceCase

SCHEMA = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
          "AttributeDefinitions": [{"AttributeName": one, "AttributeType": "S"} for one in ("id", "n", "g", "l")]}
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
ALL = {"ProjectionType": "ALL"}
GLOBAL = {"IndexName": "global", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}], "Projection": ALL}
LOCAL = {"IndexName": "local", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "l", "KeyType": "RANGE"}],
         "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]}}
INVALID = "Invalid Request: "
ENABLED = {"PointInTimeRecoveryEnabled": True}


class Restores(ServiceCase):
    clients = {"client": "dynamodb"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        c = cls.client
        c.create_table(TableName="on-demand", BillingMode="PAY_PER_REQUEST", OnDemandThroughput={"MaxReadRequestUnits": 100},
                       TableClass="STANDARD_INFREQUENT_ACCESS", SSESpecification={"Enabled": True},
                       Tags=[{"Key": "a", "Value": "b"}], KeySchema=SCHEMA["KeySchema"],
                       AttributeDefinitions=SCHEMA["AttributeDefinitions"][:2])
        c.create_table(TableName="provisioned", ProvisionedThroughput=UNITS, LocalSecondaryIndexes=[LOCAL],
                       GlobalSecondaryIndexes=[{**GLOBAL, "ProvisionedThroughput": UNITS}], **SCHEMA)
        for table in ("on-demand", "provisioned"):
            c.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=ENABLED)
        backup = lambda table: c.create_backup(TableName=table, BackupName="kept")["BackupDetails"]["BackupArn"]
        cls.on_demand, cls.provisioned = backup("on-demand"), backup("provisioned")
        cls.arn = c.describe_table(TableName="on-demand")["Table"]["TableArn"]

    def no_table(self, name):
        self.refused("ResourceNotFoundException", self.client.describe_table, TableName=name)

    def test_overrides_that_do_not_go_together(self):
        def no(message, backup, **overrides):
            self.refused("ValidationException", self.client.restore_table_from_backup, TargetTableName="never", BackupArn=backup,
                         message=INVALID + message, **overrides)
            self.no_table("never")
        mode = lambda name: {"BillingModeOverride": name}
        units = {"ProvisionedThroughputOverride": UNITS}
        no("Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED", self.on_demand, **units)
        no("Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED", self.on_demand, **mode("PROVISIONED"))
        no("Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST", self.provisioned,
           **mode("PAY_PER_REQUEST"), **units)
        no("Requested MaxReadRequestUnits for OnDemandThroughput is outside of valid range", self.on_demand,
           OnDemandThroughputOverride={"MaxReadRequestUnits": 0})
        no("Cannot override MaxWriteRequestUnits for OnDemandThroughput unless BillingModeOverride is PAY_PER_REQUEST",
           self.provisioned, OnDemandThroughputOverride={"MaxWriteRequestUnits": 9})
        no("Must specify provisioned throughput for index global", self.provisioned, GlobalSecondaryIndexOverride=[GLOBAL])
        no("Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST for index global",
           self.provisioned, GlobalSecondaryIndexOverride=[{**GLOBAL, "ProvisionedThroughput": UNITS}], **mode("PAY_PER_REQUEST"))
        unknown = "Index %s does not match a secondary index that existed in the source table and cannot be created during the restore operation"
        no(unknown % "global", self.provisioned, GlobalSecondaryIndexOverride=[
            {**GLOBAL, "Projection": {"ProjectionType": "KEYS_ONLY"}, "ProvisionedThroughput": UNITS}])
        no(unknown % "local", self.provisioned, LocalSecondaryIndexOverride=[
            {**LOCAL, "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]}}])
        no(unknown % "other", self.on_demand, GlobalSecondaryIndexOverride=[{**GLOBAL, "IndexName": "other"}])

    def test_indexes_under_other_names_and_none(self):
        c = self.client
        c.restore_table_from_backup(TargetTableName="renamed", BackupArn=self.provisioned,
                                    GlobalSecondaryIndexOverride=[{**GLOBAL, "IndexName": "ring", "ProvisionedThroughput": UNITS}],
                                    LocalSecondaryIndexOverride=[{**LOCAL, "IndexName": "lane", "Projection": {
                                        "ProjectionType": "INCLUDE", "NonKeyAttributes": ["y", "x"]}}])
        table = c.describe_table(TableName="renamed")["Table"]
        self.assertEqual([index["IndexName"] for index in table["GlobalSecondaryIndexes"] + table["LocalSecondaryIndexes"]], ["ring", "lane"])
        c.restore_table_from_backup(TargetTableName="bare", BackupArn=self.provisioned, GlobalSecondaryIndexOverride=[],
                                    LocalSecondaryIndexOverride=[])
        table = c.describe_table(TableName="bare")["Table"]
        self.assertFalse({"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} & set(table))
        c.restore_table_from_backup(TargetTableName="whole", BackupArn=self.provisioned, BillingModeOverride="PAY_PER_REQUEST")
        index = c.describe_table(TableName="whole")["Table"]["GlobalSecondaryIndexes"][0]
        self.assertEqual(index["ProvisionedThroughput"]["ReadCapacityUnits"], 0)
        self.assertEqual(index["WarmThroughput"]["ReadUnitsPerSecond"], 12000)

    def test_what_a_restored_table_has(self):
        c = self.client
        made = c.restore_table_from_backup(TargetTableName="restored", BackupArn=self.on_demand)["TableDescription"]
        self.assertEqual((made["TableStatus"], made["RestoreSummary"]["RestoreInProgress"]), ("CREATING", True))
        table = c.describe_table(TableName="restored")["Table"]
        self.assertFalse({"TableClassSummary", "RestoreSummary"} & set(table))
        self.assertEqual((table["SSEDescription"]["SSEType"], table["OnDemandThroughput"]["MaxReadRequestUnits"]), ("KMS", 100))
        self.assertEqual(c.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"], [])
        c.restore_table_from_backup(TargetTableName="plain", BackupArn=self.on_demand, SSESpecificationOverride={"Enabled": False})
        self.assertNotIn("SSEDescription", c.describe_table(TableName="plain")["Table"])

    def test_order_of_checks_of_a_point_in_time(self):
        c, last = self.client, {"UseLatestRestorableTime": True}
        c.create_table(TableName="without", BillingMode="PAY_PER_REQUEST", KeySchema=SCHEMA["KeySchema"],
                       AttributeDefinitions=SCHEMA["AttributeDefinitions"][:2])
        early = {"RestoreDateTime": datetime.datetime(2020, 1, 1)}

        def no(code, message, target="never", **request):
            self.refused(code, c.restore_table_to_point_in_time, TargetTableName=target, message=message, **request)
        no("ValidationException", "Must provide exactly one of: sourceTableArn, sourceTableName", SourceTableName="missing",
           SourceTableArn=self.arn, **last)
        no("ValidationException", "The parameter 'TableName' is required but was not present in the request", **last)
        self.refused("ValidationException", c.restore_table_to_point_in_time, TargetTableName="never", SourceTableName="missing",
                     containing=INVALID + "Both RestoreDateTime and UseLatestRestorableTime cannot be set", **last, **early)
        no("ValidationException", INVALID + "Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both",
           SourceTableName="missing")
        no("TableNotFoundException", "Table not found: missing", "without", SourceTableName="missing", **early)
        off = "Point in time recovery is not enabled for table 'without'"
        no("PointInTimeRecoveryUnavailableException", off, "without", SourceTableName="without", **early)
        since = c.describe_continuous_backups(TableName="on-demand")["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        self.assertEqual(since["EarliestRestorableDateTime"].microsecond, 0)
        answer = self.refused("InvalidRestoreTimeException", c.restore_table_to_point_in_time, TargetTableName="without",
                              SourceTableName="on-demand", **early)
        first = since["EarliestRestorableDateTime"].astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.assertIn("RestoreDateTime '2020-01-01T00:00:00Z' must be within EarliestRestorableDateTime '%s' and "
                      "LatestRestorableDateTime '" % first, answer["Error"]["Message"])
        no("TableAlreadyExistsException", "Table already exists: without", "without", SourceTableName="on-demand", **last)
        no("TableNotFoundException", "Table not found", SourceTableArn=self.arn + "x", **last)
        no("ValidationException", "One or more parameter values were invalid: sourceTableArn is not a valid ARN",
           SourceTableArn="anything", **last)
        no("ValidationException", "This action is only supported by accounts that match the resource owner\u2019s account.",
           SourceTableArn=self.arn.replace("000000000000", "123456789012"), **last)
        self.no_table("never")

    def test_names(self):
        wrong = "1 validation error detected: Value 'a!c' at 'tableName' failed to satisfy constraint: Member must satisfy regular " \
                "expression pattern: [a-zA-Z0-9_.-]+"
        self.refused("ValidationException", self.client.restore_table_from_backup, TargetTableName="", BackupArn=self.on_demand,
                     message="TableName must be at least 3 characters long and at most 255 characters long")
        self.refused("ValidationException", self.client.describe_backup, BackupArn="", message="Invalid Backup ARN")
        for call, more in ((self.client.describe_continuous_backups, {}), (self.client.create_backup, {"BackupName": "kept"})):
            self.refused("ValidationException", call, TableName="a!c", message=wrong, **more)

    def test_across_regions(self):
        there = self.server.client("dynamodb", region="us-west-2")
        self.client.put_item(TableName="on-demand", Item={"id": {"S": "a"}, "n": {"S": "1"}})
        kept = self.client.create_backup(TableName="on-demand", BackupName="far")["BackupDetails"]["BackupArn"]
        without = INVALID + "sseSpecificationOverride must be provided for cross-region restores"
        encrypted = {"SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS"}}
        self.refused("ValidationException", there.restore_table_from_backup, TargetTableName="far", BackupArn=kept, message=without)
        self.refused("ValidationException", there.restore_table_to_point_in_time, TargetTableName="far", SourceTableArn=self.arn,
                     UseLatestRestorableTime=True, message=without)
        self.refused("BackupNotFoundException", there.describe_backup, BackupArn=kept)
        there.restore_table_from_backup(TargetTableName="far", BackupArn=kept, **encrypted)
        there.restore_table_to_point_in_time(TargetTableName="farther", SourceTableArn=self.arn, UseLatestRestorableTime=True, **encrypted)
        for name in ("far", "farther"):
            table = there.describe_table(TableName=name)["Table"]
            self.assertIn(":us-west-2:", table["TableArn"])
            self.assertIn(":us-west-2:", table["SSEDescription"]["KMSMasterKeyArn"])
            self.assertEqual(there.scan(TableName=name)["Items"], [{"id": {"S": "a"}, "n": {"S": "1"}}])
            self.no_table(name)

    def test_backups_by_their_arns(self):
        c, arn = self.client, self.client.create_backup(TableName="on-demand", BackupName="named")["BackupDetails"]["BackupArn"]
        elsewhere = arn.replace("us-east-1", "eu-west-1")
        seen = c.describe_backup(BackupArn=elsewhere)["BackupDescription"]["BackupDetails"]
        self.assertEqual((seen["BackupArn"], seen["BackupStatus"]), (elsewhere, "AVAILABLE"))
        for call in (c.describe_backup, c.delete_backup, lambda **k: c.restore_table_from_backup(TargetTableName="never", **k)):
            for wrong in (arn.replace("us-east-1", "xx-fake-1"), arn.replace(":aws:", ":aws-cn:"), arn.replace(":dynamodb:", ":s3:")):
                self.refused("ValidationException", call, BackupArn=wrong, message=INVALID + "BackupArn is not valid")
            for wrong in (arn.split("/backup/")[0], "x" * 48):
                self.refused("ValidationException", call, BackupArn=wrong, message="Invalid Backup ARN")
            for wrong in (arn.replace("000000000000", "123456789012"), arn.replace("us-east-1", "")):
                self.refused("AccessDeniedException", call, BackupArn=wrong, status=400, message="Access is denied")
            self.refused("BackupNotFoundException", call, BackupArn=arn[:-8] + "zzzzzzzz", message="Backup not found: " + arn[:-8] + "zzzzzzzz")
        self.refused("ValidationException", c.list_backups, ExclusiveStartBackupArn=elsewhere,
                     message=INVALID + "The supplied ExclusiveStartBackupArn does not match the region")
        self.refused("ValidationException", c.list_backups, TimeRangeLowerBound=20, TimeRangeUpperBound=10,
                     message="One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound")
        self.assertEqual(c.delete_backup(BackupArn=elsewhere)["BackupDescription"]["BackupDetails"]["BackupStatus"], "DELETED")
        self.refused("BackupNotFoundException", c.describe_backup, BackupArn=arn)


class Realistic(FreshServerCase):
    """Restores take minutes, and a table in its first seconds is unknown to the services beside it."""

    flags, clients = ("--lifecycle", "realistic"), {"client": "dynamodb"}

    def create(self, name):
        return self.client.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=SCHEMA["KeySchema"],
                                        AttributeDefinitions=SCHEMA["AttributeDefinitions"][:2])["TableDescription"]["TableArn"]

    def test_a_new_table_is_known_by_and_by(self):
        c = self.client
        self.create("new")
        ttl = {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}}
        recovery = {"PointInTimeRecoverySpecification": ENABLED}
        status = lambda: c.describe_continuous_backups(TableName="new")["ContinuousBackupsDescription"]["ContinuousBackupsStatus"]
        missing = "Requested resource not found: Table: new not found"
        in_use = "Attempt to change a resource which is still in use: "
        self.refused("ResourceInUseException", c.create_table, TableName="new", BillingMode="PAY_PER_REQUEST", KeySchema=SCHEMA["KeySchema"],
                     AttributeDefinitions=SCHEMA["AttributeDefinitions"][:2], message=in_use + "Table is being created: new")
        self.refused("ResourceInUseException", c.update_table, TableName="new", DeletionProtectionEnabled=True,
                     message=in_use + "Table is being created: new")
        self.refused("ResourceNotFoundException", c.describe_time_to_live, TableName="new", message=missing)
        self.refused("ResourceNotFoundException", c.update_time_to_live, TableName="new", message=missing, **ttl)
        self.refused("TableNotFoundException", status, message="Table not found: new")
        self.refused("TableNotFoundException", c.update_continuous_backups, TableName="new", message="Table not found: new", **recovery)
        self.server.advance(5_000)
        self.refused("ValidationException", c.describe_time_to_live, TableName="new", message="Cannot describe time to live while "
                     "table is in CREATING state: Current table state is CREATING")
        self.refused("ResourceInUseException", c.update_time_to_live, TableName="new", message=in_use + "Table new is being created", **ttl)
        self.assertEqual(status(), "DISABLED")
        self.refused("TableNotFoundException", c.create_backup, TableName="new", BackupName="early", message="Table not found: new")
        self.server.advance(10_500)
        enabling = "Backups are being enabled for the table: new. Please retry later"
        self.assertEqual(c.describe_table(TableName="new")["Table"]["TableStatus"], "ACTIVE")
        self.refused("ContinuousBackupsUnavailableException", c.create_backup, TableName="new", BackupName="early", message=enabling)
        self.refused("ContinuousBackupsUnavailableException", c.update_continuous_backups, TableName="new", message=enabling, **recovery)
        c.update_time_to_live(TableName="new", **ttl)
        self.server.advance(5_000)
        self.assertEqual(status(), "ENABLED")
        c.create_backup(TableName="new", BackupName="early")

    def test_latest_time_is_five_minutes_ago(self):
        c = self.client
        self.create("table")
        self.server.advance(60_000)
        put = lambda n: c.put_item(TableName="table", Item={"id": {"S": "a"}, "n": {"S": n}})
        put("1")
        answer = c.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification=ENABLED)
        span = lambda answer: [answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"][one + "RestorableDateTime"]
                               for one in ("Earliest", "Latest")]
        first, last = span(answer)
        self.assertEqual(first, last)
        self.server.advance(400_000)
        put("2")
        first, last = span(c.describe_continuous_backups(TableName="table"))
        self.assertLess(abs((last - first).total_seconds() - 100), 5)
        c.restore_table_to_point_in_time(SourceTableName="table", TargetTableName="copy", UseLatestRestorableTime=True)
        self.server.advance(400_000)
        self.assertEqual(c.scan(TableName="copy")["Count"], 1)

    def test_while_a_table_is_restored(self):
        c = self.client
        self.create("source")
        self.server.advance(60_000)
        backup = lambda: c.create_backup(TableName="source", BackupName="kept")["BackupDetails"]["BackupArn"]
        kept, other = backup(), backup()
        arn = c.restore_table_from_backup(TargetTableName="target", BackupArn=kept)["TableDescription"]["TableArn"]
        self.server.advance(60_000)
        summary = c.describe_table(TableName="target")["Table"]["RestoreSummary"]
        self.assertEqual((summary["RestoreInProgress"], summary["SourceBackupArn"]), (True, kept))
        missing = "Requested resource not found: Table: target not found"
        for call, more in ((c.describe_time_to_live, {}), (c.update_table, {"DeletionProtectionEnabled": True}),
                           (c.update_table, {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}})):
            self.refused("ResourceNotFoundException", call, TableName="target", message=missing, **more)
        for call, more in ((c.describe_continuous_backups, {}), (c.create_backup, {"BackupName": "early"})):
            self.refused("TableNotFoundException", call, TableName="target", message="Table not found: target", **more)
        self.refused("ResourceInUseException", c.delete_table, TableName="target")
        self.refused("ResourceInUseException", lambda: self.create("target"),
                     message="Attempt to change a resource which is still in use: Table is being used: target")
        self.refused("TableInUseException", c.restore_table_from_backup, TargetTableName="target", BackupArn=other,
                     message="Table: target is already being restored from backup: " + kept)
        self.refused("TableAlreadyExistsException", c.restore_table_from_backup, TargetTableName="source", BackupArn=other,
                     message="Table already exists: source")
        self.refused("BackupInUseException", c.restore_table_from_backup, TargetTableName="second", BackupArn=kept,
                     message="Backup is being used to restore another table: " + kept)
        self.refused("BackupInUseException", c.delete_backup, BackupArn=kept, message="Backup is being used to restore table: " + kept)
        c.restore_table_from_backup(TargetTableName="second", BackupArn=other)
        self.server.advance(200_000)
        self.assertNotIn("RestoreSummary", c.describe_table(TableName="target")["Table"])
        c.update_table(TableName="target", DeletionProtectionEnabled=True)
        c.delete_backup(BackupArn=kept)

    def test_the_system_backup_of_a_deleted_table(self):
        c = self.client
        recover = lambda name, on: c.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on})
        for name in ("kept", "dropped", "late"):
            self.create(name)
        self.server.advance(60_000)
        recover("kept", True), recover("dropped", True)
        for name in ("kept", "dropped", "late"):
            c.delete_table(TableName=name)
        recover("dropped", False), recover("late", True)  # in its first second AWS's backups know the table yet
        c.restore_table_to_point_in_time(SourceTableName="kept", TargetTableName="copy", UseLatestRestorableTime=True)
        c.create_backup(TableName="kept", BackupName="user")
        self.refused("TableAlreadyExistsException", c.restore_table_to_point_in_time, SourceTableName="kept", TargetTableName="late",
                     UseLatestRestorableTime=True, message="Table already exists: late")
        self.server.advance(1_500)
        self.refused("TableNotFoundException", lambda: recover("late", False), message="Table not found: late")
        self.refused("TableNotFoundException", c.restore_table_to_point_in_time, SourceTableName="kept", TargetTableName="more",
                     UseLatestRestorableTime=True, message="Table not found: kept")
        self.refused("TableNotFoundException", c.create_backup, TableName="kept", BackupName="late", message="Table not found: kept")
        self.assertEqual(c.list_backups(BackupType="SYSTEM")["BackupSummaries"], [])
        self.server.advance(5_000)
        self.create("late")  # at once, before the clock has come by
        deadline = time.monotonic() + 20
        while len(c.list_backups(BackupType="SYSTEM")["BackupSummaries"]) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        kept = c.list_backups(BackupType="SYSTEM")["BackupSummaries"]
        self.assertEqual(sorted(one["BackupName"] for one in kept), ["kept$DeletedTableBackup", "late$DeletedTableBackup"])
        self.assertTrue(all(one["BackupArn"].endswith("-00000000") for one in kept))
        self.assertEqual([one["BackupName"] for one in c.list_backups()["BackupSummaries"]], ["user"])

    def test_fifty_restores_at_once(self):
        c = self.client
        self.create("source")
        self.server.advance(60_000)
        c.update_continuous_backups(TableName="source", PointInTimeRecoverySpecification=ENABLED)
        restore = lambda n: c.restore_table_to_point_in_time(SourceTableName="source", TargetTableName="copy-%d" % n, UseLatestRestorableTime=True)
        for n in range(50):
            restore(n)
        self.refused("LimitExceededException", lambda: restore(50),
                     message="Subscriber limit exceeded: Only 50 restore operations can be done simultaneously")
        self.server.advance(300_000)
        restore(50)


if __name__ == "__main__":
    unittest.main()
