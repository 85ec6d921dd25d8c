"""RDS as boto3 sees it: what goes in comes back, and what AWS refuses is refused."""

import unittest

from service_case import ServiceCase, subnets


class Base(ServiceCase):
    clients = {"rds": "rds", "ec2": "ec2"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vpc, cls.subnets = subnets(cls.ec2, "10.8", "abb")
        cls.group = cls.ec2.create_security_group(VpcId=cls.vpc, GroupName="db", Description="db")["GroupId"]
        cls.rds.create_db_subnet_group(
            DBSubnetGroupName="Main",
            DBSubnetGroupDescription="main",
            SubnetIds=cls.subnets[:2],
            Tags=[{"Key": "Name", "Value": "main"}],
        )

    def create(self, name, **changes):
        arguments = dict(
            DBInstanceIdentifier=name,
            Engine="postgres",
            EngineVersion="15.15",
            DBInstanceClass="db.t3.medium",
            AllocatedStorage=20,
            MasterUsername="volt",
            MasterUserPassword="correct-horse-battery",
            DBSubnetGroupName="main",
            VpcSecurityGroupIds=[self.group],
        )
        arguments.update(changes)
        arguments = {key: value for key, value in arguments.items() if value is not None}
        return self.rds.create_db_instance(**arguments)["DBInstance"]

    def refused_create(self, code, containing=None, status=None, **changes):
        self.refused(code, lambda: self.create("refused", **changes), status=status, containing=containing)


class SubnetGroups(Base):
    def test_life(self):
        group = self.rds.describe_db_subnet_groups(DBSubnetGroupName="main")["DBSubnetGroups"][0]
        self.assertEqual(group["DBSubnetGroupName"], "main")
        self.assertEqual(group["VpcId"], self.vpc)
        self.assertEqual(group["SubnetGroupStatus"], "Complete")
        self.assertEqual(sorted(s["SubnetIdentifier"] for s in group["Subnets"]), sorted(self.subnets[:2]))
        self.assertEqual(group["DBSubnetGroupArn"], "arn:aws:rds:us-east-1:000000000000:subgrp:main")
        tags = self.rds.list_tags_for_resource(ResourceName=group["DBSubnetGroupArn"])["TagList"]
        self.assertEqual(tags, [{"Key": "Name", "Value": "main"}])
        changed = self.rds.modify_db_subnet_group(
            DBSubnetGroupName="main", DBSubnetGroupDescription="three", SubnetIds=self.subnets
        )["DBSubnetGroup"]
        self.assertEqual(changed["DBSubnetGroupDescription"], "three")
        self.assertEqual(len(changed["Subnets"]), 3)

    def test_refusals(self):
        create = self.rds.create_db_subnet_group
        base = dict(DBSubnetGroupName="x", DBSubnetGroupDescription="x")
        self.refused("DBSubnetGroupDoesNotCoverEnoughAZs", create, SubnetIds=self.subnets[1:], **base)
        self.refused("InvalidSubnet", create, SubnetIds=["subnet-0123456789abcdef0", self.subnets[0]], **base)
        self.refused(
            "DBSubnetGroupAlreadyExists",
            create,
            DBSubnetGroupName="main",
            DBSubnetGroupDescription="x",
            SubnetIds=self.subnets,
        )
        self.refused("DBSubnetGroupNotFoundFault", self.rds.delete_db_subnet_group, status=404, DBSubnetGroupName="no")


class ParameterGroups(Base):
    def test_life(self):
        rds = self.rds
        group = rds.create_db_parameter_group(
            DBParameterGroupName="Tuned",
            DBParameterGroupFamily="postgres15",
            Description="tuned",
            Tags=[{"Key": "a", "Value": "b"}],
        )["DBParameterGroup"]
        self.assertEqual(group["DBParameterGroupName"], "tuned")
        rds.modify_db_parameter_group(
            DBParameterGroupName="tuned",
            Parameters=[
                {"ParameterName": "work_mem", "ParameterValue": "8192", "ApplyMethod": "immediate"},
                {"ParameterName": "max_connections", "ParameterValue": "200", "ApplyMethod": "pending-reboot"},
            ],
        )
        user = rds.describe_db_parameters(DBParameterGroupName="tuned", Source="user")["Parameters"]
        self.assertEqual({p["ParameterName"]: p["ParameterValue"] for p in user}, {"work_mem": "8192", "max_connections": "200"})
        pages = rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName="tuned")
        names = [p["ParameterName"] for page in pages for p in page["Parameters"]]
        self.assertGreater(len(names), 250)
        self.assertEqual(len(names), len(set(names)))
        rds.reset_db_parameter_group(
            DBParameterGroupName="tuned", Parameters=[{"ParameterName": "work_mem", "ApplyMethod": "immediate"}]
        )
        user = rds.describe_db_parameters(DBParameterGroupName="tuned", Source="user")["Parameters"]
        self.assertEqual([p["ParameterName"] for p in user], ["max_connections"])
        rds.delete_db_parameter_group(DBParameterGroupName="tuned")
        self.refused(
            "DBParameterGroupNotFound", rds.describe_db_parameter_groups, status=404, DBParameterGroupName="tuned"
        )

    def test_default_group_is_there(self):
        groups = self.rds.describe_db_parameter_groups(DBParameterGroupName="default.postgres15")["DBParameterGroups"]
        self.assertEqual(groups[0]["DBParameterGroupFamily"], "postgres15")
        self.refused(
            "InvalidParameterValue", self.rds.delete_db_parameter_group, DBParameterGroupName="default.postgres15"
        )

    def test_refusals(self):
        rds = self.rds
        rds.create_db_parameter_group(
            DBParameterGroupName="strict", DBParameterGroupFamily="postgres15", Description="x"
        )

        def change(**parameter):
            rds.modify_db_parameter_group(DBParameterGroupName="strict", Parameters=[parameter])

        self.refused("InvalidParameterValue", change, containing="Could not find parameter with name: nothing",
                     ParameterName="nothing", ParameterValue="1", ApplyMethod="immediate")
        self.refused("InvalidParameterCombination", change,
                     containing="cannot use immediate apply method for static parameter",
                     ParameterName="max_connections", ParameterValue="200", ApplyMethod="immediate")
        self.refused("InvalidParameterValue", change,
                     ParameterName="work_mem", ParameterValue="much", ApplyMethod="immediate")
        self.refused("InvalidParameterValue", rds.create_db_parameter_group, DBParameterGroupName="y",
                     DBParameterGroupFamily="postgres99", Description="y")


