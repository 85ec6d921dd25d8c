"""What AWS would refuse and a default run lets pass: as findings with `orrery findings`, as refusals with --strict."""

import json
import subprocess
import unittest

from botocore.exceptions import ClientError
from orrery_server import Server
from service_case import ServiceCase

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}]})
RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/"
CALENDARS = {
    "postgres": RDS + "PostgreSQLReleaseNotes/postgresql-release-calendar.html",
    "mysql": RDS + "UserGuide/MySQL.Concepts.VersionMgmt.html",
}


class FindingsTest(ServiceCase):
    clients = {"rds": "rds", "eks": "eks", "cache": "elasticache", "secrets": "secretsmanager", "iam": "iam"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        cls.subnets = [s["SubnetId"] for s in cls.server.client("ec2").describe_subnets()["Subnets"][:2]]

    def database(self, name, **arguments):
        values = dict(DBInstanceIdentifier=name, Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
                      MasterUsername="keeper", MasterUserPassword="long-enough", DeletionProtection=True)
        values.update(arguments)
        return self.rds.create_db_instance(**values)["DBInstance"]["DBInstanceArn"]

    def cluster(self, name, **arguments):
        values = dict(name=name, version="1.34", roleArn=self.role,
                      resourcesVpcConfig={"subnetIds": self.subnets, "publicAccessCidrs": ["203.0.113.0/24"]})
        values.update(arguments)
        return self.eks.create_cluster(**values)["cluster"]["arn"]

    def group(self, name, **arguments):
        return self.cache.create_replication_group(
            ReplicationGroupId=name, ReplicationGroupDescription="x", CacheNodeType="cache.t3.micro", Engine="redis",
            **arguments)["ReplicationGroup"]["ARN"]

    def trusting(self, name, principal):
        document = json.loads(TRUST)
        document["Statement"][0]["Principal"] = {"AWS": principal}
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
        return role["Role"]["Arn"]

    # rule, how to break it, what AWS answers, where that is documented
    def rules(self):
        version = "Cannot find version %s for %s"
        yield ("rds-reserved-master-username", lambda: self.database("reserved", MasterUsername="admin"),
               "InvalidParameterValue",
               "MasterUsername admin cannot be used as it is a reserved word used by the engine",
               RDS + "APIReference/API_CreateDBInstance.html")
        yield ("rds-master-password-characters", lambda: self.database("password", MasterUserPassword="with/slash@here"),
               "InvalidParameterValue",
               "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', "
               "'@', '\"', ' ' may be used.", RDS + "APIReference/API_CreateDBInstance.html")
        for engine, number in (("postgres", "15.4"), ("postgres", "15.7"), ("postgres", "16.8"), ("postgres", "17.5"),
                               ("mysql", "8.0.40")):
            yield ("rds-engine-version-withdrawn",
                   lambda: self.database(engine + "-" + number.replace(".", "-"), Engine=engine, EngineVersion=number),
                   "InvalidParameterCombination", version % (number, engine), CALENDARS[engine])
        yield ("rds-expired-certificate-authority",
               lambda: self.database("authority", CACertificateIdentifier="rds-ca-2019"), "CertificateNotFound", None,
               RDS + "UserGuide/UsingWithRDS.SSL.html")
        yield ("eks-version-out-of-support", lambda: self.cluster("old", version="1.29"), "InvalidParameterException",
               "unsupported Kubernetes version",
               "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html")
        stranger = "arn:aws:iam::000000000000:user/nobody"
        yield ("iam-trust-policy-principal-exists", lambda: self.trusting("trusting", stranger), "MalformedPolicyDocument",
               'Invalid principal in policy: "AWS":"%s"' % stranger,
               "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html")
        for number in ("2.8.24", "3.2.10"):
            yield ("elasticache-engine-version-withdrawn",
                   lambda: self.group("redis-" + number.replace(".", "-"), EngineVersion=number),
                   "InvalidParameterCombination", version % (number, "redis"), None)


class Lenient(FindingsTest):
    def command(self, *arguments):
        return subprocess.run([self.server.binary, "findings", "--endpoint", self.server.endpoint, *arguments],
                              capture_output=True, text=True, timeout=30)

    def test_each_rule_is_recorded_with_what_aws_would_answer(self):
        for rule, call, code, message, reference in self.rules():
            arn = call()
            with self.subTest(arn):
                found = [f for f in self.server.findings() if f["resource"] == arn and f["rule"] == rule]
                self.assertEqual(len(found), 1, self.server.findings())
                finding = found[0]
                self.assertEqual((finding["kind"], finding["code"]), ("refused", code))
                self.assertTrue(finding["message"].startswith(message or ""), finding["message"])
                if reference:
                    self.assertEqual(finding["reference"], reference)
                self.assertTrue(finding["reference"].startswith("https://docs.aws.amazon.com/"))
                self.assertTrue(finding["operation"].startswith("Create"))
                if "withdrawn" in rule or "support" in rule:
                    self.assertRegex(finding["message"], r"20\d\d-\d\d-\d\d", "the day since when")

    def test_advice_is_kept_apart(self):
        wanted = {
            "eks-endpoint-open-to-the-world": self.cluster("open", resourcesVpcConfig={"subnetIds": self.subnets}),
            "rds-no-deletion-protection": self.database("unprotected", DeletionProtection=False),
            "secretsmanager-no-rotation": self.secrets.create_secret(Name="still", SecretString="x")["ARN"],
        }
        for rule, arn in wanted.items():
            with self.subTest(rule):
                found = [f for f in self.server.findings() if f["resource"] == arn]
                self.assertEqual([(f["rule"], f["kind"], f["code"]) for f in found], [(rule, "advice", "")])

    def test_the_command_and_its_exit_code(self):
        """Advice alone is no failure; what AWS would have refused is exit code 2, until it is put right."""
        self.server.reset()
        self.assertEqual((self.command().returncode, self.command().stdout), (0, "No findings.\n"))
        self.secrets.create_secret(Name="quiet", SecretString="x")
        run = self.command()
        self.assertEqual(run.returncode, 0)
        self.assertIn("AWS accepts, but:\n\n  secretsmanager-no-rotation  (000000000000 us-east-1)\n", run.stdout)
        arn = self.database("loud", MasterUsername="admin")
        run = self.command()
        self.assertEqual((run.returncode, run.stderr), (2, ""))
        self.assertLess(run.stdout.index("AWS would refuse:"), run.stdout.index("AWS accepts, but:"))
        for line in ("  rds-reserved-master-username  (000000000000 us-east-1)", "    resource  " + arn,
                     "    call      rds:CreateDBInstance", "    AWS says  InvalidParameterValue: MasterUsername admin",
                     "    see       " + RDS):
            self.assertIn(line, run.stdout)
        run = self.command("--json")
        self.assertEqual(run.returncode, 2)
        findings = json.loads(run.stdout)["findings"]
        self.assertEqual({f["rule"]: f["kind"] for f in findings},
                         {"rds-reserved-master-username": "refused", "secretsmanager-no-rotation": "advice"})
        self.rds.modify_db_instance(DBInstanceIdentifier="loud", DeletionProtection=False)
        self.rds.delete_db_instance(DBInstanceIdentifier="loud", SkipFinalSnapshot=True)
        self.assertEqual(self.command().returncode, 0)


class Strict(FindingsTest):
    flags = ("--strict",)

    def test_each_rule_is_refused_with_the_error_of_aws(self):
        for rule, call, code, message, _ in self.rules():
            with self.subTest(rule):
                self.refused(code, call, message=message)
        self.assertEqual(self.rds.describe_db_instances()["DBInstances"], [])
        self.assertEqual(self.eks.list_clusters()["clusters"], [])
        self.assertEqual(self.cache.describe_replication_groups()["ReplicationGroups"], [])
        self.assertEqual(self.server.findings(), [])

    def test_what_aws_accepts_is_accepted(self):
        self.database("fine", EngineVersion="15.18", CACertificateIdentifier="rds-ca-rsa2048-g1")
        self.cluster("fine")
        self.group("fine", EngineVersion="7.1")
        self.rds.modify_db_instance(DBInstanceIdentifier="fine", DeletionProtection=False)
        self.rds.delete_db_instance(DBInstanceIdentifier="fine", SkipFinalSnapshot=True)
        self.eks.delete_cluster(name="fine")
        self.cache.delete_replication_group(ReplicationGroupId="fine")


class InBoth(unittest.TestCase):
    def test_windows_that_overlap_are_refused_and_touching_ones_are_not(self):
        for flags in ((), ("--strict",)):
            with self.subTest(flags), Server(*flags) as server:
                rds = server.client("rds")
                values = dict(DBInstanceIdentifier="windows", Engine="postgres", DBInstanceClass="db.t3.micro",
                              AllocatedStorage=20, MasterUsername="keeper", MasterUserPassword="long-enough",
                              PreferredBackupWindow="03:00-04:00")
                with self.assertRaises(ClientError) as caught:
                    rds.create_db_instance(PreferredMaintenanceWindow="mon:03:30-mon:04:30", **values)
                self.assertEqual(caught.exception.response["Error"]["Code"], "InvalidParameterValue")
                self.assertRegex(caught.exception.response["Error"]["Message"], "(?i)overlap")
                rds.create_db_instance(PreferredMaintenanceWindow="mon:04:00-mon:05:00", **values)


if __name__ == "__main__":
    unittest.main()
