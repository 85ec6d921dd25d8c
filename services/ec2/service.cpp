#include "services/ec2/service.hpp"

#include "services/ec2/address.hpp"
#include "services/ec2/classic_link.hpp"
#include "services/ec2/dhcp_options.hpp"
#include "services/ec2/egress_only_gateway.hpp"
#include "services/ec2/internet_gateway.hpp"
#include "services/ec2/nat_gateway.hpp"
#include "services/ec2/nat_gateway_address.hpp"
#include "services/ec2/network_acl.hpp"
#include "services/ec2/network_interface.hpp"
#include "services/ec2/peer.hpp"
#include "services/ec2/prefix_list.hpp"
#include "services/ec2/regions.hpp"
#include "services/ec2/route.hpp"
#include "services/ec2/route_table.hpp"
#include "services/ec2/security_group.hpp"
#include "services/ec2/security_group_rule.hpp"
#include "services/ec2/subnet.hpp"
#include "services/ec2/tags.hpp"
#include "services/ec2/vpc.hpp"

namespace orrery::ec2 {

namespace {

/// Every operation has DryRun. The handler runs first, so that what AWS would refuse is refused, and what it did is
/// rolled back with the error.
template <Handler handler>
Json honour_dry_run(RequestContext& context, const Input& input) {
  const bool dry_run = input.flag("DryRun");
  Json out = handler(context, input);
  if (dry_run) throw errors::dry_run();
  return out;
}

template <Handler handler>
constexpr OperationRow row(std::string_view name) {
  return {name, &honour_dry_run<handler>};
}

constexpr OperationRow kOperations[] = {
    row<&allocate_address>("AllocateAddress"),
    row<&assign_private_ip_addresses>("AssignPrivateIpAddresses"),
    row<&assign_private_nat_gateway_address>("AssignPrivateNatGatewayAddress"),
    row<&associate_address>("AssociateAddress"),
    row<&associate_dhcp_options>("AssociateDhcpOptions"),
    row<&associate_nat_gateway_address>("AssociateNatGatewayAddress"),
    row<&associate_route_table>("AssociateRouteTable"),
    row<&associate_subnet_cidr_block>("AssociateSubnetCidrBlock"),
    row<&associate_vpc_cidr_block>("AssociateVpcCidrBlock"),
    row<&retired_with_classic>("AttachClassicLinkVpc"),
    row<&attach_internet_gateway>("AttachInternetGateway"),
    row<&authorize_security_group_egress>("AuthorizeSecurityGroupEgress"),
    row<&authorize_security_group_ingress>("AuthorizeSecurityGroupIngress"),
    row<&create_default_subnet>("CreateDefaultSubnet"),
    row<&create_default_vpc>("CreateDefaultVpc"),
    row<&create_dhcp_options>("CreateDhcpOptions"),
    row<&create_egress_only_internet_gateway>("CreateEgressOnlyInternetGateway"),
    row<&create_internet_gateway>("CreateInternetGateway"),
    row<&create_nat_gateway>("CreateNatGateway"),
    row<&create_network_acl>("CreateNetworkAcl"),
    row<&create_network_acl_entry>("CreateNetworkAclEntry"),
    row<&create_network_interface>("CreateNetworkInterface"),
    row<&create_route>("CreateRoute"),
    row<&create_route_table>("CreateRouteTable"),
    row<&create_security_group>("CreateSecurityGroup"),
    row<&create_subnet>("CreateSubnet"),
    row<&create_tags>("CreateTags"),
    row<&create_vpc>("CreateVpc"),
    row<&delete_dhcp_options>("DeleteDhcpOptions"),
    row<&delete_egress_only_internet_gateway>("DeleteEgressOnlyInternetGateway"),
    row<&delete_internet_gateway>("DeleteInternetGateway"),
    row<&delete_nat_gateway>("DeleteNatGateway"),
    row<&delete_network_acl>("DeleteNetworkAcl"),
    row<&delete_network_acl_entry>("DeleteNetworkAclEntry"),
    row<&delete_network_interface>("DeleteNetworkInterface"),
    row<&delete_route>("DeleteRoute"),
    row<&delete_route_table>("DeleteRouteTable"),
    row<&delete_security_group>("DeleteSecurityGroup"),
    row<&delete_subnet>("DeleteSubnet"),
    row<&delete_tags>("DeleteTags"),
    row<&delete_vpc>("DeleteVpc"),
    row<&describe_account_attributes>("DescribeAccountAttributes"),
    row<&describe_addresses>("DescribeAddresses"),
    row<&describe_addresses_attribute>("DescribeAddressesAttribute"),
    row<&describe_availability_zones>("DescribeAvailabilityZones"),
    row<&retired_with_classic>("DescribeClassicLinkInstances"),
    row<&describe_dhcp_options>("DescribeDhcpOptions"),
    row<&describe_egress_only_internet_gateways>("DescribeEgressOnlyInternetGateways"),
    row<&describe_internet_gateways>("DescribeInternetGateways"),
    row<&describe_managed_prefix_lists>("DescribeManagedPrefixLists"),
    row<&describe_nat_gateways>("DescribeNatGateways"),
    row<&describe_network_acls>("DescribeNetworkAcls"),
    row<&describe_network_interface_attribute>("DescribeNetworkInterfaceAttribute"),
    row<&describe_network_interfaces>("DescribeNetworkInterfaces"),
    row<&describe_prefix_lists>("DescribePrefixLists"),
    row<&describe_regions>("DescribeRegions"),
    row<&describe_route_tables>("DescribeRouteTables"),
    row<&describe_security_group_references>("DescribeSecurityGroupReferences"),
    row<&describe_security_group_rules>("DescribeSecurityGroupRules"),
    row<&describe_security_groups>("DescribeSecurityGroups"),
    row<&describe_stale_security_groups>("DescribeStaleSecurityGroups"),
    row<&describe_subnets>("DescribeSubnets"),
    row<&describe_tags>("DescribeTags"),
    row<&describe_vpc_attribute>("DescribeVpcAttribute"),
    row<&retired_with_classic>("DescribeVpcClassicLink"),
    row<&retired_with_classic>("DescribeVpcClassicLinkDnsSupport"),
    row<&describe_vpcs>("DescribeVpcs"),
    row<&retired_with_classic>("DetachClassicLinkVpc"),
    row<&detach_internet_gateway>("DetachInternetGateway"),
    row<&retired_with_classic>("DisableVpcClassicLink"),
    row<&retired_with_classic>("DisableVpcClassicLinkDnsSupport"),
    row<&disassociate_address>("DisassociateAddress"),
    row<&disassociate_nat_gateway_address>("DisassociateNatGatewayAddress"),
    row<&disassociate_route_table>("DisassociateRouteTable"),
    row<&disassociate_subnet_cidr_block>("DisassociateSubnetCidrBlock"),
    row<&disassociate_vpc_cidr_block>("DisassociateVpcCidrBlock"),
    row<&retired_with_classic>("EnableVpcClassicLink"),
    row<&retired_with_classic>("EnableVpcClassicLinkDnsSupport"),
    row<&get_managed_prefix_list_entries>("GetManagedPrefixListEntries"),
    row<&get_security_groups_for_vpc>("GetSecurityGroupsForVpc"),
    row<&modify_address_attribute>("ModifyAddressAttribute"),
    row<&modify_network_interface_attribute>("ModifyNetworkInterfaceAttribute"),
    row<&modify_security_group_rules>("ModifySecurityGroupRules"),
    row<&modify_subnet_attribute>("ModifySubnetAttribute"),
    row<&modify_vpc_attribute>("ModifyVpcAttribute"),
    row<&modify_vpc_tenancy>("ModifyVpcTenancy"),
    row<&release_address>("ReleaseAddress"),
    row<&replace_network_acl_association>("ReplaceNetworkAclAssociation"),
    row<&replace_network_acl_entry>("ReplaceNetworkAclEntry"),
    row<&replace_route>("ReplaceRoute"),
    row<&replace_route_table_association>("ReplaceRouteTableAssociation"),
    row<&reset_address_attribute>("ResetAddressAttribute"),
    row<&revoke_security_group_egress>("RevokeSecurityGroupEgress"),
    row<&revoke_security_group_ingress>("RevokeSecurityGroupIngress"),
    row<&unassign_private_ip_addresses>("UnassignPrivateIpAddresses"),
    row<&unassign_private_nat_gateway_address>("UnassignPrivateNatGatewayAddress"),
    row<&update_rule_descriptions_egress>("UpdateSecurityGroupRuleDescriptionsEgress"),
    row<&update_rule_descriptions_ingress>("UpdateSecurityGroupRuleDescriptionsIngress"),
};

/// EC2 names parameters in lower camel case in its errors.
std::string parameter(const Violation& violation) {
  std::string out = violation.member;
  if (!out.empty()) out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
  return out;
}

std::string shown(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

AwsError validation_error(std::span<const Violation> violations) {
  for (const Violation& violation : violations) {
    if (violation.kind == Violation::Kind::missing) return errors::missing(parameter(violation));
  }
  const Violation& first = violations.front();
  return errors::invalid_value(shown(first.value), parameter(first), first.constraint);
}

}  // namespace

const Service& service() {
  static const Service instance{.name = kService,
                                .operations = kOperations,
                                .seed = &seed,
                                .offer = &offer,
                                .validation_error = &validation_error};
  return instance;
}

}  // namespace orrery::ec2
