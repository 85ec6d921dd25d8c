"""DynamoDB's auto scaling settings of global tables: as they were set, by replica and index, with AWS's defaults."""

import unittest

from service_case import FreshServerCase

OFF = {"AutoScalingDisabled": True, "ScalingPolicies": []}
ROLE = ("arn:aws:iam::000000000000:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable")
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


def update(least=1, most=10, target=70.0, **more):
    return {"MinimumUnits": least, "MaximumUnits": most,
            "ScalingPolicyUpdate": {"TargetTrackingScalingPolicyConfiguration": dict({"TargetValue": target}, **more)}}


def settings(name, least=1, most=10, target=70.0, **more):
    return {"MinimumUnits": least, "MaximumUnits": most, "AutoScalingRoleArn": ROLE,
            "ScalingPolicies": [{"PolicyName": name, "TargetTrackingScalingPolicyConfiguration": dict({"TargetValue": target}, **more)}]}


class World(FreshServerCase):
    """A table in two regions."""

    options = {"data_dir": True}
    clients = {"east": "dynamodb"}

    def setUp(self):
        super().setUp()
        self.west = self.server.client("dynamodb", region="us-west-2")
        self.create("world")
        self.server.advance(20_000)
        self.east.update_table(TableName="world", ReplicaUpdates=[{"Create": {"RegionName": "us-west-2"}}])
        self.server.advance(1_000_000)

    def create(self, name, **billing):
        index = {"IndexName": "by-group", "Projection": {"ProjectionType": "ALL"},
                 "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}]}
        if not billing:
            billing, index["ProvisionedThroughput"] = {"ProvisionedThroughput": UNITS}, UNITS
        self.east.create_table(
            TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], GlobalSecondaryIndexes=[index],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("id", "group")], **billing)

    def describe(self, client=None, name="world"):
        """The whole description, and its replicas by region."""
        whole = (client or self.east).describe_table_replica_auto_scaling(TableName=name)["TableAutoScalingDescription"]
        return whole, {one["RegionName"]: one for one in whole["Replicas"]}

    def change(self, client=None, name="world", **arguments):
        return (client or self.east).update_table_replica_auto_scaling(TableName=name, **arguments)["TableAutoScalingDescription"]

    def reads(self, region, change):
        return self.change(ReplicaUpdates=[{"RegionName": region, "ReplicaProvisionedReadCapacityAutoScalingUpdate": change}])

    def reads_of_index(self, region, index, change):
        return self.change(ReplicaUpdates=[{"RegionName": region, "ReplicaGlobalSecondaryIndexUpdates": [
            {"IndexName": index, "ProvisionedReadCapacityAutoScalingUpdate": change}]}])

    def refuse(self, code, message, name="world", **arguments):
        return self.refused(code, self.east.update_table_replica_auto_scaling, TableName=name, **message, **arguments)

    def refuse_reads(self, message, change):
        self.refuse("ValidationException", message, ReplicaUpdates=[
            {"RegionName": "us-east-1", "ReplicaProvisionedReadCapacityAutoScalingUpdate": change}])