class Instances(Base):
    def test_everything_set_comes_back(self):
        kms = self.server.client("kms")
        key = kms.create_key()["KeyMetadata"]["Arn"]
        made = self.create(
            "Volt-Postgres",
            MaxAllocatedStorage=100,
            StorageType="gp3",
            StorageEncrypted=True,
            KmsKeyId=key,
            DBName="volteryde",
            MultiAZ=False,
            PubliclyAccessible=False,
            BackupRetentionPeriod=7,
            PreferredBackupWindow="03:00-04:00",
            PreferredMaintenanceWindow="Mon:04:00-Mon:05:00",
            EnableCloudwatchLogsExports=["postgresql", "upgrade"],
            DeletionProtection=False,
            CopyTagsToSnapshot=True,
            Tags=[{"Key": "Name", "Value": "volt"}],
        )
        seen = self.rds.describe_db_instances(
            Filters=[{"Name": "dbi-resource-id", "Values": [made["DbiResourceId"]]}]
        )["DBInstances"][0]
        for member, value in {
            "DBInstanceIdentifier": "volt-postgres",
            "DBInstanceStatus": "available",
            "Engine": "postgres",
            "EngineVersion": "15.15",
            "LicenseModel": "postgresql-license",
            "AllocatedStorage": 20,
            "MaxAllocatedStorage": 100,
            "StorageType": "gp3",
            "Iops": 3000,
            "StorageThroughput": 125,
            "StorageEncrypted": True,
            "KmsKeyId": key,
            "DBName": "volteryde",
            "MultiAZ": False,
            "PubliclyAccessible": False,
            "BackupRetentionPeriod": 7,
            "PreferredBackupWindow": "03:00-04:00",
            "PreferredMaintenanceWindow": "mon:04:00-mon:05:00",
            "EnabledCloudwatchLogsExports": ["postgresql", "upgrade"],
            "CACertificateIdentifier": "rds-ca-rsa2048-g1",
            "DeletionProtection": False,
            "AutoMinorVersionUpgrade": True,
            "NetworkType": "IPV4",
            "PendingModifiedValues": {},
        }.items():
            self.assertEqual(seen[member], value, member)
        self.assertEqual(seen["DBParameterGroups"][0]["DBParameterGroupName"], "default.postgres15")
        self.assertEqual(seen["OptionGroupMemberships"][0]["OptionGroupName"], "default:postgres-15")
        self.assertEqual(seen["VpcSecurityGroups"], [{"VpcSecurityGroupId": self.group, "Status": "active"}])
        self.assertEqual(seen["DBSubnetGroup"]["VpcId"], self.vpc)
        self.assertEqual(seen["Endpoint"]["Port"], 5432)
        self.assertTrue(seen["Endpoint"]["Address"].startswith("volt-postgres."))
        self.assertEqual(seen["TagList"], [{"Key": "Name", "Value": "volt"}])
        self.assertIn("LatestRestorableTime", seen)

        self.refused("InvalidDBSubnetGroupStateFault", self.rds.delete_db_subnet_group, DBSubnetGroupName="main")
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=self.group)
        self.refused("InvalidParameterCombination", self.rds.delete_db_instance, DBInstanceIdentifier="volt-postgres")
        self.rds.delete_db_instance(DBInstanceIdentifier="volt-postgres", FinalDBSnapshotIdentifier="last")
        self.refused(
            "DBInstanceNotFound",
            self.rds.describe_db_instances,
            status=404,
            containing="DBInstance volt-postgres not found.",
            DBInstanceIdentifier="volt-postgres",
        )
        snapshot = self.rds.describe_db_snapshots(DBSnapshotIdentifier="last")["DBSnapshots"][0]
        self.assertEqual(snapshot["Status"], "available")
        self.assertEqual(snapshot["TagList"], [{"Key": "Name", "Value": "volt"}])
        self.rds.delete_db_snapshot(DBSnapshotIdentifier="last")

    def test_modify_and_states(self):
        rds = self.rds
        self.create("changing", EnableCloudwatchLogsExports=["postgresql"])
        changed = rds.modify_db_instance(
            DBInstanceIdentifier="changing",
            ApplyImmediately=True,
            DBInstanceClass="db.t3.large",
            AllocatedStorage=400,
            Iops=13000,
            StorageThroughput=600,
            BackupRetentionPeriod=3,
            DeletionProtection=True,
            CloudwatchLogsExportConfiguration={"EnableLogTypes": ["upgrade"], "DisableLogTypes": ["postgresql"]},
            MasterUserPassword="another-good-one",
            EngineVersion="15.16",
        )["DBInstance"]
        self.assertEqual(changed["DBInstanceClass"], "db.t3.large")
        self.assertEqual((changed["AllocatedStorage"], changed["Iops"], changed["StorageThroughput"]), (400, 13000, 600))
        self.assertEqual(changed["EnabledCloudwatchLogsExports"], ["upgrade"])
        self.assertEqual(changed["EngineVersion"], "15.16")
        self.refused("InvalidParameterCombination", rds.modify_db_instance, containing="AllowMajorVersionUpgrade",
                     DBInstanceIdentifier="changing", EngineVersion="16.11")
        upgraded = rds.modify_db_instance(
            DBInstanceIdentifier="changing", EngineVersion="16.11", AllowMajorVersionUpgrade=True, ApplyImmediately=True
        )["DBInstance"]
        self.assertEqual(upgraded["DBParameterGroups"][0]["DBParameterGroupName"], "default.postgres16")
        self.refused("InvalidParameterCombination", rds.modify_db_instance, DBInstanceIdentifier="changing", AllocatedStorage=20)
        self.refused("InvalidParameterCombination", rds.delete_db_instance, containing="deletion protection",
                     DBInstanceIdentifier="changing", SkipFinalSnapshot=True)
        rds.reboot_db_instance(DBInstanceIdentifier="changing")
        self.assertEqual(rds.stop_db_instance(DBInstanceIdentifier="changing")["DBInstance"]["DBInstanceStatus"], "stopped")
        self.refused("InvalidDBInstanceState", rds.reboot_db_instance, DBInstanceIdentifier="changing")
        rds.start_db_instance(DBInstanceIdentifier="changing")
        renamed = rds.modify_db_instance(
            DBInstanceIdentifier="changing",
            NewDBInstanceIdentifier="renamed",
            DeletionProtection=False,
            ApplyImmediately=True,
        )["DBInstance"]
        self.assertEqual(renamed["DBInstanceArn"].rsplit(":", 1)[1], "renamed")
        rds.delete_db_instance(DBInstanceIdentifier="renamed", SkipFinalSnapshot=True)

    def test_managed_password(self):
        made = self.create("managed", MasterUserPassword=None, ManageMasterUserPassword=True)
        secret = made["MasterUserSecret"]
        self.assertEqual(secret["SecretStatus"], "active")
        value = self.server.client("secretsmanager").get_secret_value(SecretId=secret["SecretArn"])["SecretString"]
        self.assertIn('"volt"', value)
        self.rds.delete_db_instance(DBInstanceIdentifier="managed", SkipFinalSnapshot=True)

    def test_tags(self):
        arn = self.create("tagged")["DBInstanceArn"]
        self.rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        self.rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
        self.assertEqual(self.rds.list_tags_for_resource(ResourceName=arn)["TagList"], [{"Key": "b", "Value": "2"}])
        self.refused("DBInstanceNotFound", self.rds.list_tags_for_resource, status=404, ResourceName=arn + "x")
        self.rds.delete_db_instance(DBInstanceIdentifier="tagged", SkipFinalSnapshot=True)

    def test_engine_versions(self):
        versions = self.rds.describe_db_engine_versions(Engine="postgres", EngineVersion="15")["DBEngineVersions"]
        numbers = [version["EngineVersion"] for version in versions]
        self.assertIn("15.15", numbers)
        self.assertNotIn("15.4", numbers)
        default = self.rds.describe_db_engine_versions(Engine="mysql", DefaultOnly=True)["DBEngineVersions"]
        self.assertEqual(len(default), 1)

    def test_refusals(self):
        refuse = self.refused_create
        refuse("InvalidParameterValue", "The backup window and maintenance window must not overlap.",
               PreferredBackupWindow="03:00-04:30", PreferredMaintenanceWindow="mon:04:00-mon:05:00")
        refuse("InvalidParameterValue", "not a valid identifier", DBInstanceIdentifier="1db")
        refuse("InvalidParameterValue", "Invalid DB engine", Engine="dbase")
        refuse("InvalidParameterCombination", "Cannot find version 15.99 for postgres", EngineVersion="15.99")
        refuse("InvalidParameterValue", "Invalid DB Instance class: db.huge", DBInstanceClass="db.huge")
        refuse("InvalidParameterValue", "Invalid storage size", AllocatedStorage=5)
        refuse("InvalidParameterCombination", "storage size less than 400", Iops=5000, StorageType="gp3")
        refuse("InvalidParameterCombination", "Max storage size", MaxAllocatedStorage=10)
        refuse("InvalidParameterCombination", "You cannot use the log types 'audit'", EnableCloudwatchLogsExports=["audit"])
        refuse("InvalidParameterValue", "shorter than 8", MasterUserPassword="short")
        refuse("DBSubnetGroupNotFoundFault", None, 404, DBSubnetGroupName="nowhere")
        refuse("DBParameterGroupNotFound", None, 404, DBParameterGroupName="nothing")
        refuse("InvalidParameterValue", "Invalid security group", VpcSecurityGroupIds=["sg-0123456789abcdef0"])
        refuse("KMSKeyNotAccessibleFault", StorageEncrypted=True, KmsKeyId="alias/nothing")
        refuse("InvalidParameterCombination", "MonitoringRoleARN", MonitoringInterval=60)
        refuse("InvalidParameterCombination", "MultiAZ", MultiAZ=True, AvailabilityZone="us-east-1a")
        refuse("CertificateNotFound", None, 404, CACertificateIdentifier="rds-ca-1999")

    def test_findings(self):
        arn = self.create("lenient", MasterUsername="admin", EngineVersion="15.4", MasterUserPassword="with/slash@here")[
            "DBInstanceArn"
        ]
        rules = {finding["rule"] for finding in self.server.findings() if finding["resource"] == arn}
        self.assertLessEqual(
            {
                "rds-reserved-master-username",
                "rds-engine-version-withdrawn",
                "rds-master-password-characters",
                "rds-no-deletion-protection",
            },
            rules,
        )
        self.rds.delete_db_instance(DBInstanceIdentifier="lenient", SkipFinalSnapshot=True)
        self.assertFalse([finding for finding in self.server.findings() if finding["resource"] == arn])


class Strict(Base):
    flags = ("--strict",)

    def test_refused_as_aws_does(self):
        self.refused_create(
            "InvalidParameterValue",
            "MasterUsername admin cannot be used as it is a reserved word used by the engine",
            MasterUsername="admin",
        )
        self.refused_create("InvalidParameterCombination", "Cannot find version 15.4 for postgres", EngineVersion="15.4")
        self.refused_create("InvalidParameterValue", "Only printable ASCII", MasterUserPassword="with/slash@here")
        self.refused_create("CertificateNotFound", None, 404, CACertificateIdentifier="rds-ca-2019")


if __name__ == "__main__":
    unittest.main()
