#include "services/ec2/peer.hpp"

#include "services/ec2/network_interface.hpp"
#include "services/ec2/permissions.hpp"
#include "services/ec2/regions.hpp"
#include "services/ec2/security_group.hpp"
#include "services/ec2/subnet.hpp"
#include "services/ec2/vpc.hpp"
#include "services/ec2/vpc_cidr.hpp"

namespace orrery::ec2 {

namespace {

VpcInfo vpc_info(const Resource& vpc) { return {vpc.id, vpc.document["CidrBlock"]}; }

SubnetInfo subnet_info(const Resource& subnet) {
  const Json& document = subnet.document;
  return {.id = subnet.id,
          .arn = subnet.arn,
          .vpc_id = document["VpcId"],
          .cidr_block = document["CidrBlock"],
          .availability_zone = document["AvailabilityZone"],
          .availability_zone_id = document["AvailabilityZoneId"],
          .available_addresses = document["AvailableIpAddressCount"]};
}

SecurityGroupInfo group_info(const Resource& group) {
  return {group.id, group.document["GroupName"], group.document["VpcId"]};
}

class Peer : public Ec2Peer {
 public:
  std::optional<VpcInfo> vpc(RequestContext& context, const std::string& id) override {
    const auto found = lookup(context, kVpc, id);
    return found ? std::optional(vpc_info(*found)) : std::nullopt;
  }

  std::optional<VpcInfo> default_vpc(RequestContext& context) override {
    ensure_seeded(context, kService, &seed);
    const auto found = find_default_vpc(context);
    return found ? std::optional(vpc_info(*found)) : std::nullopt;
  }

  std::optional<SubnetInfo> subnet(RequestContext& context, const std::string& id) override {
    const auto found = lookup(context, kSubnet, id);
    return found ? std::optional(subnet_info(*found)) : std::nullopt;
  }

  std::vector<SubnetInfo> subnets_of_vpc(RequestContext& context, const std::string& vpc_id) override {
    ensure_seeded(context, kService, &seed);
    std::vector<SubnetInfo> out;
    for (const Resource& subnet : subnets_in(context, vpc_id)) out.push_back(subnet_info(subnet));
    return out;
  }

  std::optional<SecurityGroupInfo> security_group(RequestContext& context, const std::string& id) override {
    const auto found = lookup(context, kSecurityGroup, id);
    return found ? std::optional(group_info(*found)) : std::nullopt;
  }

  std::optional<SecurityGroupInfo> default_security_group(RequestContext& context, const std::string& vpc_id) override {
    ensure_seeded(context, kService, &seed);
    const auto found = find_group_named(context, vpc_id, "default");
    return found ? std::optional(group_info(*found)) : std::nullopt;
  }

  std::vector<std::string> availability_zones(RequestContext& context) override {
    std::vector<std::string> out;
    for (const Zone& zone : zones_of(context.region)) out.push_back(zone.name);
    return out;
  }

  NetworkInterfaceInfo create_network_interface(RequestContext& context,
                                                const NetworkInterfaceRequest& request) override {
    ensure_seeded(context, kService, &seed);
    InterfaceSpec spec;
    spec.subnet_id = request.subnet_id;
    spec.group_ids = request.security_group_ids;
    spec.description = request.description;
    spec.type = request.interface_type.empty() ? "interface" : request.interface_type;
    spec.requester = request.requester_id.empty() ? "amazon-aws" : request.requester_id;
    const Resource made = make_interface(context, spec);
    return {made.id, made.document["PrivateIpAddress"]};
  }

  void delete_network_interface(RequestContext& context, const std::string& id) override {
    if (const auto found = lookup(context, kNetworkInterface, id)) erase_interface(context, *found);
  }

  std::string create_security_group(RequestContext& context, const std::string& vpc_id, const std::string& name,
                                    const std::string& description, SelfIngress self_ingress,
                                    const storage::Tags& tags) override {
    ensure_seeded(context, kService, &seed);
    const Resource group = make_security_group(context, vpc_id, name, description);
    if (self_ingress == SelfIngress::yes) add_rule(context, group, self_rule(context, group));
    add_rule(context, group, open_egress_rule());
    table(context).tag(kSecurityGroup.name, group.id, tags);
    return group.id;
  }

  void delete_security_group(RequestContext& context, const std::string& id) override {
    ensure_seeded(context, kService, &seed);
    erase_security_group(context, id);
  }

 private:
  static std::optional<Resource> lookup(RequestContext& context, const Kind& kind, const std::string& id) {
    ensure_seeded(context, kService, &seed);
    return table(context).find(kind.name, id);
  }
};

}  // namespace

void offer(Peers& peers) {
  static Peer peer;
  peers.ec2 = &peer;
}

void seed(RequestContext& context) { make_default_vpc(context); }

}  // namespace orrery::ec2
