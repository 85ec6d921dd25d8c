#include "services/ec2/security_group_rule.hpp"

#include <set>

#include "services/ec2/describe.hpp"
#include "services/ec2/permissions.hpp"
#include "services/ec2/prefix_list.hpp"
#include "services/ec2/security_group.hpp"
#include "services/ec2/tags.hpp"
#include "services/ec2/vpc.hpp"

namespace orrery::ec2 {

namespace {

/// AWS's default quota of rules for each direction (VPC user guide, "Amazon VPC quotas").
constexpr std::size_t kMostRules = 60;

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

AwsError duplicate(const Json& rule) {
  const std::string key = rule_key(rule);
  std::string text = "peer: " + key.substr(key.rfind('|') + 1) + ", ";
  const std::string protocol = rule["IpProtocol"];
  text += protocol == "-1" ? "ALL" : upper(protocol);
  if (protocol == "tcp" || protocol == "udp")
    text += ", from port: " + rule["FromPort"].dump() + ", to port: " + rule["ToPort"].dump();
  if (protocol == "icmp" || protocol == "icmpv6")
    text += ", type: " + rule["FromPort"].dump() + ", code: " + rule["ToPort"].dump();
  return errors::client("InvalidPermission.Duplicate", "the specified rule \"" + text + ", ALLOW\" already exists");
}

AwsError no_such_rule() {
  return errors::client("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
}

void refuse_repeats(const std::vector<Json>& rules) {
  std::set<std::string> keys;
  for (const Json& rule : rules) {
    if (!keys.insert(rule_key(rule)).second)
      throw errors::invalid_parameter("The same permission must not appear multiple times");
  }
}

Json authorize(RequestContext& context, const Input& input, Direction direction) {
  const Tags tags = tags_of(input, kSecurityGroupRule);
  const Resource group = require_group(context, input);
  const auto rules = read_permissions(context, input, group, direction);
  if (rules.empty()) throw errors::missing("ipPermissions");
  refuse_repeats(rules);
  const auto present = rules_of_group(context, group.id);
  std::size_t count = rules.size();
  for (const Resource& rule : present) {
    for (const Json& added : rules) {
      if (rule_key(rule.document) == rule_key(added)) throw duplicate(added);
    }
    count += rule.document["IsEgress"] == (direction == Direction::egress);
  }
  if (count > kMostRules)
    throw errors::client("RulesPerSecurityGroupLimitExceeded",
                         "The maximum number of rules per security group has been reached.");
  Json made = Json::array();
  for (const Json& rule : rules) {
    const Resource added = add_rule(context, group, rule);
    table(context).tag(kSecurityGroupRule.name, added.id, tags);
    made.push_back(with_tags(context, kSecurityGroupRule, added));
  }
  return {{"Return", true}, {"SecurityGroupRules", made}};
}

Json revoked(const Json& rule) {
  Json out = rule;
  for (const char* member : {"GroupOwnerId", "SecurityGroupRuleArn", "ReferencedGroupInfo"}) out.erase(member);
  if (rule.contains("ReferencedGroupInfo")) out["ReferencedGroupId"] = rule["ReferencedGroupInfo"]["GroupId"];
  return out;
}

/// The group's rules that the input names by id.
std::vector<Resource> rules_by_id(const std::vector<Resource>& rules, const std::vector<std::string>& ids,
                                  Direction direction) {
  std::vector<Resource> out;
  for (const auto& id : ids) {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Resource& rule) { return rule.id == id; });
    if (found == rules.end() || found->document["IsEgress"] != (direction == Direction::egress)) {
      check_form(kSecurityGroupRule, id);
      throw not_found(kSecurityGroupRule, id);
    }
    out.push_back(*found);
  }
  return out;
}

/// The rules that IpPermissions names; `unknown` gets those that the group lacks.
std::vector<Resource> rules_by_permission(const std::vector<Resource>& rules, const std::vector<Json>& named,
                                          std::vector<Resource>& unknown) {
  std::vector<Resource> out;
  for (const Json& wanted : named) {
    const auto found = std::find_if(rules.begin(), rules.end(),
                                    [&](const Resource& rule) { return rule_key(rule.document) == rule_key(wanted); });
    if (found != rules.end()) {
      out.push_back(*found);
    } else {
      unknown.emplace_back();
      unknown.back().document = wanted;
    }
  }
  return out;
}

bool in_default_vpc(RequestContext& context, const Resource& group) {
  const auto vpc = find_default_vpc(context);
  return vpc && group.document["VpcId"] == vpc->id;
}

Json revoke(RequestContext& context, const Input& input, Direction direction) {
  const Resource group = require_group(context, input);
  const auto rules = rules_of_group(context, group.id);
  const auto ids = input.strings("SecurityGroupRuleIds");
  std::vector<Resource> unknown, named;
  if (!ids.empty()) {
    named = rules_by_id(rules, ids, direction);
  } else {
    const auto wanted = read_permissions(context, input, group, direction);
    if (wanted.empty()) throw errors::missing("ipPermissions");
    named = rules_by_permission(rules, wanted, unknown);
  }
  // Only the default VPC's groups forgive rules that they do not have (EC2 API reference, RevokeSecurityGroupIngress).
  if (!unknown.empty() && !in_default_vpc(context, group)) throw no_such_rule();
  Json gone = Json::array();
  for (const Resource& rule : named) {
    gone.push_back(revoked(rule.document));
    table(context).erase(kSecurityGroupRule.name, rule.id);
  }
  Json out{{"Return", true}, {"RevokedSecurityGroupRules", gone}};
  if (!unknown.empty()) out["UnknownIpPermissions"] = permissions(unknown, direction);
  return out;
}

/// A rule's new properties, of which ModifySecurityGroupRules wants all.
Json changed_rule(RequestContext& context, const Input& change, const Resource& rule) {
  Json out{{"IpProtocol", read_protocol(change.str("IpProtocol"))}, {"IsEgress", rule.document["IsEgress"]}};
  set_ports(out, change.find_integer("FromPort"), change.find_integer("ToPort"));
  int sources = 0;
  if (const auto text = change.find_str("CidrIpv4")) ++sources, out["CidrIpv4"] = read_ipv4_range(*text);
  if (const auto text = change.find_str("CidrIpv6")) ++sources, out["CidrIpv6"] = read_ipv6_range(*text);
  if (const auto id = change.find_str("PrefixListId")) {
    require_prefix_list(context, *id);
    ++sources, out["PrefixListId"] = *id;
  }
  if (const auto id = change.find_str("ReferencedGroupId"))
    ++sources, out["ReferencedGroupInfo"] = reference_to(context, *id);
  if (sources == 0) throw errors::missing("CidrIpv4, CidrIpv6, PrefixListId or ReferencedGroupId");
  if (sources > 1)
    throw errors::combination("Only one of CidrIpv4, CidrIpv6, PrefixListId, and ReferencedGroupId can be specified");
  for (const char* member : {"CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupInfo"}) {
    if (out.contains(member) != rule.document.contains(member))
      throw errors::invalid_parameter("You may not modify the source type of a security group rule.");
  }
  if (const auto text = change.find_str("Description")) {
    check_rule_description(*text);
    if (!text->empty()) out["Description"] = *text;
  }
  return out;
}

void set_description(Json& rule, const std::string& text) {
  check_rule_description(text);
  if (text.empty())
    rule.erase("Description");
  else
    rule["Description"] = text;
}

Json update_descriptions(RequestContext& context, const Input& input, Direction direction) {
  const Resource group = require_group(context, input);
  const auto rules = rules_of_group(context, group.id);
  for (const Input& change : input.objects("SecurityGroupRuleDescriptions")) {
    Resource rule = rules_by_id(rules, {change.str("SecurityGroupRuleId")}, direction).front();
    set_description(rule.document, change.str("Description"));
    put(context, rule);
  }
  if (!input.has("IpPermissions")) return {{"Return", true}};
  const auto wanted = read_permissions(context, input, group, direction);
  std::vector<Resource> unknown;
  auto named = rules_by_permission(rules, wanted, unknown);
  if (!unknown.empty()) throw no_such_rule();
  for (std::size_t i = 0; i < named.size(); ++i) {
    set_description(named[i].document, wanted[i].value("Description", ""));
    put(context, named[i]);
  }
  return {{"Return", true}};
}

}  // namespace

