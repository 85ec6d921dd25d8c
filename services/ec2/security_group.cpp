#include "services/ec2/security_group.hpp"

#include "services/ec2/describe.hpp"
#include "services/ec2/permissions.hpp"
#include "services/ec2/tags.hpp"
#include "services/ec2/vpc.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kSecurityGroupFilters[] = {
    {"description", "Description"},
    {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
    {"egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"},
    {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"},
    {"egress.ip-permission.group-name", "IpPermissionsEgress.UserIdGroupPairs.GroupName"},
    {"egress.ip-permission.ipv6-cidr", "IpPermissionsEgress.Ipv6Ranges.CidrIpv6"},
    {"egress.ip-permission.prefix-list-id", "IpPermissionsEgress.PrefixListIds.PrefixListId"},
    {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
    {"egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"},
    {"egress.ip-permission.user-id", "IpPermissionsEgress.UserIdGroupPairs.UserId"},
    {"group-id", "GroupId"},
    {"group-name", "GroupName"},
    {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
    {"ip-permission.from-port", "IpPermissions.FromPort"},
    {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
    {"ip-permission.group-name", "IpPermissions.UserIdGroupPairs.GroupName"},
    {"ip-permission.ipv6-cidr", "IpPermissions.Ipv6Ranges.CidrIpv6"},
    {"ip-permission.prefix-list-id", "IpPermissions.PrefixListIds.PrefixListId"},
    {"ip-permission.protocol", "IpPermissions.IpProtocol"},
    {"ip-permission.to-port", "IpPermissions.ToPort"},
    {"ip-permission.user-id", "IpPermissions.UserIdGroupPairs.UserId"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"}};

bool complete(RequestContext& context, Resource& group) {
  const auto rules = rules_of_group(context, group.id);
  group.document["IpPermissions"] = permissions(rules, Direction::ingress);
  group.document["IpPermissionsEgress"] = permissions(rules, Direction::egress);
  return true;
}

void check_name(const std::string& name) {
  if (name.empty() || name.size() > 255 || !description_fits(name))
    throw errors::invalid_parameter(
        "Value (" + name + ") for parameter GroupName is invalid. Character sets beyond ASCII are not supported.");
  if (name.starts_with("sg-"))
    throw errors::invalid_parameter("Invalid group name. Group names may not be in the format sg-*");
  if (name == "default")
    throw errors::client("InvalidGroup.Reserved", "Cannot use reserved security group name: default");
}

void check_description(const std::string& text) {
  if (!description_fits(text))
    throw errors::invalid_parameter(
        "Invalid security group description. Valid descriptions are strings less than 256 characters from the "
        "following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
}

bool held(RequestContext& context, const std::string& id) {
  for (const auto& edge : table(context).links_to(kSecurityGroup.name, id)) {
    if (edge.from.service != kService || edge.from.kind != kSecurityGroupRule.name) return true;
    const auto rule = table(context).find(kSecurityGroupRule.name, edge.from.id);
    if (rule && rule->document["GroupId"] != id) return true;
  }
  return false;
}

}  // namespace

Resource make_security_group(RequestContext& context, const std::string& vpc_id, const std::string& name,
                             const std::string& description) {
  Resource group = make(context, kSecurityGroup);
  group.document.update({{"GroupName", name},
                         {"Description", description},
                         {"VpcId", vpc_id},
                         {"OwnerId", context.account},
                         {"SecurityGroupArn", group.arn}});
  put(context, group);
  link(context, group, "vpc", kVpc, vpc_id);
  return group;
}

void make_default_security_group(RequestContext& context, const Resource& vpc) {
  const Resource group = make_security_group(context, vpc.id, "default", "default VPC security group");
  add_rule(context, group, self_rule(context, group));
  add_rule(context, group, open_egress_rule());
}

void erase_security_group(RequestContext& context, const std::string& id) {
  for (const Resource& rule : rules_of_group(context, id)) table(context).erase(kSecurityGroupRule.name, rule.id);
  table(context).erase(kSecurityGroup.name, id);
}

std::optional<Resource> find_group_named(RequestContext& context, const std::string& vpc_id, const std::string& name) {
  for (const auto& edge : table(context).links_to(kVpc.name, vpc_id)) {
    if (edge.from.service != kService || edge.from.kind != kSecurityGroup.name) continue;
    auto group = table(context).find(kSecurityGroup.name, edge.from.id);
    if (group && group->document["GroupName"] == name) return group;
  }
  return std::nullopt;
}

Resource require_group(RequestContext& context, const Input& input) {
  if (const auto id = input.find_str("GroupId")) {
    // An unknown group of any form is reported as not found (EC2 answers so since 2013).
    auto group = table(context).find(kSecurityGroup.name, *id);
    if (group) return std::move(*group);
    throw not_found(kSecurityGroup, *id);
  }
  const auto name = input.find_str("GroupName");
  if (!name) throw errors::client("MissingParameter", "The request must contain the parameter groupName or groupId");
  const auto vpc = find_default_vpc(context);
  if (!vpc) throw errors::no_default_vpc();
  auto group = find_group_named(context, vpc->id, *name);
  if (!group)
    throw errors::client("InvalidGroup.NotFound",
                         "The security group '" + *name + "' does not exist in default VPC '" + vpc->id + "'");
  return std::move(*group);
}

Json create_security_group(RequestContext& context, const Input& input) {
  const Tags tags = tags_of(input, kSecurityGroup);
  const std::string name = input.str("GroupName"), description = input.str("Description");
  check_name(name);
  if (description.empty()) throw errors::missing("GroupDescription");
  check_description(description);
  std::string vpc_id = input.str("VpcId");
  if (vpc_id.empty()) {
    const auto vpc = find_default_vpc(context);
    if (!vpc) throw errors::no_default_vpc();
    vpc_id = vpc->id;
  }
  require(context, kVpc, vpc_id);
  if (find_group_named(context, vpc_id, name))
    throw errors::client("InvalidGroup.Duplicate",
                         "The security group '" + name + "' already exists for VPC '" + vpc_id + "'");
  const Resource group = make_security_group(context, vpc_id, name, description);
  add_rule(context, group, open_egress_rule());
  table(context).tag(kSecurityGroup.name, group.id, tags);
  return {{"GroupId", group.id}, {"SecurityGroupArn", group.arn}, {"Tags", tag_list(tags)}};
}

Json describe_security_groups(RequestContext& context, const Input& input) {
  Json out = describe(context, input,
                      {.kind = kSecurityGroup,
                       .ids = "GroupIds",
                       .output = "SecurityGroups",
                       .filters = kSecurityGroupFilters,
                       .complete = &complete});
  const auto names = input.strings("GroupNames");
  if (names.empty()) return out;
  // Names are those of the default VPC (EC2 API reference, DescribeSecurityGroups).
  const auto vpc = find_default_vpc(context);
  for (const auto& name : names) {
    if (!vpc || !find_group_named(context, vpc->id, name))
      throw errors::client("InvalidGroup.NotFound", "The security group '" + name + "' does not exist");
  }
  Json kept = Json::array();
  for (Json& group : out["SecurityGroups"]) {
    const bool named = std::find(names.begin(), names.end(), group["GroupName"].get<std::string>()) != names.end();
    if (named && group["VpcId"] == vpc->id) kept.push_back(std::move(group));
  }
  out["SecurityGroups"] = std::move(kept);
  return out;
}

Json get_security_groups_for_vpc(RequestContext& context, const Input& input) {
  static constexpr FilterRow filters[] = {{"group-id", "GroupId"},
                                          {"description", "Description"},
                                          {"group-name", "GroupName"},
                                          {"owner-id", "OwnerId"},
                                          {"primary-vpc-id", "VpcId"}};
  const std::string vpc_id = require(context, kVpc, input.str("VpcId")).id;
  Json out = describe(
      context, input,
      {.kind = kSecurityGroup, .ids = "", .output = "SecurityGroupForVpcs", .filters = filters, .vpc_id = vpc_id});
  for (Json& group : out["SecurityGroupForVpcs"]) {
    group["PrimaryVpcId"] = vpc_id;
    group.erase("VpcId");
    group.erase("SecurityGroupArn");
  }
  return out;
}

Json describe_security_group_references(RequestContext& context, const Input& input) {
  for (const auto& id : input.strings("GroupId")) {
    if (!table(context).exists(kSecurityGroup.name, id)) throw not_found(kSecurityGroup, id);
  }
  // These are references across a peering connection, of which there are none.
  return {{"SecurityGroupReferenceSet", Json::array()}};
}

Json describe_stale_security_groups(RequestContext& context, const Input& input) {
  require(context, kVpc, input.str("VpcId"));
  // A rule is stale when it names a group behind a deleted peering connection, of which there are none.
  return page(input, {}, "GroupId", "StaleSecurityGroupSet");
}

Json delete_security_group(RequestContext& context, const Input& input) {
  const Resource group = require_group(context, input);
  if (group.document["GroupName"] == "default")
    throw errors::client("CannotDelete",
                         "the specified group: \"" + group.id + "\" name: \"default\" cannot be deleted by a user");
  if (held(context, group.id))
    throw errors::client("DependencyViolation", "resource " + group.id + " has a dependent object");
  erase_security_group(context, group.id);
  return {{"Return", true}, {"GroupId", group.id}};
}

}  // namespace orrery::ec2
