"""The fixture infrastructure (and a given reference, ORRERY_REFERENCE) through one life with the real provider."""
import os
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import changes  # noqa: E402
import importing  # noqa: E402
import terraform_cli  # noqa: E402
from orrery_server import Server  # noqa: E402

terraform_cli.require()


def empty_buckets(s3):
    """What a user does before destroying a versioned state bucket: AWS deletes no bucket that holds versions."""
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
                s3.delete_object(Bucket=bucket["Name"], Key=version["Key"], VersionId=version["VersionId"])


class Life(unittest.TestCase):
    def whole_life(self, source, stacks, days=()):
        """Applies the stacks in order, plans them clean, lives through `days` (stack, edits, types that they change),
        restarts, plans clean again, destroys, and finds nothing left."""
        with Server(data_dir=True) as server:
            workspace = terraform_cli.Workspace(source, server.endpoint)
            self.addCleanup(workspace.close)
            for stack in stacks:
                workspace.init(stack)
                workspace.apply(stack)
            for stack in stacks:
                changes, output = workspace.plan(stack)
                self.assertFalse(changes, output)
            for stack, edits, types in days:
                self.change_in_place(workspace, stack, edits, types)
                self.import_into_an_empty_state(workspace, server, stack)
            self.assertEqual(server.unread(), [])
            server.restart()
            for stack in stacks:
                changes, output = workspace.plan(stack)
                self.assertFalse(changes, "after a restart:\n" + output)
            for stack in reversed(stacks):
                if stack == stacks[0]:
                    empty_buckets(server.client("s3"))
                workspace.destroy(stack)
            self.assertEqual(server.unread(), [])
            self.assert_empty(server)

    def change_in_place(self, workspace, stack, edits, types):
        changes.edit(workspace, edits)
        workspace.run(stack, "plan", "-out=change.plan", "-input=false", "-no-color")
        touched = set()
        for change in importing.planned(workspace, stack, "change.plan"):
            if change["change"]["actions"] in (["no-op"], ["read"]):
                continue
            self.assertEqual(change["change"]["actions"], ["update"], change["address"])
            touched.add(change["type"])
        self.assertEqual(touched, types)
        workspace.run(stack, "apply", "-input=false", "-no-color", "change.plan")
        changed, output = workspace.plan(stack)
        self.assertFalse(changed, "after changes in place:\n" + output)

    def import_into_an_empty_state(self, workspace, server, stack):
        """Every resource that the stack has, of every type, comes back from AWS's side as the configuration says it."""
        imported = terraform_cli.Workspace(workspace.tree, server.endpoint)
        self.addCleanup(imported.close)
        source = importing.resources(workspace, stack)
        self.assertEqual(importing.import_all(source, workspace, imported, stack), [])
        changed, output = imported.plan(stack)
        self.assertFalse(changed, "after the import:\n" + output)
        self.assertEqual(set(importing.resources(imported, stack)), set(source))

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
        self.whole_life(ROOT / "fixtures/infrastructure", ["state"],
                        [("state", changes.STATE, changes.STATE_TYPES)])

    def test_fixture_development(self):
        self.whole_life(ROOT / "fixtures/infrastructure", ["state", "environments/dev"],
                        [("environments/dev", changes.ENVIRONMENT, changes.ENVIRONMENT_TYPES)])

    def test_fixture_staging(self):
        self.whole_life(ROOT / "fixtures/infrastructure", ["state", "environments/staging"])

    def test_fixture_production(self):
        self.whole_life(ROOT / "fixtures/infrastructure", ["state", "environments/production"])

    def test_reference(self):
        source = pathlib.Path(os.environ.get("ORRERY_REFERENCE", ROOT.parent / "shared/volteryde/terraform"))
        if not source.is_dir():
            self.skipTest("no reference infrastructure is at hand")
        self.whole_life(source, ["shared", "environments/dev"])


if __name__ == "__main__":
    unittest.main()
