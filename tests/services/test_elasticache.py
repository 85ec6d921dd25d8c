"""ElastiCache as boto3 sees it: what goes in comes back, and what AWS refuses is refused."""

import unittest

from service_case import ServiceCase, subnets


class Base(ServiceCase):
    clients = {"cache": "elasticache", "ec2": "ec2"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vpc, cls.subnets = subnets(cls.ec2, "10.9", "abc")
        cls.group = cls.ec2.create_security_group(VpcId=cls.vpc, GroupName="redis", Description="redis")["GroupId"]
        cls.cache.create_cache_subnet_group(
            CacheSubnetGroupName="Main",
            CacheSubnetGroupDescription="main",
            SubnetIds=cls.subnets,
            Tags=[{"Key": "Name", "Value": "main"}],
        )

    def create(self, name, **changes):
        arguments = dict(
            ReplicationGroupId=name,
            ReplicationGroupDescription="for tests",
            CacheNodeType="cache.t3.micro",
            Engine="redis",
            EngineVersion="7.0",
            NumCacheClusters=1,
            CacheSubnetGroupName="main",
            SecurityGroupIds=[self.group],
        )
        arguments.update(changes)
        arguments = {key: value for key, value in arguments.items() if value is not None}
        return self.cache.create_replication_group(**arguments)["ReplicationGroup"]

    def see(self, name):
        return self.cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]

    def see_cluster(self, name):
        return self.cache.describe_cache_clusters(CacheClusterId=name, ShowCacheNodeInfo=True)["CacheClusters"][0]

    def delete(self, name):
        self.cache.delete_replication_group(ReplicationGroupId=name)
        self.refused(
            "ReplicationGroupNotFoundFault",
            self.cache.describe_replication_groups,
            status=404,
            ReplicationGroupId=name,
        )


class Groups(Base):
    def test_subnet_group(self):
        group = self.cache.describe_cache_subnet_groups(CacheSubnetGroupName="main")["CacheSubnetGroups"][0]
        self.assertEqual(group["VpcId"], self.vpc)
        self.assertEqual(sorted(s["SubnetIdentifier"] for s in group["Subnets"]), sorted(self.subnets))
        tags = self.cache.list_tags_for_resource(ResourceName=group["ARN"])["TagList"]
        self.assertEqual(tags, [{"Key": "Name", "Value": "main"}])
        self.refused(
            "CacheSubnetGroupAlreadyExists",
            self.cache.create_cache_subnet_group,
            CacheSubnetGroupName="main",
            CacheSubnetGroupDescription="x",
            SubnetIds=self.subnets,
        )
        self.refused(
            "InvalidSubnet",
            self.cache.create_cache_subnet_group,
            CacheSubnetGroupName="x",
            CacheSubnetGroupDescription="x",
            SubnetIds=["subnet-0123456789abcdef0"],
        )
        self.refused(
            "CacheSubnetGroupNotFoundFault", self.cache.delete_cache_subnet_group, CacheSubnetGroupName="nowhere"
        )

    def test_default_parameter_groups(self):
        pages = self.cache.get_paginator("describe_cache_parameter_groups").paginate()
        names = {group["CacheParameterGroupName"] for page in pages for group in page["CacheParameterGroups"]}
        self.assertLessEqual(
            {"default.redis7", "default.redis7.cluster.on", "default.redis6.x", "default.valkey8", "default.memcached1.6"},
            names,
        )
        self.assertNotIn("default.memcached1.6.cluster.on", names)
        self.refused(
            "InvalidParameterValue",
            self.cache.modify_cache_parameter_group,
            CacheParameterGroupName="default.redis7",
            ParameterNameValues=[{"ParameterName": "timeout", "ParameterValue": "60"}],
        )

    def test_parameter_group(self):
        cache = self.cache
        cache.create_cache_parameter_group(
            CacheParameterGroupName="Tuned", CacheParameterGroupFamily="redis7", Description="tuned"
        )
        cache.modify_cache_parameter_group(
            CacheParameterGroupName="tuned",
            ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}],
        )
        user = cache.describe_cache_parameters(CacheParameterGroupName="tuned", Source="user")["Parameters"]
        self.assertEqual([(p["ParameterName"], p["ParameterValue"]) for p in user], [("maxmemory-policy", "allkeys-lru")])

        def change(name, value):
            cache.modify_cache_parameter_group(
                CacheParameterGroupName="tuned", ParameterNameValues=[{"ParameterName": name, "ParameterValue": value}]
            )

        self.refused("InvalidParameterValue", change, containing="Could not find", name="nothing", value="1")
        self.refused("InvalidParameterValue", change, name="maxmemory-policy", value="never")
        self.refused("InvalidParameterValue", change, containing="cannot be modified", name="appendonly", value="yes")
        cache.reset_cache_parameter_group(
            CacheParameterGroupName="tuned",
            ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}],
        )
        self.assertFalse(cache.describe_cache_parameters(CacheParameterGroupName="tuned", Source="user")["Parameters"])
        self.create("uses-tuned", CacheParameterGroupName="tuned")
        self.refused(
            "InvalidCacheParameterGroupState", cache.delete_cache_parameter_group, CacheParameterGroupName="tuned"
        )
        self.delete("uses-tuned")
        cache.delete_cache_parameter_group(CacheParameterGroupName="tuned")
        self.refused(
            "InvalidParameterValue",
            cache.create_cache_parameter_group,
            CacheParameterGroupName="x",
            CacheParameterGroupFamily="redis99",
            Description="x",
        )


