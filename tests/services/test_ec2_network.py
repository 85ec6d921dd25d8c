"""VPCs and what lies in them: what a client sets it reads back, and what AWS refuses is refused."""

import unittest

from service_case import ServiceCase


class Ec2Test(ServiceCase):
    clients = {"ec2": "ec2"}

    def vpc(self, cidr="10.0.0.0/16"):
        return self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]

    def subnet(self, vpc, cidr="10.0.1.0/24", **more):
        return self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, **more)["Subnet"]["SubnetId"]

    def filters(self, **values):
        return [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in values.items()]


class DefaultVpc(Ec2Test):
    def test_is_there_from_the_start(self):
        ec2 = self.server.client("ec2", region="us-west-2")
        vpc = ec2.describe_vpcs(Filters=self.filters(is_default="true"))["Vpcs"]
        self.assertEqual(["172.31.0.0/16"], [v["CidrBlock"] for v in vpc])
        subnets = ec2.describe_subnets(Filters=self.filters(default_for_az="true"))["Subnets"]
        self.assertEqual(
            [("us-west-2a", "172.31.0.0/20"), ("us-west-2b", "172.31.16.0/20"), ("us-west-2c", "172.31.32.0/20"),
             ("us-west-2d", "172.31.48.0/20")],
            sorted((s["AvailabilityZone"], s["CidrBlock"]) for s in subnets))
        self.assertEqual({4091}, {s["AvailableIpAddressCount"] for s in subnets})
        gateways = ec2.describe_internet_gateways(Filters=self.filters(**{"attachment.vpc_id": vpc[0]["VpcId"]}))
        gateway = gateways["InternetGateways"][0]["InternetGatewayId"]
        tables = ec2.describe_route_tables(Filters=self.filters(**{"association.main": "true"}))["RouteTables"]
        self.assertEqual(["local", gateway], [r["GatewayId"] for r in tables[0]["Routes"]])
        groups = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
        self.assertEqual("default VPC security group", groups[0]["Description"])
        self.assertEqual(groups[0]["GroupId"], groups[0]["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"])
        options = ec2.describe_dhcp_options()["DhcpOptions"]
        self.assertEqual([vpc[0]["DhcpOptionsId"]], [o["DhcpOptionsId"] for o in options])

    def test_zones_and_regions(self):
        zones = self.ec2.describe_availability_zones()["AvailabilityZones"]
        self.assertEqual(["us-east-1" + c for c in "abcdef"], [z["ZoneName"] for z in zones])
        self.assertEqual("use1-az1", zones[0]["ZoneId"])
        self.refused("InvalidParameterValue", self.ec2.describe_availability_zones, ZoneNames=["us-east-1z"])
        names = [r["RegionName"] for r in self.ec2.describe_regions()["Regions"]]
        self.assertIn("eu-west-1", names)
        self.assertNotIn("af-south-1", names)
        self.assertIn("af-south-1", [r["RegionName"] for r in self.ec2.describe_regions(AllRegions=True)["Regions"]])
        attributes = self.ec2.describe_account_attributes(AttributeNames=["supported-platforms"])
        self.assertEqual("VPC", attributes["AccountAttributes"][0]["AttributeValues"][0]["AttributeValue"])


