"""Terraform's S3 resources and its S3 state backend."""

import json
import unittest

from terraform_case import TerraformCase


class Terraform(TerraformCase):
    fixture = "s3"
    clients = {"s3": "s3"}

    def terraform(self, stack, *arguments, **options):
        return self.workspace.run(stack, *arguments, **options)

    def test_life(self):
        self.terraform("storage", "init", "-no-color")
        self.terraform("storage", "apply", "-no-color", "-auto-approve")
        self.terraform("storage", "plan", "-no-color", "-detailed-exitcode")
        outputs = json.loads(self.terraform("storage", "output", "-no-color", "-json")[1])
        self.assertEqual(outputs["body"]["value"], "<h1>It turns</h1>")
        self.assertEqual(outputs["pages"]["value"], ["pages/copy.html", "pages/index.html"])
        self.state_backend()
        self.terraform("storage", "destroy", "-no-color", "-auto-approve")
        self.assertEqual(self.s3.list_buckets()["Buckets"], [])

    def state_backend(self):
        self.terraform("client", "init", "-no-color")
        for value in ("one", "two"):
            self.terraform("client", "apply", "-no-color", "-auto-approve", "-var", "value=" + value)
            self.server.restart()
        state = self.s3.get_object(Bucket="orrery-test-state", Key="client/terraform.tfstate")
        self.assertEqual(json.loads(state["Body"].read())["outputs"]["value"]["value"], "two")
        self.assertEqual(state["ServerSideEncryption"], "AES256")
        versions = self.s3.list_object_versions(Bucket="orrery-test-state", Prefix="client/terraform.tfstate")["Versions"]
        self.assertGreaterEqual(len([v for v in versions if v["Key"] == "client/terraform.tfstate"]), 2)
        self.terraform("client", "workspace", "new", "-no-color", "other")
        self.terraform("client", "apply", "-no-color", "-auto-approve")
        self.s3.head_object(Bucket="orrery-test-state", Key="env:/other/client/terraform.tfstate")
        # Another's lock: refused, and its owner named.
        lock = {"ID": "0d9d6f2f-0000-0000-0000-000000000000", "Operation": "OperationTypeApply", "Info": "", "Who": "somebody@else",
                "Version": "1.11.0", "Created": "2026-01-01T00:00:00Z", "Path": "x"}
        self.s3.put_object(Bucket="orrery-test-state", Key="env:/other/client/terraform.tfstate.tflock", Body=json.dumps(lock).encode())
        _, output = self.terraform("client", "apply", "-no-color", "-auto-approve", accept=(1,))
        self.assertIn("somebody@else", output)
        self.assertIn("PreconditionFailed", output)


if __name__ == "__main__":
    unittest.main()
