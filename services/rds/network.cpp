#include "services/rds/network.hpp"

#include <algorithm>
#include <utility>

#include "aws/ids.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/subnet_group.hpp"

namespace orrery::rds {

namespace {

constexpr std::pair<std::string_view, std::string_view> kZones[] = {
    {"us-east-1", "Z2R2ITUGPM61AM"}, {"us-east-2", "Z2XHWR1WZ565X2"}, {"us-west-1", "Z10WI91S59XXQN"},
    {"us-west-2", "Z1PVIF0B656C1W"}, {"eu-west-1", "Z29XKXDKYMONMX"}, {"eu-central-1", "Z1RLNUO7B9Q6NB"},
};

std::vector<std::string> zones_of(const Json& group) {
  std::vector<std::string> zones;
  for (const Json& subnet : group.at("Subnets")) {
    const std::string zone = subnet.at("SubnetAvailabilityZone").at("Name");
    if (std::find(zones.begin(), zones.end(), zone) == zones.end()) zones.push_back(zone);
  }
  std::sort(zones.begin(), zones.end());
  return zones;
}

void choose_zones(RequestContext& context, const Input& input, const Json& group, Json& document) {
  const bool multi = input.flag("MultiAZ");
  const std::string wanted = input.str("AvailabilityZone");
  const std::vector<std::string> zones = zones_of(group);
  document["MultiAZ"] = multi;
  if (multi && !wanted.empty())
    throw invalid_parameter_combination("Requesting a specific availability zone is not valid for MultiAZ instances.");
  if (!wanted.empty()) {
    const auto all = context.peers.ec2->availability_zones(context);
    if (std::find(all.begin(), all.end(), wanted) == all.end())
      throw invalid_parameter_value("Invalid availability zone: " + wanted);
    if (std::find(zones.begin(), zones.end(), wanted) == zones.end())
      throw AwsError("InvalidVPCNetworkStateFault", 400,
                     "DB subnet group '" + group.at("DBSubnetGroupName").get<std::string>() +
                         "' has no subnet in availability zone " + wanted + ".");
  }
  document["AvailabilityZone"] = wanted.empty() ? zones.front() : wanted;
  if (multi) document["SecondaryAvailabilityZone"] = zones.at(1);
}

}  // namespace

std::string endpoint_address(RequestContext& context, const std::string& identifier) {
  // AWS's label is the same for all instances of an account in a region; so is this one.
  const std::string digest = aws::hex(aws::sha256("rds/" + context.account + "/" + context.region));
  return identifier + ".c" + digest.substr(0, 11) + "." + context.region + ".rds.localhost";
}

std::string_view hosted_zone(std::string_view region) {
  for (const auto& [name, zone] : kZones)
    if (name == region) return zone;
  return "";
}

void place_instance(RequestContext& context, const Input& input, Json& document, const std::string& subnet_group) {
  const Json group = chosen_subnet_group(context, input.str("DBSubnetGroupName", subnet_group));
  const std::string vpc_id = group.at("VpcId");
  document["DBSubnetGroup"] = {{"DBSubnetGroupName", group.at("DBSubnetGroupName")}};
  document["PubliclyAccessible"] = input.flag("PubliclyAccessible", group.at("DBSubnetGroupName") == "default");
  document["NetworkType"] = input.str("NetworkType", "IPV4");
  if (document["NetworkType"] != "IPV4")
    throw AwsError("NetworkTypeNotSupported", 400,
                   "The network type " + document["NetworkType"].get<std::string>() +
                       " isn't supported: the subnets of the DB subnet group have no IPv6 CIDR blocks.");
  choose_zones(context, input, group, document);
  document["VpcSecurityGroups"] = security_groups(context, input.strings("VpcSecurityGroupIds"), vpc_id);
}

Json security_groups(RequestContext& context, std::vector<std::string> ids, const std::string& vpc_id) {
  if (ids.empty()) {
    const auto fallback = context.peers.ec2->default_security_group(context, vpc_id);
    if (fallback) ids.push_back(fallback->id);
  }
  Json list = Json::array();
  for (const std::string& id : ids) {
    const auto group = context.peers.ec2->security_group(context, id);
    if (!group) throw invalid_parameter_value("Invalid security group , groupId= " + id + ", groupName=.");
    if (group->vpc_id != vpc_id)
      throw invalid_parameter_combination(
          "The DB instance and EC2 security group are in different VPCs. The DB instance is in " + vpc_id +
          " and the EC2 security group is in " + group->vpc_id);
    list.push_back({{"VpcSecurityGroupId", id}, {"Status", "active"}});
  }
  return list;
}

void reattach(RequestContext& context, storage::Resource& instance) {
  detach(context, instance);
  const auto group = find_subnet_group(context, instance.document.at("DBSubnetGroup").at("DBSubnetGroupName"));
  if (!group) return;
  NetworkInterfaceRequest wanted;
  for (const Json& subnet : group->at("Subnets"))
    if (wanted.subnet_id.empty() ||
        subnet.at("SubnetAvailabilityZone").at("Name") == instance.document.at("AvailabilityZone"))
      wanted.subnet_id = subnet.at("SubnetIdentifier");
  for (const Json& member : instance.document.at("VpcSecurityGroups"))
    wanted.security_group_ids.push_back(member.at("VpcSecurityGroupId"));
  wanted.description = "RDSNetworkInterface";
  wanted.interface_type = "interface";
  wanted.requester_id = "amazon-rds";
  instance.hidden["network_interface"] = context.peers.ec2->create_network_interface(context, wanted).id;
}

void detach(RequestContext& context, storage::Resource& instance) {
  const std::string old = instance.hidden.value("network_interface", "");
  if (!old.empty()) context.peers.ec2->delete_network_interface(context, old);
  instance.hidden.erase("network_interface");
}

}  // namespace orrery::rds
