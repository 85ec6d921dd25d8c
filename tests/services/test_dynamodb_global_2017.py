"""DynamoDB's global tables of version 2017.11.29: tables that exist are joined, and their items marked."""

import time
import unittest

from service_case import FreshServerCase
from waiting import until

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
MARKS = {"aws:rep:deleting", "aws:rep:updateregion", "aws:rep:updatetime"}
OFF = {"AutoScalingDisabled": True, "ScalingPolicies": []}


def group(*regions):
    return [{"RegionName": region} for region in regions]


class GlobalTableCase(FreshServerCase):
    options = {"data_dir": True}
    clients = {"east": "dynamodb"}

    def setUp(self):
        super().setUp()
        self.west, self.europe = (self.server.client("dynamodb", region=r) for r in ("us-west-2", "eu-west-1"))

    def create(self, client, name="world", key="id", keys="S", units=UNITS, index="by-group", stream=STREAM, on_demand=False):
        billing = {"BillingMode": "PAY_PER_REQUEST"} if on_demand else {"ProvisionedThroughput": units}
        indexes = {"IndexName": index, "Projection": {"ProjectionType": "ALL"}, "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}]}
        if not on_demand:
            indexes["ProvisionedThroughput"] = UNITS
        client.create_table(
            TableName=name, KeySchema=[{"AttributeName": key, "KeyType": "HASH"}], GlobalSecondaryIndexes=[indexes], StreamSpecification=stream,
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": keys}, {"AttributeName": "group", "AttributeType": "S"}], **billing)

    def join(self, *regions, name="world"):
        return self.east.create_global_table(GlobalTableName=name, ReplicationGroup=group(*regions))["GlobalTableDescription"]

    def update(self, *updates):
        return self.east.update_global_table(GlobalTableName="world", ReplicaUpdates=[
            {action: {"RegionName": region}} for action, region in updates])["GlobalTableDescription"]

    def describe(self, client=None, name="world"):
        return (client or self.east).describe_global_table(GlobalTableName=name)["GlobalTableDescription"]

    def world(self, client):
        return client.describe_table(TableName="world")["Table"]


class GlobalTables(GlobalTableCase):
    def put(self, client, key, **more):
        client.put_item(TableName="world", Item=dict({"id": {"S": key}, "group": {"S": "g"}}, **more))

    def item(self, client, key):
        return client.get_item(TableName="world", Key={"id": {"S": key}}).get("Item")

    def records(self, client, region):
        """The events of a table's stream, with what of the marks is in each: (name, region, deleting)."""
        streams = self.server.client("dynamodbstreams", region=region)
        arn = self.world(client)["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        out = []
        for record in streams.get_records(ShardIterator=start)["Records"]:
            image = record["dynamodb"].get("NewImage") or record["dynamodb"]["OldImage"]
            out.append((record["eventName"], image.get("aws:rep:updateregion", {}).get("S"), image.get("aws:rep:deleting", {}).get("BOOL")))
        return out

    def test_life(self):
        for client in (self.east, self.west, self.europe):
            self.create(client)
        table = self.join("us-east-1", "us-west-2")
        arn = "arn:aws:dynamodb::000000000000:global-table/world"
        self.assertEqual((table["GlobalTableStatus"], table["GlobalTableArn"]), ("CREATING", arn))
        self.server.restart()
        for client in (self.east, self.west, self.europe):
            self.assertEqual(self.describe(client), dict(table, GlobalTableStatus="ACTIVE"))
        for client, version in ((self.east, "2017.11.29"), (self.west, "2017.11.29"), (self.europe, None)):
            self.assertEqual(self.world(client).get("GlobalTableVersion"), version)
            self.assertNotIn("Replicas", self.world(client))
        self.assertEqual(self.update(("Create", "eu-west-1"))["ReplicationGroup"], group("us-east-1", "us-west-2", "eu-west-1"))
        self.put(self.west, "a")
        self.assertEqual(self.item(self.europe, "a"), self.item(self.east, "a"))
        # A table that leaves stays as it is, with its items.
        self.assertEqual(self.update(("Delete", "us-west-2"))["ReplicationGroup"], group("us-east-1", "eu-west-1"))
        self.put(self.east, "b")
        self.assertIsNone(self.item(self.west, "b"))
        self.assertIsNotNone(self.item(self.west, "a"))
        self.put(self.west, "c")
        self.assertEqual(self.item(self.west, "c"), {"id": {"S": "c"}, "group": {"S": "g"}})
        self.assertNotIn("GlobalTableVersion", self.world(self.west))
        # So does the last; a deleted table leaves too.
        self.europe.delete_table(TableName="world")
        self.assertEqual(self.describe()["ReplicationGroup"], group("us-east-1"))
        self.put(self.east, "d")
        gone = self.update(("Delete", "us-east-1"))
        self.assertEqual((gone["GlobalTableStatus"], gone["ReplicationGroup"]), ("DELETING", []))
        self.refused("GlobalTableNotFoundException", self.east.describe_global_table, GlobalTableName="world",
                     message="Global table not found: Global table with name: 'world' does not exist.")
        self.assertEqual(self.east.list_global_tables()["GlobalTables"], [])
        self.assertNotIn("GlobalTableVersion", self.world(self.east))
        self.east.delete_table(TableName="world")

    def test_items_and_streams(self):
        for client in (self.east, self.west):
            self.create(client)
        self.join("us-east-1", "us-west-2")
        self.put(self.east, "a")
        held = self.item(self.east, "a")
        self.assertEqual(set(held), {"id", "group"} | MARKS)
        self.assertEqual((held["aws:rep:deleting"], held["aws:rep:updateregion"]), ({"BOOL": False}, {"S": "us-east-1"}))
        self.assertRegex(held["aws:rep:updatetime"]["N"], r"^\d{10}\.\d{3}001$")
        self.assertEqual(self.west.scan(TableName="world", IndexName="by-group")["Items"], [held])
        changed = self.west.update_item(TableName="world", Key={"id": {"S": "a"}}, UpdateExpression="SET n = :n", ReturnValues="ALL_NEW",
                                        ExpressionAttributeValues={":n": {"N": "1"}})["Attributes"]
        self.assertEqual(changed["aws:rep:updateregion"], {"S": "us-east-1"})  # the marks come after
        self.assertEqual(self.item(self.east, "a")["aws:rep:updateregion"], {"S": "us-west-2"})
        self.assertEqual(self.item(self.east, "a")["n"], {"N": "1"})
        self.west.transact_write_items(TransactItems=[{"Put": {"TableName": "world", "Item": {"id": {"S": "t"}}}}])
        self.west.batch_write_item(RequestItems={"world": [{"DeleteRequest": {"Key": {"id": {"S": "t"}}}}]})
        self.assertIsNone(self.item(self.east, "t"))
        self.east.delete_item(TableName="world", Key={"id": {"S": "a"}})
        self.assertIsNone(self.item(self.west, "a"))
        self.assertEqual(self.records(self.east, "us-east-1"), [
            ("INSERT", None, None), ("MODIFY", "us-east-1", False),  # its own put, and the marks
            ("MODIFY", "us-west-2", False),                          # the update of the other
            ("INSERT", "us-west-2", False), ("MODIFY", "us-west-2", True), ("REMOVE", "us-west-2", True),
            ("REMOVE", "us-west-2", False)])                         # its own deletion
        self.assertEqual(self.records(self.west, "us-west-2"), [
            ("INSERT", "us-east-1", False), ("MODIFY", "us-east-1", False), ("MODIFY", "us-west-2", False),
            ("INSERT", None, None), ("MODIFY", "us-west-2", False), ("REMOVE", "us-west-2", False),
            ("MODIFY", "us-east-1", True), ("REMOVE", "us-east-1", True)])

    def test_settings_are_each_tables_own(self):
        for client in (self.east, self.west):
            self.create(client)
        self.join("us-east-1", "us-west-2")
        self.east.update_table(TableName="world", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-group"}}])
        self.east.update_time_to_live(TableName="world", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
        self.assertIn("GlobalSecondaryIndexes", self.world(self.west))
        self.assertEqual(self.west.describe_time_to_live(TableName="world")["TimeToLiveDescription"]["TimeToLiveStatus"], "DISABLED")
        self.put(self.east, "a")
        self.assertEqual(self.west.scan(TableName="world", IndexName="by-group")["Count"], 1)
        self.refused("ValidationException", self.east.update_table, TableName="world", StreamSpecification={"StreamEnabled": False},
                     message="One or more parameter values were invalid: Disabling Stream is not allowed for a Global Table replica.")
        self.refused("ValidationException", self.east.update_table, TableName="world",
                     ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}], containing="2017.11.29")
        self.refused("ResourceNotFoundException", self.east.describe_table_replica_auto_scaling, TableName="world",
                     message="Global table with name: 'world' does not exist.")

    def test_items_expire_in_each_table(self):
        for client in (self.east, self.west):
            self.create(client)
        self.join("us-east-1", "us-west-2")
        self.put(self.east, "a", until={"N": str(int(time.time()) - 60)})
        self.east.update_time_to_live(TableName="world", TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"})
        until("the item is over", lambda: self.item(self.east, "a") is None)
        self.assertIsNotNone(self.item(self.west, "a"))
        self.assertEqual(self.records(self.east, "us-east-1")[-1], ("REMOVE", "us-east-1", False))
        self.assertEqual(len(self.records(self.west, "us-west-2")), 1)

    def test_list(self):
        for name in ("one", "two", "three"):
            for client in (self.east, self.west):
                self.create(client, name=name)
        self.join("us-east-1", name="one")
        self.join("us-east-1", "us-west-2", name="two")
        self.join("us-west-2", name="three")
        names = lambda **more: [one["GlobalTableName"] for one in self.west.list_global_tables(**more)["GlobalTables"]]
        self.assertEqual(names(), ["one", "three", "two"])
        self.assertEqual(names(RegionName="us-east-1"), ["one", "two"])
        self.assertEqual(names(RegionName="eu-west-1"), [])
        page = self.east.list_global_tables(Limit=2)
        self.assertEqual(page["LastEvaluatedGlobalTableName"], "three")
        page = self.east.list_global_tables(Limit=2, ExclusiveStartGlobalTableName="three")
        self.assertEqual(page["GlobalTables"], [{"GlobalTableName": "two", "ReplicationGroup": group("us-east-1", "us-west-2")}])
        self.assertNotIn("LastEvaluatedGlobalTableName", page)

    def test_refusals(self):
        create = lambda **more: dict(dict(GlobalTableName="world", ReplicationGroup=group("us-east-1", "us-west-2")), **more)
        refuse = lambda code, said, **more: self.refused(code, self.east.create_global_table, containing=said, **create(**more))
        refuse("ValidationException", "Global table must have atleast one replica", ReplicationGroup=[])
        refuse("ValidationException", "ReplicationGroup members must specify RegionName", ReplicationGroup=[{}])
        refuse("ValidationException", "not supported in this region 'ap-south-1', supported regions are : [eu-west-2, eu-west-1, ",
               ReplicationGroup=group("us-east-1", "ap-south-1"))
        refuse("ValidationException", "more than once", ReplicationGroup=group("us-east-1", "us-east-1"))
        self.create(self.east)
        refuse("TableNotFoundException", "Table not found: world")
        for differing, said in (({"key": "key"}, "key schema"), ({"keys": "N"}, "key schema"), ({"index": "by-other"}, "same indexes"),
                                ({"units": dict(UNITS, WriteCapacityUnits=6)}, "write capacity"), ({"on_demand": True}, "write capacity"),
                                ({"stream": {"StreamEnabled": False}}, "stream"),
                                ({"stream": dict(STREAM, StreamViewType="NEW_IMAGE")}, "stream")):
            self.create(self.west, **differing)
            refuse("ValidationException", said)
            self.west.delete_table(TableName="world")
        self.create(self.west)
        self.put(self.east, "a")
        refuse("ValidationException", "must be empty")
        self.assertNotIn("GlobalTableVersion", self.world(self.west))
        self.east.delete_item(TableName="world", Key={"id": {"S": "a"}})
        self.join("us-east-1", "us-west-2")
        refuse("GlobalTableAlreadyExistsException", "'world' already exists")
        self.put(self.east, "a")
        self.create(self.europe)
        updates = lambda *all: {"GlobalTableName": "world", "ReplicaUpdates": list(all)}
        action = lambda name, region: {name: {"RegionName": region}}
        update = self.east.update_global_table
        self.refused("ValidationException", update, message="One or more parameter values were invalid", **updates())
        self.refused("ValidationException", update, **updates({}))
        self.refused("ValidationException", update, containing="both", **updates(dict(action("Create", "eu-west-1"), **action("Delete", "us-west-2"))))
        self.refused("ReplicaAlreadyExistsException", update, **updates(action("Create", "us-west-2")))
        self.refused("ReplicaNotFoundException", update, **updates(action("Delete", "eu-west-1")))
        self.refused("TableNotFoundException", update, **updates(action("Create", "eu-central-1")))
        self.refused("ValidationException", update, containing="must be empty", **updates(action("Create", "eu-west-1")))
        self.refused("GlobalTableNotFoundException", update, containing="Global table with name: 'none' does not exist.",
                     GlobalTableName="none", ReplicaUpdates=[action("Delete", "us-east-1")])
        self.assertEqual(self.describe()["ReplicationGroup"], group("us-east-1", "us-west-2"))
        self.create(self.east, name="current")
        self.east.update_table(TableName="current", ReplicaUpdates=[action("Create", "us-west-2")])
        refuse("ValidationException", "2019.11.21", GlobalTableName="current")
        self.refused("GlobalTableNotFoundException", self.east.describe_global_table, GlobalTableName="current")

        found = [one for one in self.server.console("findings")["findings"] if one["rule"] == "dynamodb-global-tables-2017"]
        self.assertEqual([one["resource"] for one in found], ["arn:aws:dynamodb::000000000000:global-table/world"])
        self.assertIn("DynamoDB global tables version 2017.11.29 is not supported. We recommend", found[0]["message"])


class Settings(GlobalTableCase):
    def settings(self, client=None):
        answer = (client or self.east).describe_global_table_settings(GlobalTableName="world")
        self.assertEqual(answer["GlobalTableName"], "world")
        return {one["RegionName"]: one for one in answer["ReplicaSettings"]}

    def change(self, **arguments):
        return {one["RegionName"]: one for one in self.east.update_global_table_settings(GlobalTableName="world", **arguments)["ReplicaSettings"]}

    def refuse(self, code, containing, **arguments):
        self.refused(code, self.east.update_global_table_settings, containing=containing, **dict({"GlobalTableName": "world"}, **arguments))

    def test_life(self):
        for client in (self.east, self.west):
            self.create(client)
        self.join("us-east-1", "us-west-2")
        scaling = {"MinimumUnits": 4, "MaximumUnits": 8, "ScalingPolicyUpdate": {
            "PolicyName": "mine", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0}}}
        held = self.settings(self.europe)
        self.assertEqual(held["us-west-2"], {
            "RegionName": "us-west-2", "ReplicaStatus": "ACTIVE",
            "ReplicaProvisionedReadCapacityUnits": 5, "ReplicaProvisionedReadCapacityAutoScalingSettings": OFF,
            "ReplicaProvisionedWriteCapacityUnits": 5, "ReplicaProvisionedWriteCapacityAutoScalingSettings": OFF,
            "ReplicaGlobalSecondaryIndexSettings": [{
                "IndexName": "by-group", "IndexStatus": "ACTIVE",
                "ProvisionedReadCapacityUnits": 5, "ProvisionedReadCapacityAutoScalingSettings": OFF,
                "ProvisionedWriteCapacityUnits": 5, "ProvisionedWriteCapacityAutoScalingSettings": OFF}]})
        answer = self.change(
            GlobalTableProvisionedWriteCapacityUnits=7,
            GlobalTableGlobalSecondaryIndexSettingsUpdate=[
                {"IndexName": "by-group", "ProvisionedWriteCapacityUnits": 9, "ProvisionedWriteCapacityAutoScalingSettingsUpdate": scaling}],
            ReplicaSettingsUpdate=[{
                "RegionName": "us-west-2", "ReplicaProvisionedReadCapacityUnits": 6, "ReplicaTableClass": "STANDARD_INFREQUENT_ACCESS",
                "ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate": scaling,
                "ReplicaGlobalSecondaryIndexSettingsUpdate": [{"IndexName": "by-group", "ProvisionedReadCapacityUnits": 3}]}])
        self.assertEqual(answer["us-west-2"], dict(held["us-west-2"], ReplicaStatus="UPDATING"))  # as it was
        self.server.restart()
        held = self.settings()
        east, west = held["us-east-1"], held["us-west-2"]
        for one, reads, index_reads in ((east, 5, 5), (west, 6, 3)):
            index = one["ReplicaGlobalSecondaryIndexSettings"][0]
            self.assertEqual((one["ReplicaProvisionedReadCapacityUnits"], one["ReplicaProvisionedWriteCapacityUnits"]), (reads, 7))
            self.assertEqual((index["ProvisionedReadCapacityUnits"], index["ProvisionedWriteCapacityUnits"]), (index_reads, 8))  # at most 8
            policy, = index["ProvisionedWriteCapacityAutoScalingSettings"]["ScalingPolicies"]
            self.assertEqual(policy["PolicyName"], "mine")
        self.assertEqual(east["ReplicaProvisionedReadCapacityAutoScalingSettings"], OFF)
        self.assertEqual(west["ReplicaProvisionedReadCapacityAutoScalingSettings"]["MaximumUnits"], 8)
        self.assertEqual(west["ReplicaTableClassSummary"]["TableClass"], "STANDARD_INFREQUENT_ACCESS")
        self.assertEqual(self.world(self.west)["ProvisionedThroughput"]["ReadCapacityUnits"], 6)
        self.assertNotIn("ReplicaTableClassSummary", east)

        self.change(GlobalTableBillingMode="PAY_PER_REQUEST")
        east = self.settings()["us-east-1"]
        self.assertEqual(east["ReplicaBillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        self.assertEqual(east["ReplicaProvisionedWriteCapacityUnits"], 0)
        self.assertNotIn("ProvisionedWriteCapacityUnits", east["ReplicaGlobalSecondaryIndexSettings"][0])
        self.refuse("ValidationException", "Replicas 'US-EAST-1', 'US-WEST-2' BillingMode is PayPerRequest. You must convert table's "
                    "BillingMode to PROVISIONED to set parameters: 'GlobalTableProvisionedWriteCapacityUnits'.",
                    GlobalTableProvisionedWriteCapacityUnits=3)
        self.refuse("ValidationException", "ProvisionedThroughput must be specified", GlobalTableBillingMode="PROVISIONED",
                    GlobalTableProvisionedWriteCapacityUnits=3)
        index = lambda kind: [{"IndexName": "by-group", "Provisioned%sCapacityUnits" % kind: 2}]
        self.change(GlobalTableBillingMode="PROVISIONED", GlobalTableProvisionedWriteCapacityUnits=3,
                    GlobalTableGlobalSecondaryIndexSettingsUpdate=index("Write"),
                    ReplicaSettingsUpdate=[{"RegionName": region, "ReplicaProvisionedReadCapacityUnits": 4,
                                            "ReplicaGlobalSecondaryIndexSettingsUpdate": index("Read")} for region in ("us-east-1", "us-west-2")])
        throughput = self.world(self.west)["ProvisionedThroughput"]
        self.assertEqual((throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]), (4, 3))

    def test_refusals(self):
        self.create(self.east)
        for call, more in ((self.east.describe_global_table_settings, {}), (self.east.update_global_table_settings, {"GlobalTableBillingMode": "PROVISIONED"})):
            self.refused("GlobalTableNotFoundException", call, GlobalTableName="world", message="Global table with name: 'world' does not exist.", **more)
        self.join("us-east-1")
        failed = "Failed to update settings for global table with name: ‘world’"
        self.refuse("ValidationException", failed + " because at least one update parameter must be specified.")
        self.refuse("ValidationException", failed + " because at least one update parameter must be specified for region: ‘us-east-1’.",
                    ReplicaSettingsUpdate=group("us-east-1"))
        self.refuse("ValidationException", failed + ": Parameters 'ScalingPolicyUpdate' are required",
                    GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate={"MinimumUnits": 1, "MaximumUnits": 2})
        self.refuse("ReplicaNotFoundException", "us-west-2", ReplicaSettingsUpdate=[dict(group("us-west-2")[0], ReplicaProvisionedReadCapacityUnits=1)])
        self.refuse("IndexNotFoundException", "nope", GlobalTableGlobalSecondaryIndexSettingsUpdate=[{"IndexName": "nope", "ProvisionedWriteCapacityUnits": 1}])
        self.refuse("LimitExceededException", "The requested WriteCapacityUnits, 40001, is above the per table maximum",
                    GlobalTableProvisionedWriteCapacityUnits=40001)
        self.assertEqual(self.world(self.east)["ProvisionedThroughput"]["WriteCapacityUnits"], 5)


class Strict(GlobalTableCase):
    flags = ("--strict",)

    def test_no_more_are_made(self):
        self.create(self.east)
        self.refused("ValidationException", self.east.create_global_table, GlobalTableName="world", ReplicationGroup=group("us-east-1"),
                     message="One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is not supported. We "
                     "recommend using DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy).")
        self.assertEqual(self.east.list_global_tables()["GlobalTables"], [])


if __name__ == "__main__":
    unittest.main()
