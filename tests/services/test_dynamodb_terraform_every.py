"""The arguments of Terraform's DynamoDB resources that test_dynamodb_terraform.py does not have."""

import datetime
import unittest

from terraform_case import TerraformCase

HOUR = 3_600_000  # milliseconds


class EveryArgument(TerraformCase):
    fixture = "dynamodb"
    clients = {"client": "dynamodb"}

    def every(self, command, *variables):
        options = {"apply": ["-auto-approve"], "destroy": ["-auto-approve"], "plan": ["-detailed-exitcode"]}.get(command, [])
        return self.workspace.run("every", command, "-no-color", *options, *variables)[1]

    def now(self):
        return self.client.describe_continuous_backups(TableName="source")["ContinuousBackupsDescription"][
            "PointInTimeRecoveryDescription"]["LatestRestorableDateTime"].astimezone(datetime.timezone.utc)

    def test_life(self):
        west = self.server.client("dynamodb", region="us-west-2")
        self.every("init")
        self.every("apply")
        self.every("plan")
        self.assertEqual({(item["id"]["S"], item["n"]["N"], item["color"]["S"]) for item in self.client.scan(TableName="csv")["Items"]},
                         {("a", "1", "red"), ("b", "2", "green")})
        replica = west.describe_table(TableName="elsewhere")["Table"]
        self.assertEqual((replica["DeletionProtectionEnabled"], replica["TableClassSummary"]["TableClass"]),
                         (True, "STANDARD_INFREQUENT_ACCESS"))
        self.server.advance(60_000)
        since = self.now()
        self.server.advance(HOUR)
        variables = ["-var", "value=two", "-var", "since=" + since.strftime("%Y-%m-%dT%H:%M:%SZ")]
        variables += ["-var", "until=" + (since + datetime.timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")]
        self.every("apply", *variables)
        self.every("plan", *variables)
        self.server.restart()
        self.server.advance(2 * HOUR)  # a restart has set the clock back
        self.every("plan", *variables)
        for table, value in (("source", "two"), ("restored", "one"), ("ion", "one")):
            with self.subTest(table):
                self.assertEqual(self.client.get_item(TableName=table, Key={"id": {"S": "a"}})["Item"]["value"], {"S": value})
        self.assertFalse(west.describe_table(TableName="elsewhere")["Table"]["DeletionProtectionEnabled"])
        outputs = self.workspace.outputs("every")
        self.assertEqual(sorted(outputs["tables"]), ["csv", "elsewhere", "world"])
        self.assertEqual(outputs["changed"], 0)  # between the two times nothing was written
        self.every("destroy", *variables)
        self.assertEqual(self.client.list_tables()["TableNames"], [])


if __name__ == "__main__":
    unittest.main()
