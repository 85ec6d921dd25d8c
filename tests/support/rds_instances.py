"""RDS instances in tests, whether there are databases behind them or not."""

import unittest

import waiting
from orrery_server import Server
from botocore.exceptions import ClientError

PASSWORD = "correct-horse-battery"


class Instances(unittest.TestCase):
    """`flags` and `options` are the server's, `defaults` those of create()."""

    flags, options, defaults = (), {}, {}
    patience = 10

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.flags, **cls.options)
        cls.rds = cls.server.client("rds")

    @classmethod
    def tearDownClass(cls):
        try:
            unread = cls.server.unread()
            assert not [entry for entry in unread if entry.startswith("rds:")], unread
        finally:
            cls.server.__exit__()

    def create(self, name, **changes):
        arguments = dict(
            DBInstanceIdentifier=name,
            Engine="postgres",
            EngineVersion="15",
            DBInstanceClass="db.t3.medium",
            AllocatedStorage=20,
            MasterUsername="volt",
            MasterUserPassword=PASSWORD,
            DBName="app",
        )
        arguments.update(self.defaults)
        arguments.update(changes)
        self.addCleanup(self.delete, name)
        return self.rds.create_db_instance(**arguments)["DBInstance"]

    def remove(self, code, call, **arguments):
        """What may be gone already: then AWS answers `code`."""
        try:
            call(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] != code:
                raise

    def delete(self, name):
        self.remove("DBInstanceNotFound", self.rds.delete_db_instance, DBInstanceIdentifier=name, SkipFinalSnapshot=True)

    def drop(self, name):
        """A cluster."""
        self.remove(
            "DBClusterNotFoundFault", self.rds.delete_db_cluster, DBClusterIdentifier=name, SkipFinalSnapshot=True
        )

    def instance(self, name):
        return self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]

    def refused(self, code, call, message=None, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        if message:
            self.assertIn(message, caught.exception.response["Error"]["Message"])

    def eventually(self, what, seconds=None):
        """The clock's work is done once a second."""
        return waiting.eventually(what, seconds or self.patience)
