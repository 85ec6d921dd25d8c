"""Terraform's KMS and Secrets Manager resources: applied, planned clean, changed, restarted, destroyed."""

import json
import unittest

from terraform_case import TerraformCase

CHANGED = ("-var", "value=two")


class Terraform(TerraformCase):
    fixture = "keys"

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