Json authorize_security_group_ingress(RequestContext& context, const Input& input) {
  return authorize(context, input, Direction::ingress);
}
Json authorize_security_group_egress(RequestContext& context, const Input& input) {
  return authorize(context, input, Direction::egress);
}
Json revoke_security_group_ingress(RequestContext& context, const Input& input) {
  return revoke(context, input, Direction::ingress);
}
Json revoke_security_group_egress(RequestContext& context, const Input& input) {
  return revoke(context, input, Direction::egress);
}
Json update_rule_descriptions_ingress(RequestContext& context, const Input& input) {
  return update_descriptions(context, input, Direction::ingress);
}
Json update_rule_descriptions_egress(RequestContext& context, const Input& input) {
  return update_descriptions(context, input, Direction::egress);
}

Json describe_security_group_rules(RequestContext& context, const Input& input) {
  static constexpr FilterRow filters[] = {{"group-id", "GroupId"}, {"security-group-rule-id", "SecurityGroupRuleId"}};
  return describe(
      context, input,
      {.kind = kSecurityGroupRule, .ids = "SecurityGroupRuleIds", .output = "SecurityGroupRules", .filters = filters});
}

Json modify_security_group_rules(RequestContext& context, const Input& input) {
  const Resource group = require_group(context, input);
  for (const Input& update : input.objects("SecurityGroupRules")) {
    const Resource rule = require(context, kSecurityGroupRule, update.str("SecurityGroupRuleId"));
    if (rule.document["GroupId"] != group.id) throw not_found(kSecurityGroupRule, rule.id);
    Json changed = changed_rule(context, update.object("SecurityGroupRule"), rule);
    for (const Resource& other : rules_of_group(context, group.id)) {
      if (other.id != rule.id && rule_key(other.document) == rule_key(changed)) throw duplicate(changed);
    }
    table(context).unlink(kSecurityGroupRule.name, rule.id, "referenced-group");
    if (changed.contains("ReferencedGroupInfo"))
      link(context, rule, "referenced-group", kSecurityGroup, changed["ReferencedGroupInfo"]["GroupId"]);
    Resource out = rule;
    for (const char* member : {"SecurityGroupRuleId", "GroupId", "GroupOwnerId", "SecurityGroupRuleArn"})
      changed[member] = rule.document[member];
    out.document = std::move(changed);
    put(context, out);
  }
  return {{"Return", true}};
}

}  // namespace orrery::ec2
