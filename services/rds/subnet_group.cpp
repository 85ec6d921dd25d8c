#include "services/rds/subnet_group.hpp"

#include <set>
#include <vector>

#include "registry/filters.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/tags.hpp"

namespace orrery::rds {

namespace {

constexpr std::string_view kSubnetGroup = "db-subnet-group";

std::string checked_name(const std::string& name) {
  bool valid = !name.empty() && name.size() <= 255;
  for (const unsigned char c : name)
    valid = valid && (std::isalnum(c) || std::string_view(" ._-").find(static_cast<char>(c)) != std::string_view::npos);
  if (!valid)
    throw invalid_parameter_value(
        "The parameter DBSubnetGroupName must be provided, must not be longer than 255 characters, and may only "
        "contain "
        "letters, digits, spaces, periods, underscores and hyphens.");
  if (lower(name) == "default")
    throw invalid_parameter_value("The name 'default' is reserved for the DB subnet group of the default VPC.");
  return lower(name);
}

std::vector<SubnetInfo> checked_subnets(RequestContext& context, const std::vector<std::string>& ids) {
  std::vector<SubnetInfo> subnets;
  std::string unknown;
  for (const std::string& id : std::set<std::string>(ids.begin(), ids.end())) {
    if (auto subnet = context.peers.ec2->subnet(context, id))
      subnets.push_back(std::move(*subnet));
    else
      unknown += (unknown.empty() ? "" : ", ") + id;
  }
  if (!unknown.empty()) throw invalid_subnets(unknown);
  std::set<std::string> zones;
  for (const SubnetInfo& subnet : subnets) {
    if (subnet.vpc_id != subnets.front().vpc_id) throw subnets_of_several_vpcs();
    zones.insert(subnet.availability_zone);
  }
  if (zones.size() < 2) throw too_few_zones(zones.empty() ? "" : *zones.begin());
  return subnets;
}

Json subnet_list(const std::vector<SubnetInfo>& subnets) {
  Json list = Json::array();
  for (const SubnetInfo& subnet : subnets) {
    list.push_back({{"SubnetIdentifier", subnet.id},
                    {"SubnetAvailabilityZone", {{"Name", subnet.availability_zone}}},
                    {"SubnetOutpost", Json::object()},
                    {"SubnetStatus", "Active"}});
  }
  return list;
}

storage::Resource store(RequestContext& context, const std::string& name, const std::string& description,
                        const std::vector<SubnetInfo>& subnets) {
  storage::Resource group{.kind = std::string(kSubnetGroup), .id = name, .arn = context.arn("subgrp:" + name)};
  if (subnets.empty()) throw too_few_zones("");
  group.document = {{"DBSubnetGroupName", name},
                    {"DBSubnetGroupDescription", description},
                    {"VpcId", subnets.front().vpc_id},
                    {"SubnetGroupStatus", "Complete"},
                    {"Subnets", subnet_list(subnets)},
                    {"DBSubnetGroupArn", group.arn},
                    {"SupportedNetworkTypes", Json::array({"IPV4"})}};
  group.created = context.now;
  context.resources().put(group);
  return group;
}

}  // namespace

std::optional<Json> find_subnet_group(RequestContext& context, const std::string& name) {
  const auto group = context.resources().find(kSubnetGroup, lower(name));
  if (!group) return std::nullopt;
  return group->document;
}

Json default_subnet_group(RequestContext& context) {
  if (const auto group = find_subnet_group(context, "default")) return *group;
  const auto vpc = context.peers.ec2->default_vpc(context);
  if (!vpc)
    throw AwsError("InvalidVPCNetworkStateFault", 400,
                   "No default subnet detected in VPC. Please contact AWS Support to recreate default Subnets.");
  const std::vector<SubnetInfo> subnets = context.peers.ec2->subnets_of_vpc(context, vpc->id);
  return store(context, "default", "default", subnets).document;
}

Json chosen_subnet_group(RequestContext& context, const std::string& name) {
  if (name.empty() || lower(name) == "default") return default_subnet_group(context);
  auto group = find_subnet_group(context, name);
  if (!group) throw subnet_group_not_found(name);
  return std::move(*group);
}

Json create_subnet_group(RequestContext& context, const Input& input) {
  const std::string name = checked_name(input.str("DBSubnetGroupName"));
  const std::string description = input.str("DBSubnetGroupDescription");
  if (description.empty())
    throw invalid_parameter_value("The parameter DBSubnetGroupDescription must be provided and must not be blank.");
  const storage::Tags tags = read_tags(input);
  if (context.resources().exists(kSubnetGroup, name)) throw subnet_group_exists(name);
  const storage::Resource group =
      store(context, name, description, checked_subnets(context, input.strings("SubnetIds")));
  context.resources().tag(kSubnetGroup, name, tags);
  return {{"DBSubnetGroup", group.document}};
}

Json describe_subnet_groups(RequestContext& context, const Input& input) {
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  const std::string name = lower(input.str("DBSubnetGroupName"));
  std::vector<Json> groups;
  if (!name.empty()) {
    const auto group = find_subnet_group(context, name);
    if (!group) throw subnet_group_not_found(name);
    groups.push_back(*group);
  } else {
    for (const storage::Resource& group : context.resources().list(kSubnetGroup)) groups.push_back(group.document);
  }
  return page(input, "DBSubnetGroups", std::move(groups), "DBSubnetGroupName");
}

Json modify_subnet_group(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("DBSubnetGroupName"));
  const auto before = context.resources().find(kSubnetGroup, name);
  if (!before) throw subnet_group_not_found(name);
  const std::vector<SubnetInfo> subnets = checked_subnets(context, input.strings("SubnetIds"));
  if (subnets.front().vpc_id != before->document.at("VpcId"))
    throw AwsError("InvalidSubnet", 400, "The new Subnets are not in the same Vpc as the existing subnet group");
  const std::string description =
      input.str("DBSubnetGroupDescription", before->document.at("DBSubnetGroupDescription").get<std::string>());
  return {{"DBSubnetGroup", store(context, name, description, subnets).document}};
}

Json delete_subnet_group(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("DBSubnetGroupName"));
  storage::ResourceTable table = context.resources();
  if (!table.exists(kSubnetGroup, name)) throw subnet_group_not_found(name);
  const auto users = table.links_to(kSubnetGroup, name);
  if (!users.empty()) throw subnet_group_in_use(name, users.front().from.id);
  table.erase(kSubnetGroup, name);
  return Json::object();
}

}  // namespace orrery::rds
