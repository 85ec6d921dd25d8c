#include "services/elasticache/subnet_group.hpp"

#include <set>
#include <vector>

#include "services/elasticache/errors.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/tags.hpp"

namespace orrery::elasticache {

namespace {

constexpr std::string_view kSubnetGroup = "subnet-group";

std::string checked_name(const std::string& name) {
  bool valid = !name.empty() && name.size() <= 255;
  for (const char c : lower(name)) valid = valid && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  if (!valid)
    throw invalid_parameter_value(
        "The parameter CacheSubnetGroupName must be provided, must not be longer than 255 characters, and may only "
        "contain letters, digits and hyphens.");
  if (lower(name) == "default")
    throw invalid_parameter_value("The name default is reserved for the cache subnet group of the default VPC.");
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
  if (!unknown.empty() || subnets.empty()) throw invalid_subnets(unknown);
  for (const SubnetInfo& subnet : subnets)
    if (subnet.vpc_id != subnets.front().vpc_id) throw subnets_of_several_vpcs();
  return subnets;
}

storage::Resource store(RequestContext& context, const std::string& name, const std::string& description,
                        const std::vector<SubnetInfo>& subnets) {
  storage::Resource group{.kind = std::string(kSubnetGroup), .id = name, .arn = context.arn("subnetgroup:" + name)};
  Json list = Json::array();
  for (const SubnetInfo& subnet : subnets)
    list.push_back({{"SubnetIdentifier", subnet.id},
                    {"SubnetAvailabilityZone", {{"Name", subnet.availability_zone}}},
                    {"SupportedNetworkTypes", Json::array({"ipv4"})}});
  group.document = {{"CacheSubnetGroupName", name},
                    {"CacheSubnetGroupDescription", description},
                    {"VpcId", subnets.front().vpc_id},
                    {"Subnets", list},
                    {"ARN", group.arn},
                    {"SupportedNetworkTypes", Json::array({"ipv4"})}};
  group.created = context.now;
  context.resources().put(group);
  return group;
}

/// Nodes live in the subnets of their group; a subnet that holds one can't be taken out of it.
void refuse_removal(RequestContext& context, const std::string& name, const std::vector<SubnetInfo>& kept) {
  std::set<std::string> zones;
  for (const SubnetInfo& subnet : kept) zones.insert(subnet.availability_zone);
  for (const storage::Edge& edge : context.resources().links_to(kSubnetGroup, name)) {
    const auto cluster = context.resources().find(edge.from.kind, edge.from.id);
    if (!cluster || !cluster->document.contains("CacheNodes")) continue;
    for (const Json& node : cluster->document.at("CacheNodes"))
      if (!zones.contains(text(node, "CustomerAvailabilityZone"))) throw subnet_in_use(edge.from.id);
  }
}

}  // namespace

Json subnet_group_for(RequestContext& context, const std::string& name) {
  const std::string wanted = name.empty() ? "default" : lower(name);
  if (const auto group = context.resources().find(kSubnetGroup, wanted)) return group->document;
  if (wanted != "default") throw subnet_group_not_found(name);
  const auto vpc = context.peers.ec2->default_vpc(context);
  const auto subnets = vpc ? context.peers.ec2->subnets_of_vpc(context, vpc->id) : std::vector<SubnetInfo>{};
  if (subnets.empty())
    throw AwsError("InvalidVPCNetworkStateFault", 400,
                   "No default VPC with subnets was found. Specify a cache subnet group.");
  return store(context, "default", "Default CacheSubnetGroup", subnets).document;
}

Json create_subnet_group(RequestContext& context, const Input& input) {
  const std::string name = checked_name(input.str("CacheSubnetGroupName"));
  const std::string description = input.str("CacheSubnetGroupDescription");
  if (description.empty())
    throw invalid_parameter_value("The parameter CacheSubnetGroupDescription must be provided and must not be blank.");
  const storage::Tags tags = read_tags(input);
  if (context.resources().exists(kSubnetGroup, name)) throw subnet_group_exists(name);
  const storage::Resource group =
      store(context, name, description, checked_subnets(context, input.strings("SubnetIds")));
  context.resources().tag(kSubnetGroup, name, tags);
  return {{"CacheSubnetGroup", group.document}};
}

Json describe_subnet_groups(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("CacheSubnetGroupName"));
  std::vector<Json> groups;
  if (!name.empty()) {
    const auto group = context.resources().find(kSubnetGroup, name);
    if (!group) throw subnet_group_not_found(name);
    groups.push_back(group->document);
  } else {
    for (const storage::Resource& group : context.resources().list(kSubnetGroup)) groups.push_back(group.document);
  }
  return page(input, "CacheSubnetGroups", std::move(groups), "CacheSubnetGroupName");
}

Json modify_subnet_group(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("CacheSubnetGroupName"));
  auto group = context.resources().find(kSubnetGroup, name);
  if (!group) throw subnet_group_not_found(name);
  const std::string description =
      input.str("CacheSubnetGroupDescription", text(group->document, "CacheSubnetGroupDescription"));
  if (const auto ids = input.strings("SubnetIds"); !ids.empty()) {
    const std::vector<SubnetInfo> subnets = checked_subnets(context, ids);
    if (subnets.front().vpc_id != group->document.at("VpcId")) throw subnets_of_several_vpcs();
    refuse_removal(context, name, subnets);
    return {{"CacheSubnetGroup", store(context, name, description, subnets).document}};
  }
  group->document["CacheSubnetGroupDescription"] = description;
  context.resources().put(*group);
  return {{"CacheSubnetGroup", group->document}};
}

Json delete_subnet_group(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("CacheSubnetGroupName"));
  if (name == "default") throw invalid_parameter_value("Cannot delete the default cache subnet group.");
  storage::ResourceTable table = context.resources();
  if (!table.exists(kSubnetGroup, name)) throw subnet_group_not_found(name);
  if (!table.links_to(kSubnetGroup, name).empty()) throw subnet_group_in_use(name);
  table.erase(kSubnetGroup, name);
  return Json::object();
}

}  // namespace orrery::elasticache
