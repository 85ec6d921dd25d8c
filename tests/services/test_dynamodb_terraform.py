"""Terraform's DynamoDB resources: applied, planned clean, changed, restarted, destroyed."""

import json
import pathlib
import sys
import unittest

from orrery_server import Server
import terraform_cli

if not terraform_cli.executable() or not terraform_cli.provider_mirror():
    print("skipped: no Terraform, or no local mirror of its AWS provider")
    sys.exit(77)

FIXTURE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "dynamodb"
CHANGED = ("-var", "value=two")


class Terraform(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(data_dir=True)
        cls.client = cls.server.client("dynamodb")
        cls.workspace = terraform_cli.Workspace(FIXTURE, cls.server.endpoint)

    @classmethod
    def tearDownClass(cls):
        cls.workspace.close()
        unread = [entry for entry in cls.server.unread() if entry.startswith("dynamodb")]
        cls.server.__exit__()
        assert not unread, unread

    def terraform(self, *arguments):
        return self.workspace.run("stack", arguments[0], "-no-color", *arguments[1:])[1]

    def outputs(self):
        return {name: one["value"] for name, one in json.loads(self.terraform("output", "-json")).items()}

    def test_life(self):
        self.terraform("init")
        self.terraform("apply", "-auto-approve")
        self.terraform("plan", "-detailed-exitcode")
        restored = self.client.get_item(TableName="restored", Key={"id": {"S": "a"}})["Item"]
        self.assertEqual(restored["value"], {"S": "kept"})
        imported = self.client.scan(TableName="imported")["Items"]
        self.assertEqual(imported, [{"id": {"S": "a"}, "value": {"S": "kept"}}])
        stream = self.outputs()["stream"]
        self.terraform("apply", "-auto-approve", *CHANGED)
        self.server.restart()
        self.terraform("plan", "-detailed-exitcode", *CHANGED)
        outputs = self.outputs()
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