class Vpcs(Ec2Test):
    def test_comes_with_its_defaults(self):
        answer = self.ec2.create_vpc(
            CidrBlock="10.0.3.4/16",
            TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "one"}]}])["Vpc"]
        self.assertEqual("pending", answer["State"])
        vpc = self.ec2.describe_vpcs(VpcIds=[answer["VpcId"]])["Vpcs"][0]
        self.assertEqual("10.0.0.0/16", vpc["CidrBlock"])
        self.assertEqual("available", vpc["State"])
        self.assertEqual([{"Key": "Name", "Value": "one"}], vpc["Tags"])
        self.assertEqual("associated", vpc["CidrBlockAssociationSet"][0]["CidrBlockState"]["State"])
        own = self.filters(vpc_id=vpc["VpcId"])
        acl = self.ec2.describe_network_acls(Filters=own + self.filters(default="true"))["NetworkAcls"][0]
        self.assertEqual([(False, 100), (False, 32767), (True, 100), (True, 32767)],
                         [(e["Egress"], e["RuleNumber"]) for e in acl["Entries"]])
        table = self.ec2.describe_route_tables(Filters=own)["RouteTables"][0]
        self.assertTrue(table["Associations"][0]["Main"])
        self.assertEqual("local", table["Routes"][0]["GatewayId"])
        groups = self.ec2.describe_security_groups(Filters=own)["SecurityGroups"]
        self.assertEqual(["default"], [g["GroupName"] for g in groups])
        self.ec2.delete_vpc(VpcId=vpc["VpcId"])
        for call in (self.ec2.describe_network_acls, self.ec2.describe_route_tables, self.ec2.describe_security_groups):
            self.assertEqual([], [v for k, v in call(Filters=own).items() if k != "ResponseMetadata" and v])

    def test_attributes(self):
        vpc = self.vpc()
        value = lambda name: self.ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)[name[0].upper() + name[1:]]["Value"]
        self.assertEqual((True, False, False), (value("enableDnsSupport"), value("enableDnsHostnames"),
                                                value("enableNetworkAddressUsageMetrics")))
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        self.assertTrue(value("enableDnsHostnames"))

    def test_refusals(self):
        self.refused("InvalidVpc.Range", self.ec2.create_vpc, CidrBlock="10.0.0.0/8")
        self.refused("InvalidParameterValue", self.ec2.create_vpc, CidrBlock="10.0.0/16")
        self.refused("InvalidVpcID.NotFound", self.ec2.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"],
                     message="The vpc ID 'vpc-0123456789abcdef0' does not exist")
        self.refused("InvalidVpcID.NotFound", self.ec2.delete_vpc, VpcId="vpc-0123456789abcdef0")
        self.refused("InvalidParameterValue", self.ec2.describe_vpcs, message="The filter 'colour' is invalid",
                     Filters=self.filters(colour="red"))
        vpc = self.vpc()
        self.subnet(vpc)
        self.refused("DependencyViolation", self.ec2.delete_vpc, VpcId=vpc)

    def test_dry_run_changes_nothing(self):
        before = len(self.ec2.describe_vpcs()["Vpcs"])
        self.refused("DryRunOperation", self.ec2.create_vpc, status=412, CidrBlock="10.9.0.0/16", DryRun=True)
        self.assertEqual(before, len(self.ec2.describe_vpcs()["Vpcs"]))

    def test_networks(self):
        vpc = self.vpc()
        added = self.ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]
        six = self.ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
        self.assertTrue(six["Ipv6CidrBlock"].endswith("::/56") or six["Ipv6CidrBlock"].endswith("/56"))
        table = self.ec2.describe_route_tables(Filters=self.filters(vpc_id=vpc))["RouteTables"][0]
        self.assertEqual({"10.0.0.0/16", "10.1.0.0/16", six["Ipv6CidrBlock"]},
                         {r.get("DestinationCidrBlock", r.get("DestinationIpv6CidrBlock")) for r in table["Routes"]})
        block = six["Ipv6CidrBlock"].replace("/56", "/64")
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", Ipv6CidrBlock=block)["Subnet"]
        self.assertEqual(block, subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
        self.refused("InvalidCidrBlock.InUse", self.ec2.disassociate_vpc_cidr_block, AssociationId=added["AssociationId"])
        self.ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        self.ec2.disassociate_vpc_cidr_block(AssociationId=added["AssociationId"])
        blocks = self.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlockAssociationSet"]
        self.assertEqual(["10.0.0.0/16"], [b["CidrBlock"] for b in blocks])
        self.refused("OperationNotPermitted", self.ec2.disassociate_vpc_cidr_block,
                     AssociationId=blocks[0]["AssociationId"])

    def test_pages(self):
        for _ in range(6):
            self.vpc()
        pages = list(self.ec2.get_paginator("describe_vpcs").paginate(PaginationConfig={"PageSize": 5}))
        self.assertGreater(len(pages), 1)
        ids = [v["VpcId"] for p in pages for v in p["Vpcs"]]
        self.assertEqual(sorted(set(ids)), sorted(ids))
        self.assertEqual(len(self.ec2.describe_vpcs()["Vpcs"]), len(ids))
        self.refused("InvalidParameterCombination", self.ec2.describe_vpcs, VpcIds=ids[:1], MaxResults=5)


class Subnets(Ec2Test):
    def test_reads_back(self):
        vpc = self.vpc()
        subnet = self.subnet(vpc, AvailabilityZone="us-east-1b")
        self.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
        self.ec2.modify_subnet_attribute(SubnetId=subnet, PrivateDnsHostnameTypeOnLaunch="resource-name")
        seen = self.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
        self.assertTrue(seen["MapPublicIpOnLaunch"])
        self.assertEqual("resource-name", seen["PrivateDnsNameOptionsOnLaunch"]["HostnameType"])
        self.assertEqual(("us-east-1b", "use1-az2", 251, "available"),
                         (seen["AvailabilityZone"], seen["AvailabilityZoneId"], seen["AvailableIpAddressCount"],
                          seen["State"]))
        self.assertTrue(seen["SubnetArn"].startswith("arn:aws:ec2:us-east-1:"))
        acl = self.ec2.describe_network_acls(Filters=self.filters(**{"association.subnet_id": subnet}))["NetworkAcls"]
        self.assertTrue(acl[0]["IsDefault"])

    def test_refusals(self):
        vpc = self.vpc()
        self.subnet(vpc)
        create = self.ec2.create_subnet
        self.refused("InvalidSubnet.Conflict", create, VpcId=vpc, CidrBlock="10.0.1.128/25")
        self.refused("InvalidSubnet.Range", create, VpcId=vpc, CidrBlock="10.1.1.0/24")
        self.refused("InvalidSubnet.Range", create, VpcId=vpc, CidrBlock="10.0.2.0/29")
        self.refused("InvalidParameterValue", create, VpcId=vpc, CidrBlock="10.0.2.0/24", AvailabilityZone="us-east-1z")
        self.refused("InvalidVpcID.NotFound", create, VpcId="vpc-00000000", CidrBlock="10.0.2.0/24")
        self.refused("InvalidSubnetID.NotFound", self.ec2.delete_subnet, SubnetId="subnet-0123456789abcdef0")

    def test_an_interface_holds_it(self):
        subnet = self.subnet(self.vpc())
        interface = self.ec2.create_network_interface(SubnetId=subnet, Description="mine")["NetworkInterface"]
        self.assertEqual("10.0.1.4", interface["PrivateIpAddress"])
        self.assertEqual(250, self.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"])
        self.refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=subnet)
        self.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
        self.ec2.delete_subnet(SubnetId=subnet)


class Routing(Ec2Test):
    def test_gateways_and_routes(self):
        vpc = self.vpc()
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        table = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        route = dict(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
        self.refused("InvalidParameterValue", self.ec2.create_route, GatewayId=gateway, **route)
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        self.refused("Resource.AlreadyAssociated", self.ec2.attach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
        self.ec2.create_route(GatewayId=gateway, **route)
        self.refused("RouteAlreadyExists", self.ec2.create_route, GatewayId=gateway, **route)
        seen = self.ec2.describe_route_tables(Filters=self.filters(**{"route.gateway_id": gateway}))["RouteTables"][0]
        self.assertEqual(("0.0.0.0/0", "active", "CreateRoute"), tuple(
            seen["Routes"][1][k] for k in ("DestinationCidrBlock", "State", "Origin")))
        self.refused("DependencyViolation", self.ec2.delete_internet_gateway, InternetGatewayId=gateway)
        self.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        self.ec2.delete_internet_gateway(InternetGatewayId=gateway)
        seen = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
        self.assertEqual("blackhole", seen["Routes"][1]["State"])
        self.ec2.delete_route(**route)
        self.refused("InvalidRoute.NotFound", self.ec2.delete_route, **route)
        self.refused("InvalidParameterValue", self.ec2.delete_route, RouteTableId=table, DestinationCidrBlock="10.0.0.0/16")
        self.ec2.delete_route_table(RouteTableId=table)
        self.refused("InvalidRouteTableID.NotFound", self.ec2.describe_route_tables, RouteTableIds=[table])

    def test_associations(self):
        vpc = self.vpc()
        subnet = self.subnet(vpc)
        one, two = (self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
        first = self.ec2.associate_route_table(RouteTableId=one, SubnetId=subnet)["AssociationId"]
        self.refused("Resource.AlreadyAssociated", self.ec2.associate_route_table, RouteTableId=two, SubnetId=subnet)
        self.refused("DependencyViolation", self.ec2.delete_route_table, RouteTableId=one)
        second = self.ec2.replace_route_table_association(AssociationId=first, RouteTableId=two)["NewAssociationId"]
        self.refused("InvalidAssociationID.NotFound", self.ec2.disassociate_route_table, AssociationId=first)
        seen = self.ec2.describe_route_tables(
            Filters=self.filters(**{"association.route_table_association_id": second}))["RouteTables"]
        self.assertEqual([two], [t["RouteTableId"] for t in seen])
        self.ec2.disassociate_route_table(AssociationId=second)
        main = self.ec2.describe_route_tables(Filters=self.filters(vpc_id=vpc, **{"association.main": "true"}))
        main_association = main["RouteTables"][0]["Associations"][0]["RouteTableAssociationId"]
        self.refused("InvalidParameterValue", self.ec2.disassociate_route_table, AssociationId=main_association)
        self.ec2.replace_route_table_association(AssociationId=main_association, RouteTableId=one)
        self.refused("DependencyViolation", self.ec2.delete_route_table, RouteTableId=one)

    def test_nat_gateway(self):
        vpc = self.vpc()
        subnet = self.subnet(vpc)
        tags = [{"ResourceType": "elastic-ip", "Tags": [{"Key": "Name", "Value": "nat"}]}]
        address = self.ec2.allocate_address(Domain="vpc", TagSpecifications=tags)["AllocationId"]
        self.assertEqual([{"Key": "Name", "Value": "nat"}],
                         self.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]["Tags"])
        attribute = self.ec2.describe_addresses_attribute(AllocationIds=[address], Attribute="domain-name")["Addresses"]
        self.assertEqual([address], [a["AllocationId"] for a in attribute])
        failed = self.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
        failed = self.ec2.describe_nat_gateways(NatGatewayIds=[failed])["NatGateways"][0]
        self.assertEqual(("failed", "Gateway.NotAttached"), (failed["State"], failed["FailureCode"]))
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        nat = self.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
        seen = self.ec2.describe_nat_gateways(Filter=self.filters(vpc_id=vpc, state="available"))["NatGateways"][0]
        entry = seen["NatGatewayAddresses"][0]
        self.assertEqual((nat, address, True), (seen["NatGatewayId"], entry["AllocationId"], entry["IsPrimary"]))
        held = self.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]
        self.assertEqual((entry["AssociationId"], entry["NetworkInterfaceId"], entry["PrivateIp"]),
                         (held["AssociationId"], held["NetworkInterfaceId"], held["PrivateIpAddress"]))
        interface = self.ec2.describe_network_interfaces(NetworkInterfaceIds=[entry["NetworkInterfaceId"]])
        interface = interface["NetworkInterfaces"][0]
        self.assertEqual(("nat_gateway", "in-use", True),
                         (interface["InterfaceType"], interface["Status"], interface["RequesterManaged"]))
        self.refused("InvalidIPAddress.InUse", self.ec2.release_address, AllocationId=address)
        self.refused("DependencyViolation", self.ec2.delete_subnet, SubnetId=subnet)
        self.refused("DependencyViolation", self.ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc)
        self.ec2.delete_nat_gateway(NatGatewayId=nat)
        self.assertEqual("deleted", self.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"])
        self.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        self.ec2.release_address(AllocationId=address)
        self.refused("InvalidAllocationID.NotFound", self.ec2.describe_addresses, AllocationIds=[address])
        self.ec2.delete_subnet(SubnetId=subnet)
        self.ec2.delete_vpc(VpcId=vpc)


class NetworkAcls(Ec2Test):
    def test_entries_and_associations(self):
        vpc = self.vpc()
        subnet = self.subnet(vpc)
        acl = self.ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
        entry = dict(NetworkAclId=acl, RuleNumber=10, Protocol="tcp", RuleAction="allow", Egress=False,
                     CidrBlock="10.1.2.3/8", PortRange={"From": 443, "To": 443})
        self.ec2.create_network_acl_entry(**entry)
        self.refused("NetworkAclEntryAlreadyExists", self.ec2.create_network_acl_entry, **entry)
        self.ec2.replace_network_acl_entry(**dict(entry, RuleAction="deny"))
        seen = self.ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Entries"][0]
        self.assertEqual({"CidrBlock": "10.0.0.0/8", "Egress": False, "Protocol": "6", "RuleAction": "deny",
                          "RuleNumber": 10, "PortRange": {"From": 443, "To": 443}}, seen)
        default = self.ec2.describe_network_acls(Filters=self.filters(vpc_id=vpc, default="true"))["NetworkAcls"][0]
        association = default["Associations"][0]["NetworkAclAssociationId"]
        self.ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=acl)
        self.refused("DependencyViolation", self.ec2.delete_network_acl, NetworkAclId=acl)
        self.refused("InvalidParameterValue", self.ec2.delete_network_acl, NetworkAclId=default["NetworkAclId"])
        self.ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=10, Egress=False)
        self.refused("InvalidNetworkAclEntry.NotFound", self.ec2.delete_network_acl_entry, NetworkAclId=acl,
                     RuleNumber=10, Egress=False)
        self.ec2.delete_subnet(SubnetId=subnet)
        self.ec2.delete_network_acl(NetworkAclId=acl)


class TagsAndOptions(Ec2Test):
    def test_tags(self):
        vpc = self.vpc()
        self.ec2.create_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
        seen = self.ec2.describe_tags(Filters=self.filters(resource_id=vpc))["Tags"]
        self.assertEqual([("a", "1", "vpc"), ("b", "", "vpc")],
                         [(t["Key"], t["Value"], t["ResourceType"]) for t in seen])
        self.assertEqual(vpc, self.ec2.describe_vpcs(Filters=self.filters(**{"tag:a": "1"}))["Vpcs"][0]["VpcId"])
        self.ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "a", "Value": "2"}, {"Key": "b"}])
        self.assertEqual([{"Key": "a", "Value": "1"}], self.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"])
        self.refused("InvalidParameterValue", self.ec2.create_tags, Resources=[vpc], Tags=[{"Key": "aws:x", "Value": ""}])
        self.refused("InvalidVpcID.NotFound", self.ec2.create_tags, Resources=["vpc-0123456789abcdef0"],
                     Tags=[{"Key": "a", "Value": "1"}])
        self.refused("InvalidID", self.ec2.create_tags, Resources=["nothing"], Tags=[{"Key": "a", "Value": "1"}])

    def test_dhcp_options(self):
        options = self.ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.org"]}])
        options = options["DhcpOptions"]["DhcpOptionsId"]
        vpc = self.vpc()
        self.ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
        self.assertEqual(options, self.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["DhcpOptionsId"])
        self.refused("DependencyViolation", self.ec2.delete_dhcp_options, DhcpOptionsId=options)
        self.ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc)
        self.ec2.delete_dhcp_options(DhcpOptionsId=options)

    def test_prefix_lists(self):
        lists = self.ec2.describe_prefix_lists()["PrefixLists"]
        self.assertEqual(["com.amazonaws.us-east-1.dynamodb", "com.amazonaws.us-east-1.s3"],
                         sorted(l["PrefixListName"] for l in lists))
        managed = self.ec2.describe_managed_prefix_lists(PrefixListIds=[lists[0]["PrefixListId"]])["PrefixLists"][0]
        self.assertEqual("AWS", managed["OwnerId"])
        entries = self.ec2.get_managed_prefix_list_entries(PrefixListId=managed["PrefixListId"])["Entries"]
        self.assertEqual(set(lists[0]["Cidrs"]), {e["Cidr"] for e in entries})


if __name__ == "__main__":
    unittest.main()
