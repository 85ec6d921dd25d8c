"""DynamoDB's global tables with multi-Region strong consistency."""

import unittest

from botocore.exceptions import ClientError
from service_case import FreshServerCase


def create(*regions):
    return [{"Create": {"RegionName": region}} for region in regions]


def delete(*regions):
    return [{"Delete": {"RegionName": region}} for region in regions]


class StrongGroup(FreshServerCase):
    options = {"data_dir": True}

    def setUp(self):
        super().setUp()
        self.west, self.east, self.ohio = (self.server.client("dynamodb", region=r) for r in ("us-west-2", "us-east-1", "us-east-2"))
        self.table("world")

    def table(self, name, **more):
        self.west.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                               AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], **more)

    def update(self, replicas=None, witnesses=None, mode=None, name="world", client=None, **more):
        parameters = {"ReplicaUpdates": replicas, "GlobalTableWitnessUpdates": witnesses, "MultiRegionConsistency": mode}
        parameters = {member: value for member, value in parameters.items() if value is not None}
        return (client or self.west).update_table(TableName=name, **parameters, **more)["TableDescription"]

    def refused(self, message, call, *arguments, **parameters):
        with self.assertRaises(ClientError) as raised:
            call(*arguments, **parameters)
        self.assertEqual(raised.exception.response["Error"]["Code"], "ValidationException")
        self.assertIn(message, raised.exception.response["Error"]["Message"])

    def described(self, client):
        return client.describe_table(TableName="world")["Table"]

    def test_with_a_witness(self):
        answer = self.update(create("us-east-1"), create("us-east-2"), "STRONG")
        self.assertEqual((answer["MultiRegionConsistency"], answer["GlobalTableVersion"]), ("STRONG", "2019.11.21"))
        self.server.restart()
        for client, other in ((self.west, "us-east-1"), (self.east, "us-west-2")):
            table = self.described(client)
            self.assertEqual(table["MultiRegionConsistency"], "STRONG")
            self.assertEqual(table["GlobalTableWitnesses"], [{"RegionName": "us-east-2", "WitnessStatus": "ACTIVE"}])
            self.assertEqual([replica["RegionName"] for replica in table["Replicas"]], [other])
        self.east.put_item(TableName="world", Item={"id": {"S": "one"}})
        self.assertIn("Item", self.west.get_item(TableName="world", Key={"id": {"S": "one"}}, ConsistentRead=True))
        with self.assertRaises(self.ohio.exceptions.ResourceNotFoundException):  # a witness is no table
            self.ohio.describe_table(TableName="world")
        self.assertEqual(self.ohio.list_tables()["TableNames"], [])

        self.refused("Cannot add replicas to a global table with strong MultiRegionConsistency", self.update, create("eu-west-1"))
        self.refused("Unsupported replica count", self.update, create("eu-west-1"), mode="STRONG")
        self.refused("MultiRegionConsistency parameter is unsupported on existing global table", self.update, create("eu-west-1"), mode="EVENTUAL")
        self.refused("Only Replica Create actions are supported", self.update, delete("us-east-1"), mode="STRONG")
        self.refused("Update table delete operation does not include all witnesses.", self.update, delete("us-east-1"))
        self.refused("one or more witnesses were not part of the global table. Please retry the request without these witnesses: [eu-west-1].",
                     self.update, delete("us-east-1"), delete("eu-west-1"))
        for witnesses in (delete("us-east-2"), create("eu-west-1")):
            self.refused("At least one of ", self.update, witnesses=witnesses)
        for client in (self.west, self.east):
            self.refused("Deletion of only one table replica is not supported", client.delete_table, TableName="world")

        self.update(delete("us-east-1"), delete("us-east-2"))
        self.refused("MultiRegionConsistency must be set as STRONG", self.update, delete("us-east-1"), delete("us-east-2"))
        self.refused("Replica specified in the Replica Update or Replica Delete action of the request was not found.",
                     self.update, delete("us-east-1"))
        table = self.described(self.west)
        for member in ("Replicas", "GlobalTableWitnesses", "MultiRegionConsistency", "GlobalTableVersion"):
            self.assertNotIn(member, table)
        with self.assertRaises(self.east.exceptions.ResourceNotFoundException):
            self.described(self.east)
        self.assertIn("Item", self.west.get_item(TableName="world", Key={"id": {"S": "one"}}))
        self.west.delete_table(TableName="world")

    def test_with_three_replicas(self):
        self.update(create("us-east-1", "us-east-2"), mode="STRONG")
        regions = {"us-west-2": self.west, "us-east-1": self.east, "us-east-2": self.ohio}
        for region, client in regions.items():
            table = self.described(client)
            self.assertEqual({replica["RegionName"] for replica in table["Replicas"]}, set(regions) - {region})
            self.assertNotIn("GlobalTableWitnesses", table)
            self.assertNotIn("StreamSpecification", table)
        self.ohio.put_item(TableName="world", Item={"id": {"S": "one"}})
        for client in regions.values():
            self.assertEqual(client.scan(TableName="world", ConsistentRead=True)["Count"], 1)
        self.refused("Deletion of only one table replica is not supported", self.update, delete("us-east-1"))
        self.update(delete("us-east-1", "us-east-2"))
        self.assertNotIn("Replicas", self.described(self.west))

    def test_what_a_new_group_must_be(self):
        self.refused("Unsupported replica count for global tables with MultiRegionConsistency set to STRONG.", self.update, create("us-east-1"), mode="STRONG")
        for mode in (None, "EVENTUAL"):
            self.refused("MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is present.",
                         self.update, create("us-east-1"), create("us-east-2"), mode)
        self.refused("Cannot target multiple regions with the same action", self.update, create("us-east-1"), create("us-east-1"), "STRONG")
        self.refused("Cannot add a witness in the same region as an existing replica", self.update, create("us-east-1"), create("us-west-2"), "STRONG")
        self.refused("Unsupported Region(s) specified for global tables with MultiRegionConsistency set to STRONG: [us-west-1].",
                     self.update, create("us-west-1"), create("us-east-2"), "STRONG")
        self.refused("Member must have length less than or equal to 1", self.update, create("us-east-1"), create("us-east-2", "eu-west-1"), "STRONG")
        for parameters in ({"mode": "STRONG"}, {"mode": "EVENTUAL"}, {"mode": "STRONG", "witnesses": create("us-east-2")}):
            self.refused("At least one of ", self.update, **parameters)
        self.assertNotIn("MultiRegionConsistency", self.described(self.west))

        self.west.put_item(TableName="world", Item={"id": {"S": "one"}})
        self.refused("not empty", self.update, create("us-east-1", "us-east-2"), mode="STRONG")
        self.west.delete_item(TableName="world", Key={"id": {"S": "one"}})
        self.update(create("us-east-1"))
        self.refused("MultiRegionConsistency parameter is unsupported on existing global table",
                     self.update, create("us-east-2"), create("eu-west-1"), "STRONG")

    def test_several_accounts(self):
        with self.assertRaises(ClientError) as raised:
            self.east.create_table(TableName="world", GlobalTableSourceArn=self.described(self.west)["TableArn"])
        self.assertEqual(raised.exception.response["Error"]["Code"], "NotImplemented")

    def test_what_such_tables_have_not(self):
        self.update(create("us-east-1"), create("us-east-2"), "STRONG")
        key, item = {"id": {"S": "one"}}, {"id": {"S": "one"}}
        self.refused("Transactions are not supported", self.east.transact_write_items, TransactItems=[{"Put": {"TableName": "world", "Item": item}}])
        self.refused("Transactions are not supported", self.east.transact_get_items, TransactItems=[{"Get": {"TableName": "world", "Key": key}}])
        for statement in ("INSERT INTO world VALUE {'id': 'one'}", "SELECT * FROM world WHERE id = 'one'"):
            self.refused("Transactions are not supported", self.east.execute_transaction, TransactStatements=[{"Statement": statement}])
        self.assertEqual(self.west.scan(TableName="world")["Count"], 0)
        expiry = {"Enabled": True, "AttributeName": "at"}
        self.refused("Time to Live is not supported", self.east.update_time_to_live, TableName="world", TimeToLiveSpecification=expiry)


if __name__ == "__main__":
    unittest.main()
