"""One fixture for the real Terraform, and the server that it is applied to."""

import pathlib

import terraform_cli
from service_case import ServiceCase

terraform_cli.require()
FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"


class TerraformCase(ServiceCase):
    """`fixture` is the folder's name."""

    options = {"data_dir": True}
    fixture = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workspace = terraform_cli.Workspace(FIXTURES / cls.fixture, cls.server.endpoint)
        cls.addClassCleanup(cls.workspace.close)

    def terraform(self, *arguments):
        """The output of a command in the folder `stack`."""
        return self.workspace.run("stack", arguments[0], "-no-color", *arguments[1:])[1]
