"""EKS as boto3 sees it: clusters, node groups, updates, and what AWS refuses."""
import base64
import subprocess
import unittest

from service_case import ServiceCase, subnets

TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s.amazonaws.com"},' \
        '"Action":"sts:AssumeRole"}]}'


class Eks(ServiceCase):
    clients = {"eks": "eks", "ec2": "ec2", "iam": "iam"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.iam.create_role(RoleName="cluster", AssumeRolePolicyDocument=TRUST % "eks")["Role"]["Arn"]
        cls.node_role = cls.iam.create_role(RoleName="nodes", AssumeRolePolicyDocument=TRUST % "ec2")["Role"]["Arn"]
        cls.vpc, cls.subnets = subnets(cls.ec2, "10.0", "ab")

    def create(self, name, **more):
        arguments = dict(name=name, roleArn=self.role, version="1.33", resourcesVpcConfig={"subnetIds": self.subnets})
        arguments.update(more)
        cluster = self.eks.create_cluster(**arguments)["cluster"]
        self.addCleanup(self.eks.delete_cluster, name=name)
        return cluster

    def test_cluster_gives_back_what_was_set(self):
        self.create("whole", tags={"a": "b"}, logging={"clusterLogging": [{"types": ["api"], "enabled": True}]},
                    accessConfig={"authenticationMode": "API"}, upgradePolicy={"supportType": "STANDARD"})
        cluster = self.eks.describe_cluster(name="whole")["cluster"]
        self.assertEqual(cluster["status"], "ACTIVE")
        self.assertEqual(cluster["tags"], {"a": "b"})
        self.assertEqual(cluster["accessConfig"]["authenticationMode"], "API")
        self.assertEqual(cluster["upgradePolicy"], {"supportType": "STANDARD"})
        self.assertEqual(cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"], "172.20.0.0/16")
        self.assertIn({"types": ["api"], "enabled": True}, cluster["logging"]["clusterLogging"])
        self.assertTrue(cluster["identity"]["oidc"]["issuer"].startswith("https://oidc.eks.us-east-1."))
        self.assertEqual(cluster["resourcesVpcConfig"]["vpcId"], self.vpc)
        group = cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
        self.assertEqual(self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"], self.vpc)

    def test_certificate_authority_is_a_certificate(self):
        data = base64.b64decode(self.create("authority")["certificateAuthority"]["data"])
        text = subprocess.run(["openssl", "x509", "-noout", "-text"], input=data, capture_output=True, check=True).stdout
        self.assertIn(b"CA:TRUE", text)
        self.assertIn(b"CN = kubernetes", text)

    def test_node_group(self):
        self.create("nodes")
        self.eks.create_nodegroup(clusterName="nodes", nodegroupName="general", nodeRole=self.node_role,
                                  subnets=self.subnets, labels={"x": "y"},
                                  taints=[{"key": "k", "value": "v", "effect": "NO_SCHEDULE"}],
                                  scalingConfig={"minSize": 1, "maxSize": 3, "desiredSize": 2})
        self.addCleanup(self.eks.delete_nodegroup, clusterName="nodes", nodegroupName="general")
        group = self.eks.describe_nodegroup(clusterName="nodes", nodegroupName="general")["nodegroup"]
        self.assertEqual(group["updateConfig"], {"maxUnavailable": 1})
        self.assertEqual(group["instanceTypes"], ["t3.medium"])
        self.assertEqual(group["amiType"], "AL2023_x86_64_STANDARD")
        self.assertNotIn("remoteAccess", group)
        update = self.eks.update_nodegroup_config(
            clusterName="nodes", nodegroupName="general", labels={"addOrUpdateLabels": {"z": "1"}, "removeLabels": ["x"]},
            scalingConfig={"minSize": 2, "maxSize": 4, "desiredSize": 3})["update"]
        described = self.eks.describe_update(name="nodes", nodegroupName="general", updateId=update["id"])["update"]
        self.assertEqual(described["status"], "Successful")
        group = self.eks.describe_nodegroup(clusterName="nodes", nodegroupName="general")["nodegroup"]
        self.assertEqual(group["labels"], {"z": "1"})
        self.assertEqual(group["scalingConfig"], {"minSize": 2, "maxSize": 4, "desiredSize": 3})
        self.refused("ResourceInUseException", self.eks.delete_cluster, name="nodes")
        self.refused("InvalidParameterException", self.eks.update_nodegroup_config, clusterName="nodes",
                     nodegroupName="general", scalingConfig={"minSize": 9})

    def test_updates(self):
        self.create("updated", version="1.32")
        self.eks.update_cluster_version(name="updated", version="1.33")
        self.assertEqual(self.eks.describe_cluster(name="updated")["cluster"]["version"], "1.33")
        self.eks.update_cluster_config(name="updated", resourcesVpcConfig={"publicAccessCidrs": ["192.0.2.0/24"]})
        self.assertEqual(self.eks.describe_cluster(name="updated")["cluster"]["resourcesVpcConfig"]["publicAccessCidrs"],
                         ["192.0.2.0/24"])
        self.assertEqual(len(self.eks.list_updates(name="updated")["updateIds"]), 2)

    def test_refusals(self):
        self.refused("ResourceNotFoundException", self.eks.describe_cluster, message="No cluster found for name: absent.",
                     name="absent")
        self.create("twice")
        self.refused("ResourceInUseException", self.eks.create_cluster, name="twice", roleArn=self.role,
                     resourcesVpcConfig={"subnetIds": self.subnets})
        self.refused("InvalidParameterException", self.eks.create_cluster, name="one", roleArn=self.role,
                     resourcesVpcConfig={"subnetIds": self.subnets[:1]})
        self.refused("InvalidParameterException", self.eks.create_cluster, name="version", roleArn=self.role,
                     version="9.99", resourcesVpcConfig={"subnetIds": self.subnets})
        self.refused("ResourceNotFoundException", self.eks.describe_nodegroup, clusterName="twice",
                     nodegroupName="absent")


if __name__ == "__main__":
    unittest.main()
