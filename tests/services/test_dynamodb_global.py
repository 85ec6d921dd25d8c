"""DynamoDB's global tables: replicas in other regions hold the same items."""

import unittest

from service_case import FreshServerCase
from botocore.exceptions import ClientError

UNITS = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}


class GlobalTables(FreshServerCase):
    options = {"data_dir": True}

    def setUp(self):
        super().setUp()
        self.east, self.west, self.europe = (self.server.client("dynamodb", region=r) for r in ("us-east-1", "us-west-2", "eu-west-1"))
        self.east.create_table(
            TableName="world", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "group", "AttributeType": "S"}],
            GlobalSecondaryIndexes=[{"IndexName": "by-group", "Projection": {"ProjectionType": "ALL"},
                                     "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}]}])

    def put(self, client, key):
        client.put_item(TableName="world", Item={"id": {"S": key}, "group": {"S": "g"}})

    def keys(self, client, **index):
        return sorted(item["id"]["S"] for item in client.scan(TableName="world", **index)["Items"])

    def replicate(self, client, action, region):
        return client.update_table(TableName="world", ReplicaUpdates=[{action: {"RegionName": region}}])["TableDescription"]

    def regions(self, client):
        return {r["RegionName"] for r in client.describe_table(TableName="world")["Table"].get("Replicas", [])}

    def test_life(self):
        self.put(self.east, "first")
        table = self.replicate(self.east, "Create", "us-west-2")
        self.assertEqual((table["GlobalTableVersion"], table["Replicas"]), ("2019.11.21", []))  # not yet
        self.put(self.west, "second")
        self.replicate(self.west, "Create", "eu-west-1")
        self.put(self.europe, "third")
        self.east.delete_item(TableName="world", Key={"id": {"S": "first"}})
        self.server.restart()
        for client, others in ((self.east, {"us-west-2", "eu-west-1"}), (self.west, {"us-east-1", "eu-west-1"}),
                               (self.europe, {"us-east-1", "us-west-2"})):
            self.assertEqual(self.keys(client), ["second", "third"])
            self.assertEqual(self.keys(client, IndexName="by-group"), ["second", "third"])
            self.assertEqual(self.regions(client), others)
        arn = self.west.describe_table(TableName="world")["Table"]["GlobalSecondaryIndexes"][0]["IndexArn"]
        self.assertTrue(arn.startswith("arn:aws:dynamodb:us-west-2:"), arn)

        self.west.update_table(TableName="world", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-group"}}])
        self.assertNotIn("GlobalSecondaryIndexes", self.europe.describe_table(TableName="world")["Table"])
        self.replicate(self.east, "Delete", "us-west-2")
        with self.assertRaises(self.west.exceptions.ResourceNotFoundException):
            self.west.describe_table(TableName="world")
        self.assertEqual(self.regions(self.europe), {"us-east-1"})
        self.europe.delete_table(TableName="world")
        self.assertEqual(self.regions(self.east), set())
        self.put(self.east, "alone")
        self.assertEqual(self.keys(self.east), ["alone", "second", "third"])

    def test_streams_and_time_to_live(self):
        self.replicate(self.east, "Create", "us-west-2")
        self.east.update_time_to_live(TableName="world", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
        self.assertEqual(self.west.describe_time_to_live(TableName="world")["TimeToLiveDescription"]["AttributeName"], "until")
        self.put(self.east, "a")
        streams = self.server.client("dynamodbstreams", region="us-west-2")
        arn = self.west.describe_table(TableName="world")["Table"]["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        records = streams.get_records(ShardIterator=start)["Records"]
        self.assertEqual([(r["eventName"], r["awsRegion"]) for r in records], [("INSERT", "us-west-2")])

    def test_a_replica_has_settings_of_its_own(self):
        self.east.update_table(TableName="world", ReplicaUpdates=[{"Create": {
            "RegionName": "us-west-2", "TableClassOverride": "STANDARD_INFREQUENT_ACCESS",
            "OnDemandThroughputOverride": {"MaxReadRequestUnits": 7},
            "GlobalSecondaryIndexes": [{"IndexName": "by-group", "OnDemandThroughputOverride": {"MaxReadRequestUnits": 3}}]}}])
        table = self.west.describe_table(TableName="world")["Table"]
        self.assertEqual((table["TableClassSummary"]["TableClass"], table["OnDemandThroughput"]["MaxReadRequestUnits"],
                          table["GlobalSecondaryIndexes"][0]["OnDemandThroughput"]["MaxReadRequestUnits"]),
                         ("STANDARD_INFREQUENT_ACCESS", 7, 3))
        self.assertNotIn("TableClassSummary", self.east.describe_table(TableName="world")["Table"])
        self.east.update_table(TableName="world", ReplicaUpdates=[{"Update": {
            "RegionName": "us-west-2", "TableClassOverride": "STANDARD"}}])
        self.assertEqual(self.west.describe_table(TableName="world")["Table"]["TableClassSummary"]["TableClass"], "STANDARD")
        with self.assertRaisesRegex(ClientError, "does not have the specified index: none"):
            self.east.update_table(TableName="world", ReplicaUpdates=[{"Update": {
                "RegionName": "us-west-2", "GlobalSecondaryIndexes": [{"IndexName": "none", "OnDemandThroughputOverride": {"MaxReadRequestUnits": 3}}]}}])
        self.west.update_table(TableName="world", DeletionProtectionEnabled=True)
        with self.assertRaisesRegex(ClientError, "in region us-west-2 because it has deletion protection enabled"):
            self.replicate(self.east, "Delete", "us-west-2")
        self.assertEqual(self.regions(self.east), {"us-west-2"})

    def test_a_restored_replica_stands_alone(self):
        self.put(self.east, "first")
        self.replicate(self.east, "Create", "us-west-2")
        arn = self.east.create_backup(TableName="world", BackupName="kept")["BackupDetails"]["BackupArn"]
        table = self.east.restore_table_from_backup(TargetTableName="moon", BackupArn=arn)["TableDescription"]
        self.assertFalse({"Replicas", "GlobalTableVersion"} & set(table))
        self.assertEqual(self.east.scan(TableName="moon")["Count"], 1)

    def test_provisioned_writes_are_to_be_scaled(self):
        arn = self.east.update_table(TableName="world", BillingMode="PROVISIONED", ProvisionedThroughput=UNITS, GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "by-group", "ProvisionedThroughput": UNITS}}])["TableDescription"]["TableArn"]
        scaling = {"MinimumUnits": 1, "MaximumUnits": 10, "ScalingPolicyUpdate": {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70}}}
        scale = lambda **more: self.east.update_table_replica_auto_scaling(TableName="world", **more)
        writes = {"ProvisionedWriteCapacityAutoScalingUpdate": scaling}

        def found():
            return [(one["resource"], one["message"]) for one in self.server.findings() if one["rule"] == "dynamodb-replica-capacity"]
        self.replicate(self.east, "Create", "us-west-2")
        self.assertEqual(found(), [(arn, "Table write capacity should either be Pay-Per-Request or AutoScaled.")])
        scale(**writes)
        self.replicate(self.east, "Create", "eu-west-1")
        of_index = [(arn, "GSI write capacity should either be Pay-Per-Request or AutoScaled.")]
        self.assertEqual(found(), of_index)
        scale(GlobalSecondaryIndexUpdates=[dict(writes, IndexName="by-group")])
        before = self.server.findings()
        self.replicate(self.east, "Create", "eu-west-3")
        self.assertEqual(self.server.findings(), before)

    def test_refusals(self):
        self.west.create_table(TableName="world", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                               AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        for action, region in (("Create", "us-east-1"), ("Create", "us-west-2"), ("Delete", "eu-west-1")):
            with self.assertRaises(ClientError):
                self.replicate(self.east, action, region)
        self.assertEqual(self.regions(self.east), set())
        self.assertNotIn("StreamSpecification", self.east.describe_table(TableName="world")["Table"])


if __name__ == "__main__":
    unittest.main()