class AutoScaling(World):
    def test_life(self):
        whole, replicas = self.describe(self.west)
        self.assertEqual((whole["TableName"], whole["TableStatus"]), ("world", "ACTIVE"))
        self.assertEqual(list(replicas), ["us-east-1", "us-west-2"])
        self.assertEqual(replicas["us-east-1"], {
            "RegionName": "us-east-1", "ReplicaStatus": "ACTIVE",
            "ReplicaProvisionedReadCapacityAutoScalingSettings": OFF, "ReplicaProvisionedWriteCapacityAutoScalingSettings": OFF,
            "GlobalSecondaryIndexes": [{"IndexName": "by-group", "IndexStatus": "ACTIVE",
                                        "ProvisionedReadCapacityAutoScalingSettings": OFF,
                                        "ProvisionedWriteCapacityAutoScalingSettings": OFF}]})
        answer = self.change(
            ProvisionedWriteCapacityAutoScalingUpdate=update(target=50, ScaleInCooldown=-1, DisableScaleIn=True),
            GlobalSecondaryIndexUpdates=[{"IndexName": "by-group", "ProvisionedWriteCapacityAutoScalingUpdate": update(most=12)}],
            ReplicaUpdates=[{"RegionName": "us-west-2", "ReplicaProvisionedReadCapacityAutoScalingUpdate": update(7, 9),
                             "ReplicaGlobalSecondaryIndexUpdates": [
                                 {"IndexName": "by-group", "ProvisionedReadCapacityAutoScalingUpdate": update(1, 3)}]}])
        self.assertEqual(answer, whole)  # as it was
        self.server.restart()
        for client in (self.east, self.west):
            _, replicas = self.describe(client)
            for region, reads, index_reads in (
                    ("us-east-1", OFF, OFF),
                    ("us-west-2", settings("DynamoDBReadCapacityUtilization:table/world", 7, 9),
                     settings("DynamoDBReadCapacityUtilization:table/world/index/by-group", 1, 3))):
                one, index = replicas[region], replicas[region]["GlobalSecondaryIndexes"][0]
                self.assertEqual(one["ReplicaProvisionedReadCapacityAutoScalingSettings"], reads)
                self.assertEqual(one["ReplicaProvisionedWriteCapacityAutoScalingSettings"], settings(
                    "DynamoDBWriteCapacityUtilization:table/world", target=50.0, ScaleInCooldown=-1, DisableScaleIn=True))
                self.assertEqual(index["ProvisionedReadCapacityAutoScalingSettings"], index_reads)
                self.assertEqual(index["ProvisionedWriteCapacityAutoScalingSettings"], settings(
                    "DynamoDBWriteCapacityUtilization:table/world/index/by-group", most=12))
        # Capacity comes within the bounds: reads of the one region alone.
        east, west = (client.describe_table(TableName="world")["Table"] for client in (self.east, self.west))
        for table, reads, index_reads in ((east, 5, 5), (west, 7, 3)):
            index = table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
            self.assertEqual(table["ProvisionedThroughput"]["ReadCapacityUnits"], reads)
            self.assertEqual(table["WarmThroughput"]["ReadUnitsPerSecond"], reads)
            self.assertEqual((index["ReadCapacityUnits"], index["WriteCapacityUnits"]), (index_reads, 5))
        self.assertIn("LastIncreaseDateTime", west["ProvisionedThroughput"])

        named = update()
        named["ScalingPolicyUpdate"]["PolicyName"] = "mine"
        self.reads("us-west-2", named)
        held = self.describe()[1]["us-west-2"]["ReplicaProvisionedReadCapacityAutoScalingSettings"]
        self.assertEqual(held, settings("mine"))
        for _ in range(2):
            self.reads("us-west-2", {"AutoScalingDisabled": True})
        one = self.describe()[1]["us-west-2"]
        self.assertEqual(one["ReplicaProvisionedReadCapacityAutoScalingSettings"], OFF)
        self.assertEqual(one["ReplicaProvisionedWriteCapacityAutoScalingSettings"]["MaximumUnits"], 10)

    def test_replicas_come_and_go(self):
        arn = self.west.describe_table(TableName="world")["Table"]["TableArn"]
        self.change(self.west, name=arn, ProvisionedWriteCapacityAutoScalingUpdate=dict(update(), AutoScalingRoleArn=ROLE))
        self.reads("us-east-1", update())
        self.east.update_table(TableName="world", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
        _, replicas = self.describe(self.west, arn)
        self.assertEqual(list(replicas), ["eu-west-1", "us-east-1", "us-west-2"])
        europe = replicas["eu-west-1"]
        self.assertEqual(europe["ReplicaProvisionedWriteCapacityAutoScalingSettings"],
                         settings("DynamoDBWriteCapacityUtilization:table/world"))
        self.assertEqual(europe["ReplicaProvisionedReadCapacityAutoScalingSettings"], OFF)
        self.east.update_table(TableName="world", BillingMode="PAY_PER_REQUEST")
        held = self.describe()[1]["us-east-1"]["ReplicaProvisionedReadCapacityAutoScalingSettings"]
        self.assertEqual(held, dict(settings("DynamoDBReadCapacityUtilization:table/world"), AutoScalingDisabled=True))
        self.refuse("ValidationException", {"message":
                    "Failed to update global table with name ‘world‘. Replicas 'EU-WEST-1', 'US-EAST-1', 'US-WEST-2' BillingMode is "
                    "PayPerRequest. You must convert table's BillingMode to PROVISIONED to set parameters: "
                    "'GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate'."},
                    ProvisionedWriteCapacityAutoScalingUpdate=update())
        self.reads("us-east-1", {"AutoScalingDisabled": True})
        self.assertEqual(self.describe()[1]["us-east-1"]["ReplicaProvisionedReadCapacityAutoScalingSettings"], OFF)
        for region in ("eu-west-1", "us-west-2"):
            self.east.update_table(TableName="world", ReplicaUpdates=[{"Delete": {"RegionName": region}}])
        self.refused("ResourceNotFoundException", self.east.describe_table_replica_auto_scaling, TableName="world",
                     message="Global table with name: 'world' does not exist.")

    def test_indexes_come_and_go(self):
        updates = lambda **change: self.east.update_table(TableName="world", GlobalSecondaryIndexUpdates=[change], AttributeDefinitions=[
            {"AttributeName": "group", "AttributeType": "S"}])
        create = lambda name, **more: updates(Create=dict({"IndexName": name, "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                                                           "Projection": {"ProjectionType": "ALL"}}, **more))
        indexes = lambda client: {one["IndexName"]: (one["ProvisionedReadCapacityAutoScalingSettings"],
                                                     one["ProvisionedWriteCapacityAutoScalingSettings"])
                                  for one in self.describe(client)[1]["us-west-2"]["GlobalSecondaryIndexes"]}
        found = lambda: [one for one in self.server.findings() if one["rule"] == "dynamodb-replica-index-capacity"]
        create("new", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
        scaled = settings("DynamoDBWriteCapacityUtilization:table/world/index/new")
        for client in (self.east, self.west):
            self.assertEqual(indexes(client), {"by-group": (OFF, OFF), "new": (OFF, scaled)})
        self.assertEqual([(one["resource"], one["message"]) for one in found()],
                         [("arn:aws:dynamodb:us-east-1:000000000000:table/world",
                           "GSI write capacity should either be Pay-Per-Request or AutoScaled.")])
        # The settings outlast an index.
        self.change(GlobalSecondaryIndexUpdates=[{"IndexName": "by-group", "ProvisionedWriteCapacityAutoScalingUpdate": update()}])
        self.reads_of_index("us-west-2", "new", update(1, 3))
        updates(Delete={"IndexName": "new"})
        self.assertEqual(list(indexes(self.east)), ["by-group"])
        create("new", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
        self.assertEqual(indexes(self.east)["new"], (settings("DynamoDBReadCapacityUtilization:table/world/index/new", 1, 3), scaled))
        self.assertEqual(len(found()), 1)

    def test_an_index_of_a_table_that_is_alone_does_not_scale(self):
        self.create("alone")
        self.east.update_table(TableName="alone", GlobalSecondaryIndexUpdates=[{"Create": {
            "IndexName": "new", "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"},
            "ProvisionedThroughput": UNITS}}], AttributeDefinitions=[{"AttributeName": "group", "AttributeType": "S"}])
        self.east.update_table(TableName="alone", ReplicaUpdates=[{"Create": {"RegionName": "us-west-2"}}])
        new = self.describe(name="alone")[1]["us-east-1"]["GlobalSecondaryIndexes"][1]
        self.assertEqual((new["IndexName"], new["ProvisionedWriteCapacityAutoScalingSettings"]), ("new", OFF))

    def test_refusals(self):
        self.create("alone", BillingMode="PAY_PER_REQUEST")
        for name in ("none", "alone"):
            message = "Global table with name: '%s' does not exist." % name
            self.refused("ResourceNotFoundException", self.east.describe_table_replica_auto_scaling, TableName=name, message=message)
            self.refuse("ResourceNotFoundException", {"message": message}, name=name,
                        ProvisionedWriteCapacityAutoScalingUpdate=update())
        failed = "Failed to update settings for global table with name: ‘world’"
        required = " are required unless auto scaling is being disabled."
        blank = " must be left blank when disabling auto scaling."
        for change, message in (
                ({}, failed + ": Parameters 'MaximumUnits', 'ScalingPolicyUpdate', 'MinimumUnits'" + required),
                ({"AutoScalingDisabled": False}, failed + ": Parameters 'MaximumUnits', 'ScalingPolicyUpdate', 'MinimumUnits'" + required),
                ({"MinimumUnits": 1, "MaximumUnits": 2}, failed + ": Parameters 'ScalingPolicyUpdate'" + required),
                ({"AutoScalingDisabled": True, "MinimumUnits": 1, "MaximumUnits": 2},
                 failed.replace("name:", "name") + ": Parameters 'MaximumUnits', 'MinimumUnits'" + blank)):
            self.refuse_reads({"message": message}, change)
        for change, message in (
                (update(3, 2), "Maximum capacity cannot be less than minimum capacity (Service: AWSApplicationAutoScaling; "),
                (update(target=90.1), "For predefined metric type DynamoDBReadCapacityUtilization, target value must be between '10.0' "
                 "and '90.0', but was '90.1'. (Service: "),
                (update(target=0), "For target tracking scaling, target value must be between '8.51592E-109' and '1.174271E108', but "
                 "was '0.0'. (Service: "),
                (dict(update(), AutoScalingRoleArn="arn:aws:iam::000000000000:role/Admin"),
                 "iam:PassRole on resource: arn:aws:iam::000000000000:role/Admin because no identity-based policy allows")):
            self.refuse_reads({"containing": message}, change)
        east = {"RegionName": "us-east-1", "ReplicaProvisionedReadCapacityAutoScalingUpdate": update()}
        self.refuse("ValidationException", {"message": failed + " because at least one update parameter must be specified."})
        self.refuse("ValidationException", {"message": failed + " because at least one update parameter must be specified for region: "
                                            "‘us-west-2’."}, ReplicaUpdates=[{"RegionName": "us-west-2"}])
        self.refuse("ValidationException", {"message": failed + " because the regions: ‘[us-east-1]’ were specified more than once."},
                    ReplicaUpdates=[east, east])
        self.refuse("ResourceNotFoundException", {"containing": "'eu-west-1'"}, ReplicaUpdates=[dict(east, RegionName="eu-west-1")])
        self.refuse("ResourceNotFoundException", {"containing": "'nope'"}, GlobalSecondaryIndexUpdates=[
            {"IndexName": "nope", "ProvisionedWriteCapacityAutoScalingUpdate": update()}])
        self.refuse("ResourceNotFoundException", {"containing": "'nope'"}, ReplicaUpdates=[
            dict(east, ReplicaGlobalSecondaryIndexUpdates=[{"IndexName": "nope", "ProvisionedReadCapacityAutoScalingUpdate": update()}])])
        self.assertEqual(self.describe()[1]["us-east-1"]["ReplicaProvisionedReadCapacityAutoScalingSettings"], OFF)


class Realistic(World):
    """What goes on, as long as on AWS."""

    flags = ("--lifecycle", "realistic")

    def test_capacity_that_is_out_of_bounds_updates_the_table(self):
        table = lambda: self.east.describe_table(TableName="world")["Table"]
        self.reads("us-east-1", update(2, 7))
        self.assertEqual(table()["TableStatus"], "ACTIVE")
        self.reads("us-east-1", update(10, 20))
        self.assertEqual(table()["TableStatus"], "UPDATING")
        self.refused("ResourceInUseException", self.east.update_table, TableName="world", ProvisionedThroughput=UNITS)
        self.server.advance(60_000)
        self.assertEqual((table()["TableStatus"], table()["ProvisionedThroughput"]["ReadCapacityUnits"]), ("ACTIVE", 10))
        self.east.update_table(TableName="world", ProvisionedThroughput=UNITS)  # below the least, and it stays so
        self.server.advance(1_000_000)
        self.assertEqual(table()["ProvisionedThroughput"]["ReadCapacityUnits"], 5)


if __name__ == "__main__":
    unittest.main()
