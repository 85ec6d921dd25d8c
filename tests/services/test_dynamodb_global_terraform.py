"""Terraform's older global table of DynamoDB: applied, planned clean, changed, restarted, imported, destroyed."""

import unittest

from terraform_case import TerraformCase

CHANGED = ("-var", "value=two")
RESOURCE = "aws_dynamodb_global_table.legacy"


class Terraform(TerraformCase):
    fixture = "global_tables"
    clients = {"client": "dynamodb"}

    def regions(self):
        table = self.client.describe_global_table(GlobalTableName="legacy")["GlobalTableDescription"]
        return {replica["RegionName"] for replica in table["ReplicationGroup"]}

    def test_life(self):
        europe = self.server.client("dynamodb", region="eu-west-1")
        self.terraform("init")
        self.terraform("apply", "-auto-approve")
        self.terraform("plan", "-detailed-exitcode")
        self.assertEqual(self.regions(), {"us-east-1", "us-west-2"})
        self.assertIn("arn:aws:dynamodb::000000000000:global-table/legacy", self.terraform("output", "-raw", "arn"))
        self.terraform("apply", "-auto-approve", *CHANGED)
        self.server.restart()
        self.terraform("plan", "-detailed-exitcode", *CHANGED)
        self.assertEqual(self.regions(), {"us-east-1", "eu-west-1"})
        self.client.put_item(TableName="legacy", Item={"id": {"S": "a"}})
        self.assertEqual(europe.scan(TableName="legacy")["Count"], 1)
        self.workspace.run("stack", "state", "rm", RESOURCE)
        self.terraform("import", *CHANGED, RESOURCE, "legacy")
        self.terraform("plan", "-detailed-exitcode", *CHANGED)
        self.terraform("destroy", "-auto-approve", *CHANGED)
        self.assertEqual(self.client.list_global_tables()["GlobalTables"], [])
        self.assertEqual(europe.list_tables()["TableNames"], [])


if __name__ == "__main__":
    unittest.main()
