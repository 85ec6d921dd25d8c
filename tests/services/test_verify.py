"""`orrery verify`: what is as the state says, and what is not, without engines behind the endpoints."""
import base64
import json
import os
import subprocess
import unittest

from service_case import FreshServerCase

ACCOUNT = "000000000000"


def run(server, *flags):
    return subprocess.run([os.environ["ORRERY_BINARY"], "verify", "--endpoint", server.endpoint, *flags],
                          capture_output=True, text=True, timeout=120)


def verify(server):
    """(exit code, the checks)."""
    result = run(server, "--json")
    assert result.stderr == "", result.stderr
    document = json.loads(result.stdout)
    assert document["good"] == (result.returncode == 0), result
    return result.returncode, document["checks"]


def of(checks, what, name):
    return [(check["result"], check["detail"]) for check in checks if (check["what"], check["name"]) == (what, name)]


class Verify(FreshServerCase):
    def only(self, checks, what, name):
        found = of(checks, what, name)
        self.assertEqual(len(found), 1, checks)
        return found[0]

    def test_an_empty_server_is_good(self):
        result = run(self.server)
        self.assertEqual((result.returncode, result.stdout), (0, "0 checked: 0 ok, 0 noted, 0 failed.\n"))

    def test_nobody_answers(self):
        port = self.server.port
        self.server.stop()
        result = run(self.server)
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot reach http://127.0.0.1:%d" % port, result.stderr)

    def test_accounts_and_regions(self):
        self.server.client("s3", "eu-west-1", "111122223333").create_bucket(
            Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.server.client("secretsmanager", "ap-south-1").create_secret(Name="near", SecretString="x")
        code, checks = verify(self.server)
        self.assertEqual(code, 0)
        self.assertEqual([(one["account"], one["region"], one["what"], one["name"], one["result"]) for one in checks],
                         [(ACCOUNT, "ap-south-1", "secret", "near", "ok"),
                          ("111122223333", "eu-west-1", "bucket", "far-away", "ok")])

    def test_many_are_read_page_by_page(self):
        secrets = self.server.client("secretsmanager")
        for number in range(105):
            secrets.create_secret(Name="secret-%03d" % number, SecretString="x")
        code, checks = verify(self.server)
        self.assertEqual((code, len(checks)), (0, 105))

    def test_secrets(self):
        kms, secrets = self.server.client("kms"), self.server.client("secretsmanager")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        secrets.create_secret(Name="plain", SecretBinary=b"\x00\xff")
        secrets.create_secret(Name="empty")
        secrets.create_secret(Name="sealed", SecretString="hidden-value", KmsKeyId=key)
        code, checks = verify(self.server)
        self.assertEqual(code, 0)
        self.assertEqual(self.only(checks, "secret", "plain")[0], "ok")
        self.assertEqual(self.only(checks, "secret", "empty")[0], "no value")
        self.assertIn("decrypted with", self.only(checks, "secret", "sealed")[1])
        kms.disable_key(KeyId=key)
        result = run(self.server)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"secret +sealed +failed +\w+: .*")
        self.assertNotIn("hidden-value", result.stdout)

    def test_keys(self):
        kms = self.server.client("kms")
        made = {name: kms.create_key(**arguments)["KeyMetadata"]["KeyId"] for name, arguments in {
            "symmetric": {}, "disabled": {}, "deleted": {}, "rsa": {"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"},
            "signing": {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"},
            "code": {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"},
            "imported": {"Origin": "EXTERNAL"}}.items()}
        kms.disable_key(KeyId=made["disabled"])
        kms.schedule_key_deletion(KeyId=made["deleted"], PendingWindowInDays=7)
        code, checks = verify(self.server)
        self.assertEqual(code, 0)
        results = {name: self.only(checks, "key", key) for name, key in made.items()}
        self.assertEqual({name: result for name, (result, _) in results.items()},
                         {"symmetric": "ok", "rsa": "ok", "signing": "ok", "code": "ok", "disabled": "disabled",
                          "deleted": "pending deletion", "imported": "pending import"})
        self.assertRegex(results["deleted"][1], r"^it goes at 20\d\d-\d\d-\d\dT[0-9:]+Z$")
        self.assertEqual(results["symmetric"][1], "SYMMETRIC_DEFAULT, decrypts what it encrypted")

    def test_lock_table(self):
        dynamodb = self.server.client("dynamodb")
        for name, key in (("lock", "LockID"), ("other", "Id")):
            dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST",
                                  KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                                  AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}])
        dynamodb.put_item(TableName="lock", Item={"LockID": {"S": "bucket/dev.tfstate-md5"}, "Digest": {"S": "d"}})
        code, checks = verify(self.server)
        self.assertEqual((code, [check["name"] for check in checks]), (0, ["lock"]))
        self.assertEqual(self.only(checks, "lock table", "lock"), ("ok", "free, 1 state known"))
        info = {"ID": "0ddba11", "Operation": "OperationTypeApply", "Who": "ada@desk", "Version": "1.11.4",
                "Created": "2026-11-24T10:00:00Z", "Path": "bucket/dev.tfstate"}
        dynamodb.put_item(TableName="lock", Item={"LockID": {"S": "bucket/dev.tfstate"},
                                                  "Info": {"S": json.dumps(info)}})
        code, checks = verify(self.server)
        self.assertEqual(code, 1)
        self.assertEqual(self.only(checks, "lock table", "lock"),
                         ("failed", "bucket/dev.tfstate is held by ada@desk (OperationTypeApply) since "
                                    "2026-11-24T10:00:00Z, lock id 0ddba11"))

    def network(self):
        ec2 = self.server.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.%d.0/24" % number,
                                     AvailabilityZone="us-east-1" + zone)["Subnet"]["SubnetId"]
                   for number, zone in enumerate("ab")]
        self.server.client("rds").create_db_subnet_group(
            DBSubnetGroupName="net", DBSubnetGroupDescription="d", SubnetIds=subnets)
        self.server.client("elasticache").create_cache_subnet_group(
            CacheSubnetGroupName="net", CacheSubnetGroupDescription="d", SubnetIds=subnets)
        return ec2, vpc

    def test_databases_and_caches_without_engines(self):
        ec2, vpc = self.network()
        group = ec2.create_security_group(GroupName="data", Description="d", VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 6379, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}])
        rds, elasticache = self.server.client("rds"), self.server.client("elasticache")
        rds.create_db_instance(DBInstanceIdentifier="db", Engine="postgres", DBInstanceClass="db.t3.micro",
                               AllocatedStorage=20, MasterUsername="app", MasterUserPassword="correct-horse",
                               DBSubnetGroupName="net", VpcSecurityGroupIds=[group])
        elasticache.create_replication_group(
            ReplicationGroupId="group", ReplicationGroupDescription="d", CacheNodeType="cache.t3.micro", Engine="redis",
            NumCacheClusters=2, CacheSubnetGroupName="net", SecurityGroupIds=[group])
        elasticache.create_cache_cluster(CacheClusterId="alone", Engine="redis", CacheNodeType="cache.t3.micro",
                                         NumCacheNodes=1, CacheSubnetGroupName="net", SecurityGroupIds=[group])
        code, checks = verify(self.server)
        self.assertEqual(code, 0, checks)
        self.assertEqual(sorted((check["what"], check["name"], check["result"]) for check in checks),
                         [("cache", "alone", "no engine"), ("cache", "group", "no engine"),
                          ("database", "db", "no engine"), ("traffic", "alone", "ok"), ("traffic", "db", "ok"),
                          ("traffic", "group", "ok")])
        where = {check["name"]: check["where"] for check in checks if check["what"] == "database"}
        endpoint = rds.describe_db_instances()["DBInstances"][0]["Endpoint"]
        self.assertEqual(where["db"], "%(Address)s:%(Port)d" % endpoint)

    def test_traffic(self):
        ec2, vpc = self.network()

        def group(name, *permissions):
            made = ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]
            if permissions:
                ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=list(permissions))
            return made

        def tcp(first, last, **source):
            return dict({"IpProtocol": "tcp", "FromPort": first, "ToPort": last}, **source)

        def cidr(block):
            return {"IpRanges": [{"CidrIp": block}]}

        bare = group("bare")
        cases = {"vpc": ([group("vpc", tcp(5432, 5432, **cidr("10.0.7.0/24")))], "ok"),
                 "all": ([group("all", {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]})], "ok"),
                 "from-group": ([group("from-group", tcp(5000, 6000, UserIdGroupPairs=[{"GroupId": bare}]))], "ok"),
                 "sum": ([bare, group("second", tcp(5432, 5432, **cidr("10.0.0.0/16")))], "ok"),
                 "none": ([bare], "failed"),
                 "port": ([group("port", tcp(5433, 6000, **cidr("10.0.0.0/16")))], "failed"),
                 "elsewhere": ([group("elsewhere", tcp(5432, 5432, **cidr("192.168.0.0/16")))], "failed"),
                 "udp": ([group("udp", {"IpProtocol": "udp", "FromPort": 5432, "ToPort": 5432,
                                        "IpRanges": [{"CidrIp": "10.0.0.0/16"}]})], "failed")}
        rds = self.server.client("rds")
        for name, (groups, _) in cases.items():
            rds.create_db_instance(DBInstanceIdentifier=name, Engine="postgres", DBInstanceClass="db.t3.micro",
                                   AllocatedStorage=20, MasterUsername="app", MasterUserPassword="correct-horse",
                                   DBSubnetGroupName="net", VpcSecurityGroupIds=groups)
        code, checks = verify(self.server)
        self.assertEqual(code, 1)
        found = {name: self.only(checks, "traffic", name) for name in cases}
        self.assertEqual({name: result for name, (result, _) in found.items()},
                         {name: result for name, (_, result) in cases.items()})
        self.assertEqual(found["none"][1], "no rule lets 5432 in from the VPC: bare (%s)" % bare)
        self.assertIn("5432 from 10.0.7.0/24 by vpc (sg-", found["vpc"][1])

    def test_cluster(self):
        self.network()
        subnets = [one["SubnetId"] for one in self.server.client("ec2").describe_subnets(
            Filters=[{"Name": "cidr-block", "Values": ["10.0.0.0/24", "10.0.1.0/24"]}])["Subnets"]]
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
        role = self.server.client("iam").create_role(RoleName="eks", AssumeRolePolicyDocument=json.dumps(trust))
        eks = self.server.client("eks")
        eks.create_cluster(name="main", roleArn=role["Role"]["Arn"], resourcesVpcConfig={"subnetIds": subnets})
        authority = eks.describe_cluster(name="main")["cluster"]["certificateAuthority"]["data"]
        self.assertIn(b"BEGIN CERTIFICATE", base64.b64decode(authority))
        code, checks = verify(self.server)
        result, detail = self.only(checks, "cluster", "main")
        self.assertEqual((code, result), (0, "no API server"))
        self.assertRegex(detail, r"^ACTIVE; certificate authority .*CN = kubernetes.*good until .*20\d\d GMT; no Kube")

    def test_a_moved_clock(self):
        self.server.client("s3").create_bucket(Bucket="bucket")
        self.server.client("kms").create_key()
        self.server.advance(86400 * 1000)
        code, checks = verify(self.server)
        self.assertEqual((code, [check["result"] for check in checks]), (0, ["ok", "ok"]))

    def test_table(self):
        self.server.client("s3").create_bucket(Bucket="bucket")
        result = run(self.server)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stdout, "000000000000 us-east-1\n"
                                        "  WHAT    NAME    WHERE  RESULT  DETAIL\n"
                                        "  bucket  bucket         ok      HeadBucket answers 200\n\n"
                                        "1 checked: 1 ok, 0 noted, 0 failed.\n")


if __name__ == "__main__":
    unittest.main()