class ReplicationGroups(Base):
    def test_everything_set_comes_back(self):
        self.create(
            "Volt-Redis",
            CacheParameterGroupName="default.redis7",
            Port=6380,
            AutomaticFailoverEnabled=False,
            MultiAZEnabled=False,
            AtRestEncryptionEnabled=True,
            TransitEncryptionEnabled=True,
            AuthToken="0123456789abcdef0123456789abcdef",
            SnapshotRetentionLimit=1,
            SnapshotWindow="03:00-05:00",
            PreferredMaintenanceWindow="sun:05:00-sun:06:00",
            NotificationTopicArn="arn:aws:sns:us-east-1:000000000000:topic",
            LogDeliveryConfigurations=[
                {
                    "LogType": "slow-log",
                    "DestinationType": "cloudwatch-logs",
                    "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "/redis"}},
                    "LogFormat": "json",
                }
            ],
            Tags=[{"Key": "Name", "Value": "volt"}],
        )
        seen = self.see("volt-redis")
        for member, value in {
            "Status": "available",
            "Description": "for tests",
            "MemberClusters": ["volt-redis-001"],
            "AutomaticFailover": "disabled",
            "MultiAZ": "disabled",
            "ClusterEnabled": False,
            "ClusterMode": "disabled",
            "AtRestEncryptionEnabled": True,
            "TransitEncryptionEnabled": True,
            "TransitEncryptionMode": "required",
            "AuthTokenEnabled": True,
            "SnapshotRetentionLimit": 1,
            "SnapshotWindow": "03:00-05:00",
            "CacheNodeType": "cache.t3.micro",
            "Engine": "redis",
            "DataTiering": "disabled",
            "AutoMinorVersionUpgrade": True,
            "NetworkType": "ipv4",
            "IpDiscovery": "ipv4",
        }.items():
            self.assertEqual(seen[member], value, member)
        self.assertEqual(seen["LogDeliveryConfigurations"][0]["Status"], "active")
        self.assertNotIn("ConfigurationEndpoint", seen)
        shard = seen["NodeGroups"][0]
        self.assertEqual(shard["NodeGroupId"], "0001")
        self.assertTrue(shard["PrimaryEndpoint"]["Address"].startswith("master.volt-redis."))
        self.assertEqual(shard["PrimaryEndpoint"]["Port"], 6380)
        self.assertTrue(shard["ReaderEndpoint"]["Address"].startswith("replica.volt-redis."))
        self.assertEqual(shard["NodeGroupMembers"][0]["CurrentRole"], "primary")

        member = self.see_cluster("volt-redis-001")
        for name, value in {
            "EngineVersion": "7.0.7",
            "CacheSubnetGroupName": "main",
            "PreferredMaintenanceWindow": "sun:05:00-sun:06:00",
            "ReplicationGroupId": "volt-redis",
            "AtRestEncryptionEnabled": True,
            "TransitEncryptionEnabled": True,
            "NumCacheNodes": 1,
        }.items():
            self.assertEqual(member[name], value, name)
        self.assertEqual(member["CacheParameterGroup"]["CacheParameterGroupName"], "default.redis7")
        self.assertEqual(member["SecurityGroups"], [{"SecurityGroupId": self.group, "Status": "active"}])
        self.assertEqual(member["NotificationConfiguration"]["TopicStatus"], "active")
        self.assertTrue(member["CacheNodes"][0]["CustomerAvailabilityZone"])
        tags = [{"Key": "Name", "Value": "volt"}]
        for arn in (seen["ARN"], member["ARN"]):
            self.assertEqual(self.cache.list_tags_for_resource(ResourceName=arn)["TagList"], tags)

        self.refused(
            "CacheSubnetGroupInUse", self.cache.delete_cache_subnet_group, CacheSubnetGroupName="main"
        )
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=self.group)
        self.delete("volt-redis")
        self.refused(
            "CacheClusterNotFound", self.cache.describe_cache_clusters, status=404, CacheClusterId="volt-redis-001"
        )

    def test_replicas_and_failover(self):
        cache = self.cache
        made = self.create("scaled", NumCacheClusters=2, AutomaticFailoverEnabled=True, MultiAZEnabled=True)
        zones = {m["PreferredAvailabilityZone"] for m in made["NodeGroups"][0]["NodeGroupMembers"]}
        self.assertEqual(len(zones), 2)
        cache.increase_replica_count(ReplicationGroupId="scaled", NewReplicaCount=3, ApplyImmediately=True)
        self.assertEqual(len(self.see("scaled")["MemberClusters"]), 4)
        failed_over = cache.test_failover(ReplicationGroupId="scaled", NodeGroupId="0001")["ReplicationGroup"]
        roles = {m["CacheClusterId"]: m["CurrentRole"] for m in failed_over["NodeGroups"][0]["NodeGroupMembers"]}
        self.assertEqual(roles["scaled-002"], "primary")
        cache.decrease_replica_count(ReplicationGroupId="scaled", NewReplicaCount=1, ApplyImmediately=True)
        self.assertEqual(len(self.see("scaled")["MemberClusters"]), 2)
        self.refused("InvalidParameterValue", cache.decrease_replica_count, ReplicationGroupId="scaled",
                     NewReplicaCount=0, ApplyImmediately=True)
        self.assertEqual(len(self.see("scaled")["MemberClusters"]), 2)
        self.delete("scaled")

    def test_cluster_mode(self):
        cache = self.cache
        made = self.create(
            "sharded",
            NumCacheClusters=None,
            NumNodeGroups=2,
            ReplicasPerNodeGroup=1,
            AutomaticFailoverEnabled=True,
            CacheParameterGroupName="default.redis7.cluster.on",
        )
        self.assertTrue(made["ClusterEnabled"])
        self.assertIn("sharded", made["ConfigurationEndpoint"]["Address"])
        self.assertEqual([shard["Slots"] for shard in made["NodeGroups"]], ["0-8191", "8192-16383"])
        self.assertEqual(made["MemberClusters"][0], "sharded-0001-001")
        grown = cache.modify_replication_group_shard_configuration(
            ReplicationGroupId="sharded", NodeGroupCount=3, ApplyImmediately=True
        )["ReplicationGroup"]
        self.assertEqual(len(grown["NodeGroups"]), 3)
        shrunk = cache.modify_replication_group_shard_configuration(
            ReplicationGroupId="sharded", NodeGroupCount=1, NodeGroupsToRemove=["0002", "0003"], ApplyImmediately=True
        )["ReplicationGroup"]
        self.assertEqual([shard["Slots"] for shard in shrunk["NodeGroups"]], ["0-16383"])
        self.delete("sharded")

    def test_modify(self):
        cache = self.cache
        self.create("changing")
        cache.modify_replication_group(
            ReplicationGroupId="changing",
            ReplicationGroupDescription="changed",
            CacheNodeType="cache.t3.small",
            EngineVersion="7.1",
            SnapshotRetentionLimit=2,
            SnapshottingClusterId="changing-001",
            SnapshotWindow="01:00-02:00",
            PreferredMaintenanceWindow="mon:02:00-mon:03:00",
            ApplyImmediately=True,
        )
        seen = self.see("changing")
        self.assertEqual(seen["Description"], "changed")
        self.assertEqual(seen["CacheNodeType"], "cache.t3.small")
        self.assertEqual(seen["SnapshottingClusterId"], "changing-001")
        self.assertEqual(self.see_cluster("changing-001")["EngineVersion"], "7.1.0")
        self.refused("InvalidParameterCombination", cache.modify_replication_group,
                     ReplicationGroupId="changing", EngineVersion="6.2")
        cache.modify_replication_group(ReplicationGroupId="changing", Engine="valkey", EngineVersion="8.0")
        self.assertEqual(
            self.see_cluster("changing-001")["CacheParameterGroup"]["CacheParameterGroupName"], "default.valkey8"
        )
        cache.delete_replication_group(ReplicationGroupId="changing", FinalSnapshotIdentifier="last")
        snapshot = cache.describe_snapshots(SnapshotName="last")["Snapshots"][0]
        self.assertEqual(snapshot["ReplicationGroupId"], "changing")
        cache.delete_snapshot(SnapshotName="last")

    def test_refusals(self):
        def refuse(code, containing=None, status=None, **changes):
            self.refused(code, lambda: self.create("refused", **changes), status=status, containing=containing)

        refuse("InvalidParameterValue", "not a valid identifier", ReplicationGroupId="-x")
        refuse("InvalidParameterCombination", "Cannot find version 7.9 for redis", EngineVersion="7.9")
        refuse("InvalidParameterCombination", "The AUTH token is only supported when encryption-in-transit is enabled",
               AuthToken="0123456789abcdef")
        refuse("InvalidParameterValue", "Invalid AuthToken", AuthToken="short", TransitEncryptionEnabled=True)
        refuse("InvalidParameterValue", None, AutomaticFailoverEnabled=True)
        refuse("InvalidParameterValue", "auto failover turned off", NumCacheClusters=None, NumNodeGroups=2,
               AutomaticFailoverEnabled=False)
        refuse("InvalidParameterCombination", None, NumCacheClusters=2, MultiAZEnabled=True)
        refuse("InvalidParameterCombination", "parameter group of family redis7", CacheParameterGroupName="default.redis6.x")
        refuse("CacheParameterGroupNotFound", None, 404, CacheParameterGroupName="nothing")
        refuse("CacheSubnetGroupNotFoundFault", None, 400, CacheSubnetGroupName="nowhere")
        refuse("InvalidParameterValue", None, SecurityGroupIds=["sg-0123456789abcdef0"])
        refuse("InvalidParameterValue", "Invalid cache node type", CacheNodeType="cache.huge")
        refuse("InvalidParameterValue", "must not overlap", SnapshotWindow="03:00-05:00",
               PreferredMaintenanceWindow="mon:04:00-mon:06:00")
        refuse("UserGroupNotFound", None, 404, UserGroupIds=["nobody"], TransitEncryptionEnabled=True)
        refuse("SnapshotNotFoundFault", None, 404, SnapshotName="nothing")
        self.create("twice")
        self.refused("ReplicationGroupAlreadyExists", lambda: self.create("twice"))
        self.delete("twice")

    def test_withdrawn_version_is_a_finding(self):
        arn = self.create("old", EngineVersion="3.2.10")["ARN"]
        self.assertIn("elasticache-engine-version-withdrawn",
                      {finding["rule"] for finding in self.server.findings() if finding["resource"] == arn})
        self.delete("old")


