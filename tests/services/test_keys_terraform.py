"""Terraform's KMS and Secrets Manager resources: applied, planned clean, changed, restarted, destroyed."""

import json
import pathlib
import sys
import unittest

from orrery_server import Server
import terraform_cli

if not terraform_cli.executable() or not terraform_cli.provider_mirror():
    print("skipped: no Terraform, or no local mirror of its AWS provider")
    sys.exit(77)

FIXTURE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "keys"
CHANGED = ("-var", "value=two")


class Terraform(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(data_dir=True)
        cls.workspace = terraform_cli.Workspace(FIXTURE, cls.server.endpoint)

    @classmethod
    def tearDownClass(cls):
        cls.workspace.close()
        unread = cls.server.unread()
        cls.server.__exit__()
        assert not unread, unread

    def terraform(self, *arguments):
        return self.workspace.run("stack", arguments[0], "-no-color", *arguments[1:])[1]

    def test_life(self):
        self.terraform("init")
        self.terraform("apply", "-auto-approve")
        self.terraform("plan", "-detailed-exitcode")
        self.terraform("apply", "-auto-approve", *CHANGED)
        self.server.restart()
        self.terraform("plan", "-detailed-exitcode", *CHANGED)
        secret = json.loads(self.terraform("output", "-json"))["secret"]["value"]
        self.assertEqual(json.loads(secret), {"password": "two"})
        self.terraform("destroy", "-auto-approve", *CHANGED)
        self.nothing_left()

    def nothing_left(self):
        for region in ("us-east-1", "us-west-2"):
            kms = self.server.client("kms", region=region)
            keys = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
            # Looking at alias/aws/s3 made the key behind it, which AWS manages and nobody deletes.
            states = {key["KeyState"] for key in keys if key["KeyManager"] == "CUSTOMER"}
            self.assertLessEqual(states, {"PendingDeletion", "PendingReplicaDeletion"})
            secrets = self.server.client("secretsmanager", region=region)
            self.assertEqual(secrets.list_secrets()["SecretList"], [])


if __name__ == "__main__":
    unittest.main()
