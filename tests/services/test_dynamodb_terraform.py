"""Terraform's DynamoDB resources: applied, planned clean, changed, restarted, destroyed."""

import json
import unittest

from terraform_case import TerraformCase

CHANGED = ("-var", "value=two")


class Terraform(TerraformCase):
    fixture = "dynamodb"
    clients = {"client": "dynamodb"}

    def test_life(self):
        self.terraform("init")
        self.terraform("apply", "-auto-approve")
        self.terraform("plan", "-detailed-exitcode")
        restored = self.client.get_item(TableName="restored", Key={"id": {"S": "a"}})["Item"]
        self.assertEqual(restored["value"], {"S": "kept"})
        imported = self.client.scan(TableName="imported")["Items"]
        self.assertEqual(imported, [{"id": {"S": "a"}, "value": {"S": "kept"}}])
        stream = self.workspace.outputs("stack")["stream"]
        self.terraform("apply", "-auto-approve", *CHANGED)
        self.server.restart()
        self.terraform("plan", "-detailed-exitcode", *CHANGED)
        outputs = self.workspace.outputs("stack")
        self.assertEqual(json.loads(outputs["item"])["value"], {"S": "two"})
        self.assertEqual(outputs["stream"], stream)
        table = self.client.describe_table(TableName="provisioned")["Table"]
        self.assertEqual([index["IndexName"] for index in table["GlobalSecondaryIndexes"]], ["by-group-too"])
        by_group = self.client.scan(TableName="provisioned", IndexName="by-group-too")
        self.assertEqual(by_group["Count"], 0)
        self.terraform("destroy", "-auto-approve", *CHANGED)
        self.assertEqual(self.client.list_tables()["TableNames"], [])


if __name__ == "__main__":
    unittest.main()