class Clusters(Base):
    def test_memcached(self):
        cache = self.cache
        made = cache.create_cache_cluster(
            CacheClusterId="Mem",
            Engine="memcached",
            CacheNodeType="cache.t3.micro",
            NumCacheNodes=2,
            AZMode="cross-az",
            CacheSubnetGroupName="main",
            SecurityGroupIds=[self.group],
        )["CacheCluster"]
        self.assertEqual(made["CacheClusterId"], "mem")
        self.assertEqual(made["PreferredAvailabilityZone"], "Multiple")
        self.assertEqual(made["ConfigurationEndpoint"]["Port"], 11211)
        self.assertEqual([node["CacheNodeId"] for node in made["CacheNodes"]], ["0001", "0002"])
        cache.modify_cache_cluster(CacheClusterId="mem", NumCacheNodes=3, ApplyImmediately=True)
        cache.modify_cache_cluster(
            CacheClusterId="mem", NumCacheNodes=1, CacheNodeIdsToRemove=["0002", "0003"], ApplyImmediately=True
        )
        self.assertEqual(self.see_cluster("mem")["NumCacheNodes"], 1)
        cache.reboot_cache_cluster(CacheClusterId="mem", CacheNodeIdsToReboot=["0001"])
        cache.delete_cache_cluster(CacheClusterId="mem")
        self.refused("CacheClusterNotFound", cache.describe_cache_clusters, status=404, CacheClusterId="mem")

    def test_redis_alone_and_as_a_replica(self):
        cache = self.cache
        alone = cache.create_cache_cluster(
            CacheClusterId="alone", Engine="redis", EngineVersion="7.1", CacheNodeType="cache.t3.micro",
            CacheSubnetGroupName="main",
        )["CacheCluster"]
        self.assertEqual((alone["EngineVersion"], alone["NumCacheNodes"]), ("7.1.0", 1))
        self.create("joined")
        cache.create_cache_cluster(CacheClusterId="extra", ReplicationGroupId="joined")
        self.assertEqual(self.see("joined")["MemberClusters"], ["joined-001", "extra"])
        shown = cache.describe_cache_clusters(ShowCacheClustersNotInReplicationGroups=True)["CacheClusters"]
        self.assertEqual([cluster["CacheClusterId"] for cluster in shown], ["alone"])
        self.refused("InvalidCacheClusterState", cache.delete_cache_cluster,
                     containing="serving as primary", CacheClusterId="joined-001")
        cache.delete_cache_cluster(CacheClusterId="extra")
        self.refused("InvalidCacheClusterState", cache.delete_cache_cluster,
                     containing="only member of a replication group",
                     CacheClusterId="joined-001")
        self.delete("joined")
        cache.delete_cache_cluster(CacheClusterId="alone")
        self.refused("InvalidParameterValue", cache.create_cache_cluster, CacheClusterId="two", Engine="redis",
                     CacheNodeType="cache.t3.micro", NumCacheNodes=2, CacheSubnetGroupName="main")

    def test_engine_versions(self):
        versions = self.cache.describe_cache_engine_versions(Engine="redis")["CacheEngineVersions"]
        self.assertIn("7.0", [version["EngineVersion"] for version in versions])
        default = self.cache.describe_cache_engine_versions(Engine="redis", DefaultOnly=True)["CacheEngineVersions"]
        self.assertEqual([version["EngineVersion"] for version in default], ["7.1"])


