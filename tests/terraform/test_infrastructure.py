"""The fixture infrastructure (and a given reference, ORRERY_REFERENCE) through one life with the real provider."""
import json
import os
import pathlib
import sys
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import terraform_cli  # noqa: E402

try:
    from orrery_server import Server
except ImportError:
    sys.exit(77)

if not terraform_cli.executable() or not terraform_cli.provider_mirror():
    print("skipped: no Terraform, or no provider mirror")
    sys.exit(77)


def empty_buckets(s3):
    """What a user does before destroying a versioned state bucket: AWS deletes no bucket that holds versions."""
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
                s3.delete_object(Bucket=bucket["Name"], Key=version["Key"], VersionId=version["VersionId"])


def unread(server):
    """Inputs that were accepted and forgotten, as /_orrery/coverage lists them."""
    return ["%(service)s.%(operation)s: %(member)s" % entry for entry in admin(server, "coverage")["unread"]]


def admin(server, path):
    with urllib.request.urlopen(server.endpoint + "/_orrery/" + path) as answer:
        return json.load(answer)


class Life(unittest.TestCase):
    def whole_life(self, source, stacks):
        with Server(data_dir=True) as server:
            workspace = terraform_cli.Workspace(source, server.endpoint)
            self.addCleanup(workspace.close)
            for stack in stacks:
                workspace.init(stack)
                workspace.apply(stack)
            for stack in stacks:
                changes, output = workspace.plan(stack)
                self.assertFalse(changes, output)
            self.assertEqual(unread(server), [])
            server.restart()
            for stack in stacks:
                changes, output = workspace.plan(stack)
                self.assertFalse(changes, "after a restart:\n" + output)
            for stack in reversed(stacks):
                if stack == stacks[0]:
                    empty_buckets(server.client("s3"))
                workspace.destroy(stack)
            self.assertEqual(unread(server), [])
            self.assert_empty(server)

    def assert_empty(self, server):
        """The account is as it began: nothing of the configuration is left in any service."""
        self.assertEqual(len(server.client("ec2").describe_vpcs()["Vpcs"]), 1)
        self.assertEqual(server.client("ec2").describe_addresses()["Addresses"], [])
        self.assertEqual(server.client("ec2").describe_network_interfaces()["NetworkInterfaces"], [])
        self.assertEqual(server.client("eks").list_clusters()["clusters"], [])
        self.assertEqual(server.client("rds").describe_db_instances()["DBInstances"], [])
        self.assertEqual(server.client("elasticache").describe_replication_groups()["ReplicationGroups"], [])
        self.assertEqual(server.client("iam").list_roles()["Roles"], [])
        self.assertEqual(server.client("dynamodb").list_tables()["TableNames"], [])
        self.assertEqual(server.client("s3").list_buckets().get("Buckets", []), [])

    def test_fixture_state_backend(self):
        self.whole_life(ROOT / "fixtures/infrastructure", ["state"])

    def test_fixture_development(self):
        self.whole_life(ROOT / "fixtures/infrastructure", ["state", "environments/dev"])

    def test_fixture_production(self):
        self.whole_life(ROOT / "fixtures/infrastructure", ["state", "environments/production"])

    def test_reference(self):
        source = pathlib.Path(os.environ.get("ORRERY_REFERENCE", ROOT.parent / "shared/volteryde/terraform"))
        if not source.is_dir():
            self.skipTest("no reference infrastructure is at hand")
        self.whole_life(source, ["shared", "environments/dev"])


if __name__ == "__main__":
    unittest.main()
