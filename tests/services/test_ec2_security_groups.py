"""Security groups and their rules, in both styles of the Terraform provider."""

import unittest

from service_case import ServiceCase

WEB = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "web"}]}
EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


class SecurityGroups(ServiceCase):
    clients = {"ec2": "ec2"}

    def setUp(self):
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    def group(self, name="web", **more):
        return self.ec2.create_security_group(GroupName=name, Description="a group", VpcId=self.vpc, **more)["GroupId"]

    def seen(self, group):
        return self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]

    def rules(self, group):
        filters = [{"Name": "group-id", "Values": [group]}]
        return self.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]

    def test_a_new_group_lets_everything_out(self):
        tags = [{"ResourceType": "security-group", "Tags": [{"Key": "Name", "Value": "web"}]}]
        group = self.seen(self.group(TagSpecifications=tags))
        self.assertEqual([], group["IpPermissions"])
        self.assertEqual("-1", group["IpPermissionsEgress"][0]["IpProtocol"])
        self.assertNotIn("FromPort", group["IpPermissionsEgress"][0])
        self.assertEqual([{"CidrIp": "0.0.0.0/0"}], group["IpPermissionsEgress"][0]["IpRanges"])
        self.assertEqual([{"Key": "Name", "Value": "web"}], group["Tags"])

    def test_inline_style(self):
        group, other = self.group(), self.group("other")
        self.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[EVERYTHING])
        self.refused("InvalidPermission.NotFound", self.ec2.revoke_security_group_egress, GroupId=group,
                     IpPermissions=[{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}])
        pair = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": other}]}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[WEB, pair])
        seen = self.seen(group)
        self.assertEqual([], seen["IpPermissionsEgress"])
        self.assertEqual(1, len(seen["IpPermissions"]))
        permission = seen["IpPermissions"][0]
        self.assertEqual(WEB["IpRanges"], permission["IpRanges"])
        self.assertEqual([other], [p["GroupId"] for p in permission["UserIdGroupPairs"]])
        rule = "peer: 10.0.0.0/8, TCP, from port: 443, to port: 443, ALLOW"
        self.refused("InvalidPermission.Duplicate", self.ec2.authorize_security_group_ingress, GroupId=group,
                     IpPermissions=[WEB], message='the specified rule "%s" already exists' % rule)
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=other)
        self.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[WEB, pair])
        self.ec2.delete_security_group(GroupId=other)
        self.ec2.delete_security_group(GroupId=group)
        self.refused("InvalidGroup.NotFound", self.ec2.describe_security_groups, GroupIds=[group])

    def test_rule_style(self):
        group = self.group()
        tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "k", "Value": "v"}]}]
        rule = self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[WEB], TagSpecifications=tags)
        rule = rule["SecurityGroupRules"][0]
        seen = self.ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
        self.assertEqual([rule], seen["SecurityGroupRules"])
        self.assertEqual(("10.0.0.0/8", 443, 443, False, "web", [{"Key": "k", "Value": "v"}]), tuple(
            rule[k] for k in ("CidrIpv4", "FromPort", "ToPort", "IsEgress", "Description", "Tags")))
        changed = {"IpProtocol": "udp", "FromPort": 53, "ToPort": 54, "CidrIpv4": "10.2.0.0/16", "Description": "dns"}
        self.ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[
            {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": changed}])
        seen = self.rules(group)
        seen = [r for r in seen if not r["IsEgress"]][0]
        self.assertEqual(changed, {k: seen[k] for k in changed})
        self.ec2.update_security_group_rule_descriptions_ingress(GroupId=group, SecurityGroupRuleDescriptions=[
            {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "Description": "names"}])
        self.assertIn("names", [r.get("Description") for r in self.rules(group)])
        self.ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
        self.assertEqual([True], [r["IsEgress"] for r in self.rules(group)])
        self.refused("InvalidSecurityGroupRuleId.NotFound", self.ec2.describe_security_group_rules,
                     SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])

    def test_refusals(self):
        group = self.group()
        self.refused("InvalidGroup.Duplicate", self.ec2.create_security_group, GroupName="web", Description="x",
                     VpcId=self.vpc)
        self.refused("InvalidParameterValue", self.ec2.create_security_group, GroupName="sg-x", Description="x",
                     VpcId=self.vpc)
        authorize = self.ec2.authorize_security_group_ingress
        for bad in ({"CidrIp": "10.0.0.0/33"}, {"CidrIp": "10.0.0.0/8", "Description": "é"}):
            self.refused("InvalidParameterValue", authorize, GroupId=group, IpPermissions=[dict(WEB, IpRanges=[bad])])
        self.refused("InvalidParameterValue", authorize, GroupId=group, IpPermissions=[dict(WEB, FromPort=444)])
        self.refused("InvalidParameterValue", authorize, GroupId=group, IpPermissions=[WEB, WEB])
        self.refused("InvalidGroup.NotFound", authorize, GroupId="sg-0123456789abcdef0", IpPermissions=[WEB])
        default = self.ec2.describe_security_groups(
            Filters=[{"Name": "vpc-id", "Values": [self.vpc]}, {"Name": "group-name", "Values": ["default"]}])
        self.refused("CannotDelete", self.ec2.delete_security_group,
                     GroupId=default["SecurityGroups"][0]["GroupId"])
        many = [dict(WEB, FromPort=p, ToPort=p) for p in range(61)]
        self.refused("RulesPerSecurityGroupLimitExceeded", authorize, GroupId=group, IpPermissions=many)


if __name__ == "__main__":
    unittest.main()