class Users(Base):
    def test_life(self):
        cache = self.cache
        user = cache.create_user(
            UserId="alice", UserName="default", Engine="redis", AccessString="on ~* +@all", Passwords=["0123456789abcdef"]
        )
        self.assertEqual(user["Authentication"], {"Type": "password", "PasswordCount": 1})
        cache.create_user_group(UserGroupId="people", Engine="redis", UserIds=["alice"])
        self.assertEqual(cache.describe_users(UserId="alice")["Users"][0]["UserGroupIds"], ["people"])
        self.create("guarded", TransitEncryptionEnabled=True, UserGroupIds=["people"])
        self.assertEqual(self.see("guarded")["UserGroupIds"], ["people"])
        self.refused("InvalidUserGroupState", cache.delete_user_group, UserGroupId="people")
        self.delete("guarded")
        self.refused("DefaultUserAssociatedToUserGroup", cache.delete_user, UserId="alice")
        cache.delete_user_group(UserGroupId="people")
        cache.delete_user(UserId="alice")
        self.refused("UserNotFound", cache.describe_users, status=404, UserId="alice")

    def test_refusals(self):
        cache = self.cache
        base = dict(UserId="bob", UserName="bob", Engine="redis", AccessString="on ~* +@all")
        self.refused("InvalidParameterCombination", cache.create_user, **base)
        self.refused("InvalidParameterValue", cache.create_user, Passwords=["short"], **base)
        cache.create_user(NoPasswordRequired=True, **base)
        self.refused("UserAlreadyExists", cache.create_user, NoPasswordRequired=True, **base)
        self.refused("DefaultUserRequired", cache.create_user_group, UserGroupId="g", Engine="redis", UserIds=["bob"])
        cache.delete_user(UserId="bob")


class Strict(Base):
    flags = ("--strict",)

    def test_withdrawn_version(self):
        self.refused("InvalidParameterCombination", lambda: self.create("old", EngineVersion="3.2.10"),
                     containing="Cannot find version 3.2.10 for redis")


if __name__ == "__main__":
    unittest.main()
