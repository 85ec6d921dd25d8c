"""Serverless caches without engines: what goes in comes back, and what AWS refuses is refused."""

import unittest

from test_elasticache import Base


class Serverless(Base):
    def make(self, name, **changes):
        arguments = dict(ServerlessCacheName=name, Engine="redis", SubnetIds=self.subnets)
        arguments.update(changes)
        return self.cache.create_serverless_cache(**arguments)["ServerlessCache"]

    def see_serverless(self, name):
        return self.cache.describe_serverless_caches(ServerlessCacheName=name)["ServerlessCaches"][0]

    def drop(self, name, **arguments):
        gone = self.cache.delete_serverless_cache(ServerlessCacheName=name, **arguments)["ServerlessCache"]
        self.assertEqual(gone["Status"], "deleting")
        self.refused(
            "ServerlessCacheNotFoundFault", self.cache.describe_serverless_caches, status=404, ServerlessCacheName=name
        )

    def test_defaults(self):
        made = self.cache.create_serverless_cache(ServerlessCacheName="Plain", Engine="valkey")["ServerlessCache"]
        self.assertEqual(made["ServerlessCacheName"], "plain")
        self.assertEqual(made["ARN"], "arn:aws:elasticache:us-east-1:000000000000:serverlesscache:plain")
        self.assertEqual((made["MajorEngineVersion"], made["FullEngineVersion"][:2]), ("8", "8."))
        self.assertEqual((made["Status"], made["Description"], made["SnapshotRetentionLimit"]), ("available", "", 0))
        self.assertRegex(made["DailySnapshotTime"], r"^[0-2]\d:[0-5]\d$")
        self.assertEqual(made["NetworkType"], "ipv4")
        for member in ("CacheUsageLimits", "KmsKeyId", "UserGroupId"):
            self.assertNotIn(member, made)
        self.assertRegex(made["Endpoint"]["Address"], r"^plain-[0-9a-f]{6}\.serverless\.use1\.cache\.")
        self.assertEqual(made["ReaderEndpoint"]["Address"], made["Endpoint"]["Address"])
        self.assertEqual((made["Endpoint"]["Port"], made["ReaderEndpoint"]["Port"]), (6379, 6380))
        subnets = self.ec2.describe_subnets(SubnetIds=made["SubnetIds"])["Subnets"]
        self.assertEqual(len({subnet["AvailabilityZone"] for subnet in subnets}), 3)
        (group,) = self.ec2.describe_security_groups(GroupIds=made["SecurityGroupIds"])["SecurityGroups"]
        self.assertEqual((group["GroupName"], group["VpcId"]), ("default", subnets[0]["VpcId"]))
        self.assertEqual(self.see_serverless("PLAIN"), made)
        self.drop("plain")

    def test_everything_set_comes_back(self):
        key = self.server.client("kms").create_key()["KeyMetadata"]
        self.cache.create_user(
            UserId="closed", UserName="default", Engine="redis", AccessString="off -@all", NoPasswordRequired=True
        )
        self.cache.create_user_group(UserGroupId="Team", Engine="redis", UserIds=["closed"])
        limits = {
            "DataStorage": {"Minimum": 1, "Maximum": 10, "Unit": "GB"},
            "ECPUPerSecond": {"Minimum": 1000, "Maximum": 10000},
        }
        wanted = dict(
            Description="for tests",
            MajorEngineVersion="7",
            CacheUsageLimits=limits,
            KmsKeyId=key["Arn"],
            SecurityGroupIds=[self.group],
            SubnetIds=self.subnets[:2],
            SnapshotRetentionLimit=3,
            DailySnapshotTime="09:30",
        )
        self.make("full", UserGroupId="Team", Tags=[{"Key": "a", "Value": "b"}], **wanted)
        found = self.see_serverless("full")
        self.assertEqual({name: found[name] for name in wanted}, wanted)
        self.assertEqual((found["UserGroupId"], found["FullEngineVersion"]), ("team", "7.1"))
        self.assertEqual(self.cache.list_tags_for_resource(ResourceName=found["ARN"])["TagList"], [{"Key": "a", "Value": "b"}])
        team = self.cache.describe_user_groups(UserGroupId="team")["UserGroups"][0]
        self.assertEqual((team["ServerlessCaches"], team["ReplicationGroups"]), (["full"], []))
        self.refused("InvalidUserGroupState", self.cache.delete_user_group, UserGroupId="team")
        interfaces = self.ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": ["ElastiCache full"]}])
        self.assertEqual({one["SubnetId"] for one in interfaces["NetworkInterfaces"]}, set(self.subnets[:2]))
        self.change("full", Description="changed")
        self.change("full", CacheUsageLimits={"DataStorage": {"Maximum": 20, "Unit": "GB"}})
        self.change("full", SnapshotRetentionLimit=0)
        self.change("full", DailySnapshotTime="23:59")
        self.change("full", RemoveUserGroup=True)
        found = self.see_serverless("full")
        self.assertNotIn("UserGroupId", found)
        self.assertEqual(
            (found["Description"], found["SnapshotRetentionLimit"], found["DailySnapshotTime"]), ("changed", 0, "23:59")
        )
        limits["DataStorage"] = {"Maximum": 20, "Unit": "GB"}
        self.assertEqual(found["CacheUsageLimits"], limits)
        default = self.ec2.describe_security_groups(
            Filters=[{"Name": "vpc-id", "Values": [self.vpc]}, {"Name": "group-name", "Values": ["default"]}]
        )["SecurityGroups"][0]["GroupId"]
        self.assertEqual(self.change("full", SecurityGroupIds=[default])["SecurityGroupIds"], [default])
        changed = self.change("full", Engine="valkey", MajorEngineVersion="8")
        self.assertEqual((changed["Engine"], changed["MajorEngineVersion"]), ("valkey", "8"))
        self.drop("full")
        self.cache.delete_user_group(UserGroupId="team")
        self.cache.delete_user(UserId="closed")

    def change(self, name, **changes):
        return self.cache.modify_serverless_cache(ServerlessCacheName=name, **changes)["ServerlessCache"]

    def test_refusals(self):
        self.make("taken")
        value, combination = "InvalidParameterValue", "InvalidParameterCombination"
        make = lambda **changes: self.make("other", **changes)  # noqa: E731
        self.refused("ServerlessCacheAlreadyExistsFault", self.cache.create_serverless_cache, ServerlessCacheName="TAKEN", Engine="redis")
        self.refused(value, self.cache.create_serverless_cache, ServerlessCacheName="a" * 41, Engine="redis")
        self.refused(value, self.cache.create_serverless_cache, ServerlessCacheName="-a", Engine="redis")
        self.refused(value, make, Engine="mysql")
        self.refused(value, make, MajorEngineVersion="6")
        self.refused(value, make, Description="x" * 256)
        self.refused(value, make, CacheUsageLimits={"DataStorage": {"Maximum": 5001, "Unit": "GB"}})
        self.refused(value, make, CacheUsageLimits={"ECPUPerSecond": {"Maximum": 999}})
        self.refused(value, make, CacheUsageLimits={"ECPUPerSecond": {"Minimum": 3000, "Maximum": 2000}})
        self.refused(value, make, SnapshotRetentionLimit=36)
        for time in ("9:00", "24:00", "09:60", "09:00-10:00"):
            self.refused(value, make, DailySnapshotTime=time)
        self.refused(value, make, SubnetIds=["subnet-00000000"])
        self.refused(value, make, SecurityGroupIds=["sg-00000000"])
        self.refused(value, make, KmsKeyId="nobody")
        self.refused("UserGroupNotFound", make, status=404, UserGroupId="nobody")
        self.refused(combination, make, Engine="memcached", UserGroupId="nobody")
        self.refused(value, make, SnapshotArnsToRestore=["arn:aws:elasticache:us-east-1:000000000000:user:x"])
        self.refused(
            "ServerlessCacheSnapshotNotFoundFault", make, status=404,
            SnapshotArnsToRestore=["arn:aws:elasticache:us-east-1:000000000000:serverlesscachesnapshot:x"],
        )
        for call in (self.cache.modify_serverless_cache, self.cache.delete_serverless_cache):
            self.refused("ServerlessCacheNotFoundFault", call, status=404, ServerlessCacheName="nobody")
        modify = lambda **changes: self.change("taken", **changes)  # noqa: E731
        self.refused(combination, modify, containing="one field per request", Description="new", SnapshotRetentionLimit=1)
        self.refused(combination, modify, RemoveUserGroup=True, UserGroupId="nobody")
        self.refused(combination, modify, Engine="memcached")
        self.assertEqual(self.change("taken", Description="new", SnapshotRetentionLimit=0)["Description"], "new")
        self.drop("taken")

    def test_quota_and_pages(self):
        names = ["many%02d" % i for i in range(40)]
        for name in names:
            self.make(name, SubnetIds=self.subnets[:1])
        self.refused("ServerlessCacheQuotaForCustomerExceededFault", self.make, name="onemore")
        pages = self.cache.get_paginator("describe_serverless_caches").paginate(PaginationConfig={"PageSize": 15})
        found = [[cache["ServerlessCacheName"] for cache in page["ServerlessCaches"]] for page in pages]
        self.assertEqual([len(page) for page in found], [15, 15, 10])
        self.assertEqual(sum(found, []), names)
        self.refused("InvalidParameterValue", self.cache.describe_serverless_caches, MaxResults=51)
        self.refused("InvalidParameterValue", self.cache.describe_serverless_caches, NextToken="nonsense")
        for name in names:
            self.drop(name)

    def test_snapshots(self):
        self.make("source", MajorEngineVersion="7")
        made = self.cache.create_serverless_cache_snapshot(
            ServerlessCacheSnapshotName="First", ServerlessCacheName="source", Tags=[{"Key": "a", "Value": "b"}]
        )["ServerlessCacheSnapshot"]
        self.assertEqual(made["ARN"], "arn:aws:elasticache:us-east-1:000000000000:serverlesscachesnapshot:first")
        self.assertEqual((made["ServerlessCacheSnapshotName"], made["SnapshotType"]), ("first", "manual"))
        self.assertEqual(
            made["ServerlessCacheConfiguration"],
            {"ServerlessCacheName": "source", "Engine": "redis", "MajorEngineVersion": "7"},
        )
        self.assertEqual(self.cache.list_tags_for_resource(ResourceName=made["ARN"])["TagList"], [{"Key": "a", "Value": "b"}])
        self.refused(
            "ServerlessCacheSnapshotAlreadyExistsFault", self.cache.create_serverless_cache_snapshot,
            ServerlessCacheSnapshotName="first", ServerlessCacheName="source",
        )
        self.cache.copy_serverless_cache_snapshot(
            SourceServerlessCacheSnapshotName="first", TargetServerlessCacheSnapshotName="second"
        )
        self.drop("source", FinalSnapshotName="third")
        describe = self.cache.describe_serverless_cache_snapshots
        found = describe(ServerlessCacheName="source", SnapshotType="manual")["ServerlessCacheSnapshots"]
        self.assertEqual([one["ServerlessCacheSnapshotName"] for one in found], ["first", "second", "third"])
        self.assertEqual(describe(ServerlessCacheName="other")["ServerlessCacheSnapshots"], [])
        self.make("restored", Engine="valkey", MajorEngineVersion="8", SnapshotArnsToRestore=[made["ARN"]])
        self.refused(
            "InvalidParameterCombination", self.make, name="no", Engine="memcached", SnapshotArnsToRestore=[made["ARN"]]
        )
        group = self.create("group", EngineVersion=None, ServerlessCacheSnapshotName="second")
        self.assertEqual(group["Engine"], "redis")
        self.delete("group")
        self.drop("restored")
        for name in ("first", "second", "third"):
            self.cache.delete_serverless_cache_snapshot(ServerlessCacheSnapshotName=name)
        self.refused("ServerlessCacheSnapshotNotFoundFault", describe, status=404, ServerlessCacheSnapshotName="first")
        for call in (self.cache.delete_serverless_cache_snapshot,):
            self.refused("ServerlessCacheSnapshotNotFoundFault", call, status=404, ServerlessCacheSnapshotName="first")


del Base

if __name__ == "__main__":
    unittest.main()
