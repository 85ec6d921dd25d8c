"""NAT gateways with several addresses, egress-only gateways, elastic IPs, and what stays after a restart."""

import unittest

from service_case import ServiceCase


class Gateways(ServiceCase):
    options = {"data_dir": True}
    clients = {"ec2": "ec2"}

    def setUp(self):
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]

    def attach(self):
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)

    def allocate(self):
        return self.ec2.allocate_address(Domain="vpc")["AllocationId"]

    def nat(self, **arguments):
        return self.ec2.create_nat_gateway(SubnetId=self.subnet, **arguments)["NatGateway"]["NatGatewayId"]

    def addresses(self, nat):
        return self.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["NatGatewayAddresses"]

    def free(self):
        return self.ec2.describe_subnets(SubnetIds=[self.subnet])["Subnets"][0]["AvailableIpAddressCount"]

    def test_public_with_secondary_addresses(self):
        self.attach()
        first, second = self.allocate(), self.allocate()
        nat = self.nat(AllocationId=first)
        self.ec2.associate_nat_gateway_address(NatGatewayId=nat, AllocationIds=[second],
                                               PrivateIpAddresses=["10.0.1.77"])
        entries = self.addresses(nat)
        self.assertEqual([(first, True), (second, False)], [(e["AllocationId"], e["IsPrimary"]) for e in entries])
        self.assertEqual("10.0.1.77", entries[1]["PrivateIp"])
        self.assertEqual(249, self.free())
        self.refused("AuthFailure", self.ec2.disassociate_address, AssociationId=entries[1]["AssociationId"])
        self.ec2.disassociate_nat_gateway_address(NatGatewayId=nat, AssociationIds=[entries[1]["AssociationId"]])
        self.assertEqual([first], [e["AllocationId"] for e in self.addresses(nat)])
        self.ec2.release_address(AllocationId=second)
        self.refused("InvalidParameterValue", self.ec2.disassociate_nat_gateway_address, NatGatewayId=nat,
                     AssociationIds=[entries[0]["AssociationId"]])
        self.ec2.delete_nat_gateway(NatGatewayId=nat)
        self.assertEqual(251, self.free())

    def test_private_with_secondary_addresses(self):
        nat = self.nat(ConnectivityType="private", SecondaryPrivateIpAddresses=["10.0.1.4", "10.0.1.9"])
        entries = self.addresses(nat)
        self.assertEqual(["10.0.1.5", "10.0.1.4", "10.0.1.9"], [e["PrivateIp"] for e in entries])
        self.assertNotIn("AllocationId", entries[0])
        self.ec2.assign_private_nat_gateway_address(NatGatewayId=nat, PrivateIpAddressCount=1)
        self.ec2.unassign_private_nat_gateway_address(NatGatewayId=nat, PrivateIpAddresses=["10.0.1.4"])
        self.assertEqual(["10.0.1.5", "10.0.1.9", "10.0.1.6"], [e["PrivateIp"] for e in self.addresses(nat)])

    def test_a_token_makes_one_gateway(self):
        one = self.nat(ConnectivityType="private", ClientToken="a")
        self.assertEqual(one, self.nat(ConnectivityType="private", ClientToken="a"))
        make = lambda: self.ec2.create_network_interface(SubnetId=self.subnet, ClientToken="b")["NetworkInterface"]
        self.assertEqual(make()["NetworkInterfaceId"], make()["NetworkInterfaceId"])

    def test_refusals(self):
        self.refused("MissingParameter", self.nat)
        self.refused("InvalidElasticIpID.NotFound", self.nat, AllocationId="eipalloc-0123456789abcdef0")
        self.refused("InvalidSubnetID.NotFound", self.ec2.create_nat_gateway, SubnetId="subnet-0123456789abcdef0",
                     ConnectivityType="private")
        self.refused("NatGatewayNotFound", self.ec2.delete_nat_gateway, NatGatewayId="nat-0123456789abcdef0")
        self.refused("UnsupportedOperation", self.ec2.describe_vpc_classic_link)

    def test_egress_only(self):
        gateway = self.ec2.create_egress_only_internet_gateway(VpcId=self.vpc)["EgressOnlyInternetGateway"]
        gateway = gateway["EgressOnlyInternetGatewayId"]
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0", EgressOnlyInternetGatewayId=gateway)
        self.refused("DependencyViolation", self.ec2.delete_vpc, VpcId=self.vpc)
        self.ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=gateway)
        routes = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        self.assertEqual([(gateway, "blackhole")],
                         [(r["EgressOnlyInternetGatewayId"], r["State"]) for r in routes
                          if r.get("DestinationIpv6CidrBlock") == "::/0"])
        self.assertEqual([], self.ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"])

    def test_an_address_moves_between_interfaces(self):
        one, two = (self.ec2.create_network_interface(SubnetId=self.subnet)["NetworkInterface"]["NetworkInterfaceId"]
                    for _ in range(2))
        address = self.allocate()
        self.ec2.associate_address(AllocationId=address, NetworkInterfaceId=one)
        self.refused("Resource.AlreadyAssociated", self.ec2.associate_address, AllocationId=address,
                     NetworkInterfaceId=two, AllowReassociation=False)
        self.ec2.associate_address(AllocationId=address, NetworkInterfaceId=two)
        seen = {i["NetworkInterfaceId"]: i.get("Association", {}).get("AllocationId") for i in
                self.ec2.describe_network_interfaces(NetworkInterfaceIds=[one, two])["NetworkInterfaces"]}
        self.assertEqual({one: None, two: address}, seen)
        self.ec2.delete_network_interface(NetworkInterfaceId=two)
        self.ec2.release_address(AllocationId=address)

    def test_reverse_name(self):
        address = self.allocate()
        self.ec2.modify_address_attribute(AllocationId=address, DomainName="mail.example.org")
        describe = lambda: self.ec2.describe_addresses_attribute(AllocationIds=[address], Attribute="domain-name")
        self.assertEqual("mail.example.org.", describe()["Addresses"][0]["PtrRecord"])
        self.ec2.reset_address_attribute(AllocationId=address, Attribute="domain-name")
        self.assertNotIn("PtrRecord", describe()["Addresses"][0])

    def test_stays_after_a_restart(self):
        nat = self.nat(ConnectivityType="private")
        calls = [("describe_vpcs", {"VpcIds": [self.vpc]}), ("describe_subnets", {"SubnetIds": [self.subnet]}),
                 ("describe_nat_gateways", {"NatGatewayIds": [nat]}), ("describe_security_groups", {}),
                 ("describe_route_tables", {}), ("describe_network_acls", {}), ("describe_network_interfaces", {})]
        look = lambda: [{k: v for k, v in getattr(self.ec2, name)(**arguments).items() if k != "ResponseMetadata"}
                        for name, arguments in calls]
        before = look()
        self.server.restart()
        self.assertEqual(before, look())

    def test_accounts_are_apart(self):
        other = self.server.client("ec2", access_key="111122223333")
        self.refused("InvalidVpcID.NotFound", other.describe_vpcs, VpcIds=[self.vpc])
        self.assertEqual({"111122223333"}, {v["OwnerId"] for v in other.describe_vpcs()["Vpcs"]})


if __name__ == "__main__":
    unittest.main()
