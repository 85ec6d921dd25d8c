"""RDS instances in tests, whether there are databases behind them or not."""

import waiting
from botocore.exceptions import ClientError
from service_case import ServiceCase

PASSWORD = "correct-horse-battery"


class Instances(ServiceCase):
    """`defaults` are those of create()."""

    clients = {"rds": "rds"}
    defaults = {}
    patience = 10

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

    def eventually(self, what, seconds=None):
        """The clock's work is done once a second."""
        return waiting.eventually(what, seconds or self.patience)
