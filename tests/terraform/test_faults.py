"""What goes wrong on a real day: a server killed inside an apply, two people applying at once, a strict server."""
import base64
import json
import pathlib
import random
import sys
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import terraform_cli  # noqa: E402
from orrery_server import Server  # noqa: E402

terraform_cli.require()

FIXTURES = ROOT / "fixtures"


class Faults(unittest.TestCase):
    def workspace(self, source, server):
        workspace = terraform_cli.Workspace(source, server.endpoint)
        self.addCleanup(workspace.close)
        return workspace

    def test_kill_9_inside_an_apply(self):
        """The state is local here: what is asked is the server's truth, not the backend's luck."""
        random.seed()
        with Server(data_dir=True) as server:
            workspace = self.workspace(FIXTURES / "infrastructure", server)
            stack = "environments/dev"
            (workspace.tree / stack / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
            workspace.init(stack)
            module = ("-target=module.network",)
            finished = threading.Event()

            def kill_at_random():
                for _ in range(4):
                    if finished.wait(random.uniform(1.0, 6.0)):
                        return
                    server.kill9()
                    time.sleep(random.uniform(0.05, 0.5))
                    server.start()

            killer = threading.Thread(target=kill_at_random)
            killer.start()
            try:
                workspace.apply(stack, *module, accept=(0, 1))
            finally:
                finished.set()
                killer.join()
            workspace.apply(stack, *module)
            changes, output = workspace.plan(stack, *module)
            self.assertFalse(changes, output)
            ec2 = server.client("ec2")
            mine = [{"Name": "tag:ManagedBy", "Values": ["Terraform"]}]
            self.assertEqual(len(ec2.describe_vpcs(Filters=mine)["Vpcs"]), 1)
            self.assertEqual(len(ec2.describe_subnets(Filters=mine)["Subnets"]), 9)
            self.assertEqual(len(ec2.describe_route_tables(Filters=mine)["RouteTables"]), 4)
            self.assertEqual(len(ec2.describe_nat_gateways(Filters=mine)["NatGateways"]), 1)
            self.assertEqual(len(ec2.describe_internet_gateways(Filters=mine)["InternetGateways"]), 1)
            self.assertEqual(len(ec2.describe_addresses(Filters=mine)["Addresses"]), 1)
            workspace.destroy(stack, *module)

    def test_two_applies_at_once(self):
        with Server() as server:
            s3, dynamodb = server.client("s3"), server.client("dynamodb")
            s3.create_bucket(Bucket="orrery-locking-state")
            s3.put_bucket_versioning(Bucket="orrery-locking-state", VersioningConfiguration={"Status": "Enabled"})
            dynamodb.create_table(TableName="orrery-locking", BillingMode="PAY_PER_REQUEST",
                                  KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
                                  AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}])
            first, second = (self.workspace(FIXTURES / "locking", server) for _ in range(2))
            first.init("."), second.init(".")
            running = first.start(".", "apply", "-auto-approve", "-input=false", "-no-color", "-var=who=first")
            deadline = time.monotonic() + 60
            while not dynamodb.scan(TableName="orrery-locking", FilterExpression="attribute_exists(Info)")["Items"]:
                self.assertLess(time.monotonic(), deadline, "the first apply never took the lock")
                time.sleep(0.05)
            code, output = second.apply(".", "-var=who=second", "-lock-timeout=0s", accept=(0, 1))
            self.assertEqual(code, 1, output)
            self.assertIn("Error acquiring the state lock", output)
            self.assertRegex(output, r"Who:\s+\S+@\S+")
            second.apply(".", "-var=who=second", "-lock-timeout=120s")
            self.assertIn("Apply complete", running.communicate()[0])
            self.assertEqual([item for item in dynamodb.scan(TableName="orrery-locking")["Items"] if "Info" in item], [])
            names = [entry["Key"] for entry in s3.list_objects_v2(Bucket="orrery-locking-state")["Contents"]]
            self.assertEqual(names, ["terraform.tfstate"])

    def test_workspaces(self):
        with Server() as server:
            workspace = self.workspace(FIXTURES / "locking", server)
            s3, dynamodb = server.client("s3"), server.client("dynamodb")
            s3.create_bucket(Bucket="orrery-locking-state")
            dynamodb.create_table(TableName="orrery-locking", BillingMode="PAY_PER_REQUEST",
                                  KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
                                  AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}])
            workspace.init(".")
            workspace.run(".", "workspace", "new", "-no-color", "blue")
            workspace.apply(".", "-var=who=blue")
            names = [entry["Key"] for entry in s3.list_objects_v2(Bucket="orrery-locking-state")["Contents"]]
            self.assertIn("env:/blue/terraform.tfstate", names)

    def test_strict_refuses_the_reference_user_name(self):
        with Server("--strict") as server:
            workspace = self.workspace(FIXTURES / "infrastructure", server)
            stack = "environments/dev"
            (workspace.tree / stack / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
            workspace.init(stack)
            code, output = workspace.apply(stack, "-target=module.database", accept=(0, 1))
            self.assertEqual(code, 1, output)
            self.assertIn("InvalidParameterValue: MasterUsername admin cannot be used", output)

    def test_data_sources(self):
        with Server() as server:
            cluster, database = self.another_teams(server)
            workspace = self.workspace(FIXTURES / "lookups", server)
            workspace.init(".")
            workspace.apply(".")
            changes, output = workspace.plan(".")
            self.assertFalse(changes, output)
            found = workspace.outputs(".")["found"]
            self.assert_token(server, found.pop("token"))
            zones = ["us-east-1" + letter for letter in "abcdef"]
            self.assertEqual(found, {
                "account": "000000000000", "arn": "arn:aws:iam::000000000000:root", "region": "us-east-1",
                "partition": "aws", "zones": zones, "default_cidr": "172.31.0.0/16", "vpcs": 1, "subnets": 6,
                "subnet_public": True, "default_group": "default VPC security group", "groups": 2, "route_tables": 1,
                "main_table": True, "key_manager": "AWS", "secret": "s3cret", "bucket_region": "us-east-1",
                "body": "hello", "table_hash_key": "id",
                "table_arn": "arn:aws:dynamodb:us-east-1:000000000000:table/lookups",
                "policy": ["s3:ListBucket", "s3:GetObject"],
                "managed_policy": "2012-10-17", "managed_arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
                "cluster": "1.34", "cluster_arn": cluster["arn"], "cluster_url": cluster["endpoint"],
                "cluster_issuer": cluster["identity"]["oidc"]["issuer"],
                "cluster_ca": cluster["certificateAuthority"]["data"], "cluster_vpc": True,
                "database": database["DBInstanceArn"], "database_user": "keeper", "database_class": "db.t3.micro",
                "database_at": "%(Address)s:%(Port)d" % database["Endpoint"]})
            workspace.destroy(".")

    def another_teams(self, server):
        """A cluster and a database that the configuration did not make."""
        subnets = [subnet["SubnetId"] for subnet in server.client("ec2").describe_subnets()["Subnets"][:2]]
        role = server.client("iam").create_role(RoleName="lookups", AssumeRolePolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                    "Principal": {"Service": "eks.amazonaws.com"}}]}))["Role"]["Arn"]
        eks, rds = server.client("eks"), server.client("rds")
        eks.create_cluster(name="lookups", version="1.34", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
        eks.get_waiter("cluster_active").wait(name="lookups", WaiterConfig={"Delay": 1})
        rds.create_db_instance(DBInstanceIdentifier="lookups", Engine="postgres", DBInstanceClass="db.t3.micro",
                               AllocatedStorage=20, MasterUsername="keeper", MasterUserPassword="long-enough")
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="lookups", WaiterConfig={"Delay": 1})
        return (eks.describe_cluster(name="lookups")["cluster"],
                rds.describe_db_instances(DBInstanceIdentifier="lookups")["DBInstances"][0])

    def assert_token(self, server, token):
        """A token of EKS is a presigned GetCallerIdentity: whoever holds the cluster asks STS who the caller is."""
        self.assertTrue(token.startswith("k8s-aws-v1."), token)
        url = base64.urlsafe_b64decode(token.removeprefix("k8s-aws-v1.") + "==").decode()
        query = urllib.parse.urlsplit(url).query
        self.assertEqual(urllib.parse.parse_qs(query)["Action"], ["GetCallerIdentity"])
        status, _, body = server.request("GET", "/?" + query, headers={
            "x-k8s-aws-id": "lookups", "Host": urllib.parse.urlsplit(url).netloc})
        self.assertEqual(status, 200, body)
        self.assertIn(b"<Arn>arn:aws:iam::000000000000:root</Arn>", body)


if __name__ == "__main__":
    unittest.main()
