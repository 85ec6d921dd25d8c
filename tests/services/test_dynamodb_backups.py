"""DynamoDB's backups and restores, as a client sees them."""

import datetime
import unittest

from orrery_server import Server
from service_case import FreshServerCase
from botocore.exceptions import ClientError

DAY = 24 * 3600 * 1000
TABLE = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
         "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"},
                                  {"AttributeName": "group", "AttributeType": "S"}],
         "GlobalSecondaryIndexes": [{"IndexName": "by-group", "Projection": {"ProjectionType": "KEYS_ONLY"},
                                     "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}]}],
         "BillingMode": "PAY_PER_REQUEST"}


class Backups(FreshServerCase):
    options = {"data_dir": True}
    clients = {"client": "dynamodb"}

    def setUp(self):
        super().setUp()
        self.client.create_table(TableName="source", **TABLE,
                                 StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})

    def put(self, n, group="g", **more):
        self.client.put_item(TableName="source", Item={"id": {"S": "a"}, "n": {"N": str(n)}, "group": {"S": group}, **more})

    def numbers(self, table, **index):
        if index:
            items = self.client.query(TableName=table, KeyConditionExpression="#g = :g", ExpressionAttributeNames={"#g": "group"},
                                      ExpressionAttributeValues={":g": {"S": "g"}}, **index)["Items"]
        else:
            items = self.client.scan(TableName=table)["Items"]
        return sorted(int(item["n"]["N"]) for item in items)

    def now(self):
        return self.client.describe_continuous_backups(TableName="source")["ContinuousBackupsDescription"][
            "PointInTimeRecoveryDescription"]["LatestRestorableDateTime"]

    def test_on_demand(self):
        c = self.client
        for n in range(3):
            self.put(n)
        made = c.create_backup(TableName="source", BackupName="first")["BackupDetails"]
        self.assertEqual((made["BackupStatus"], made["BackupType"], made["BackupName"]), ("CREATING", "USER", "first"))
        self.put(3)
        c.delete_item(TableName="source", Key={"id": {"S": "a"}, "n": {"N": "0"}})
        self.server.advance(1000)
        second = c.create_backup(TableName="source", BackupName="second")["BackupDetails"]["BackupArn"]
        described = c.describe_backup(BackupArn=made["BackupArn"])["BackupDescription"]
        self.assertEqual(described["SourceTableDetails"]["ItemCount"], 3)
        self.assertEqual(described["SourceTableDetails"]["BillingMode"], "PAY_PER_REQUEST")
        self.assertEqual(described["SourceTableFeatureDetails"]["GlobalSecondaryIndexes"][0]["IndexName"], "by-group")
        page = c.list_backups(TableName="source", Limit=1)
        self.assertEqual(page["LastEvaluatedBackupArn"], made["BackupArn"])
        rest = c.list_backups(TableName="source", ExclusiveStartBackupArn=page["LastEvaluatedBackupArn"])
        self.assertEqual([b["BackupArn"] for b in rest["BackupSummaries"]], [second])
        self.assertEqual(c.list_backups(TimeRangeUpperBound=made["BackupCreationDateTime"])["BackupSummaries"], [])

        c.delete_table(TableName="source")
        self.server.restart()
        table = c.restore_table_from_backup(TargetTableName="restored", BackupArn=made["BackupArn"])["TableDescription"]
        self.assertEqual(table["RestoreSummary"]["SourceBackupArn"], made["BackupArn"])
        self.assertNotIn("StreamSpecification", table)
        self.assertTrue(table["GlobalSecondaryIndexes"][0]["IndexArn"].endswith(":table/restored/index/by-group"))
        self.assertEqual(self.numbers("restored"), [0, 1, 2])
        self.assertEqual(self.numbers("restored", IndexName="by-group"), [0, 1, 2])
        self.assertEqual(c.describe_table(TableName="restored")["Table"]["ItemCount"], 3)
        self.refused("TableAlreadyExistsException", c.restore_table_from_backup, TargetTableName="restored", BackupArn=second)

        without = c.restore_table_from_backup(
            TargetTableName="without", BackupArn=second, GlobalSecondaryIndexOverride=[], BillingModeOverride="PROVISIONED",
            ProvisionedThroughputOverride={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4})["TableDescription"]
        self.assertNotIn("GlobalSecondaryIndexes", without)
        self.assertEqual(without["ProvisionedThroughput"]["ReadCapacityUnits"], 3)
        self.assertEqual(self.numbers("without"), [1, 2, 3])

        self.assertEqual(c.delete_backup(BackupArn=second)["BackupDescription"]["BackupDetails"]["BackupStatus"], "DELETED")
        self.refused("BackupNotFoundException", c.describe_backup, BackupArn=second)
        self.refused("TableNotFoundException", c.create_backup, TableName="nowhere", BackupName="none")

    def test_point_in_time(self):
        c = self.client
        self.refused("PointInTimeRecoveryUnavailableException", c.restore_table_to_point_in_time, SourceTableName="source",
                     TargetTableName="early", UseLatestRestorableTime=True)
        self.put(0)
        self.server.restart()
        c.update_continuous_backups(TableName="source", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        self.server.advance(60000)
        self.put(1)
        self.put(2, group="other")
        self.server.advance(60000)
        moment = self.now()
        self.server.advance(60000)
        self.put(2)  # changed, a new one, one deleted, one deleted and put again
        self.put(3)
        c.delete_item(TableName="source", Key={"id": {"S": "a"}, "n": {"N": "0"}})
        c.delete_item(TableName="source", Key={"id": {"S": "a"}, "n": {"N": "1"}})
        self.put(1, group="late")
        self.client.restore_table_to_point_in_time(SourceTableName="source", TargetTableName="then", RestoreDateTime=moment)
        self.assertEqual(self.numbers("then"), [0, 1, 2])
        self.assertEqual(self.numbers("then", IndexName="by-group"), [0, 1])
        self.assertEqual(c.describe_table(TableName="then")["Table"]["ItemCount"], 3)
        latest = c.restore_table_to_point_in_time(SourceTableName="source", TargetTableName="latest", UseLatestRestorableTime=True)
        self.assertEqual(latest["TableDescription"]["RestoreSummary"]["SourceTableArn"].split("/")[-1], "source")
        self.assertEqual(self.numbers("latest"), [1, 2, 3])
        self.refused("InvalidRestoreTimeException", c.restore_table_to_point_in_time, SourceTableName="source",
                     TargetTableName="never", RestoreDateTime=moment - datetime.timedelta(hours=1))

        self.server.advance(40 * DAY)
        self.refused("InvalidRestoreTimeException", c.restore_table_to_point_in_time, SourceTableName="source",
                     TargetTableName="never", RestoreDateTime=moment)
        c.delete_table(TableName="source")
        kept = c.list_backups(BackupType="SYSTEM")["BackupSummaries"]
        self.assertEqual([b["BackupName"] for b in kept], ["source$DeletedTableBackup"])
        self.refused("ValidationException", c.delete_backup, BackupArn=kept[0]["BackupArn"])
        c.restore_table_from_backup(TargetTableName="again", BackupArn=kept[0]["BackupArn"])
        self.assertEqual(self.numbers("again"), [1, 2, 3])


class Settings(unittest.TestCase):
    """What is kept for others: Kinesis, CloudWatch."""

    def test_kinesis_and_insights(self):
        with Server() as server:
            c = server.client("dynamodb")
            c.create_table(TableName="table", **TABLE)
            arn = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"
            made = c.enable_kinesis_streaming_destination(TableName="table", StreamArn=arn)
            self.assertEqual(made["DestinationStatus"], "ENABLING")
            c.update_kinesis_streaming_destination(TableName="table", StreamArn=arn, UpdateKinesisStreamingConfiguration={
                "ApproximateCreationDateTimePrecision": "MICROSECOND"})
            destinations = lambda: c.describe_kinesis_streaming_destination(TableName="table")["KinesisDataStreamDestinations"]
            self.assertEqual(destinations(), [{"StreamArn": arn, "DestinationStatus": "ACTIVE",
                                               "ApproximateCreationDateTimePrecision": "MICROSECOND"}])
            with self.assertRaisesRegex(ClientError, "must be DISABLED or ENABLE_FAILED to perform ENABLE operation"):
                c.enable_kinesis_streaming_destination(TableName="table", StreamArn=arn)
            c.disable_kinesis_streaming_destination(TableName="table", StreamArn=arn)
            self.assertEqual(destinations()[0]["DestinationStatus"], "DISABLED")

            status = lambda **index: c.describe_contributor_insights(TableName="table", **index)
            self.assertEqual(status()["ContributorInsightsStatus"], "DISABLED")
            c.update_contributor_insights(TableName="table", ContributorInsightsAction="ENABLE")
            c.update_contributor_insights(TableName="table", IndexName="by-group", ContributorInsightsAction="ENABLE",
                                          ContributorInsightsMode="THROTTLED_KEYS")
            self.assertEqual((status()["ContributorInsightsStatus"], len(status()["ContributorInsightsRuleList"])), ("ENABLED", 4))
            self.assertEqual(status(IndexName="by-group")["ContributorInsightsMode"], "THROTTLED_KEYS")
            self.assertEqual(len(c.list_contributor_insights()["ContributorInsightsSummaries"]), 2)
            c.update_contributor_insights(TableName="table", ContributorInsightsAction="DISABLE")
            self.assertEqual(status()["ContributorInsightsStatus"], "DISABLED")
            self.assertEqual(server.unread(), [])


if __name__ == "__main__":
    unittest.main()
