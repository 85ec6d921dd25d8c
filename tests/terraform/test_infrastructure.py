"""The fixture infrastructure (and a given reference, ORRERY_REFERENCE) through one life with the real provider."""
import os
import pathlib
import sys
import unittest

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


class Life(unittest.TestCase):
    def whole_life(self, source, stacks):
        with Server() as server:
            workspace = terraform_cli.Workspace(source, server.endpoint)
            self.addCleanup(workspace.close)
            for stack in stacks:
                workspace.init(stack)
                workspace.apply(stack)
            for stack in stacks:
                changes, output = workspace.plan(stack)
                self.assertFalse(changes, output)
            server.restart()
            for stack in stacks:
                changes, output = workspace.plan(stack)
                self.assertFalse(changes, "after a restart:\n" + output)
            for stack in reversed(stacks):
                workspace.destroy(stack)
            self.assertEqual(server.get("coverage")["unread"], [])

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
