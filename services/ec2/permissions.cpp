#include "services/ec2/permissions.hpp"

#include "aws/cidr.hpp"
#include "services/ec2/prefix_list.hpp"
#include "services/ec2/security_group.hpp"
#include "services/ec2/vpc_cidr.hpp"

namespace orrery::ec2 {

namespace {

bool has_ports(const Json& rule) {
  const std::string protocol = rule["IpProtocol"];
  return protocol == "tcp" || protocol == "udp" || protocol == "icmp" || protocol == "icmpv6";
}

/// The permission of a rule's protocol and ports in `list`, appended where it is missing.
Json& permission_of(Json& list, const Json& rule) {
  for (Json& permission : list) {
    if (permission["IpProtocol"] == rule["IpProtocol"] &&
        (!has_ports(rule) || (permission["FromPort"] == rule["FromPort"] && permission["ToPort"] == rule["ToPort"])))
      return permission;
  }
  Json permission{{"IpProtocol", rule["IpProtocol"]},
                  {"IpRanges", Json::array()},
                  {"Ipv6Ranges", Json::array()},
                  {"PrefixListIds", Json::array()},
                  {"UserIdGroupPairs", Json::array()}};
  if (has_ports(rule)) permission.update({{"FromPort", rule["FromPort"]}, {"ToPort", rule["ToPort"]}});
  list.push_back(std::move(permission));
  return list.back();
}

void add_source(Json& permission, const Json& rule) {
  Json source = Json::object();
  if (rule.contains("Description")) source["Description"] = rule["Description"];
  if (rule.contains("CidrIpv4")) {
    source["CidrIp"] = rule["CidrIpv4"];
    permission["IpRanges"].push_back(source);
  } else if (rule.contains("CidrIpv6")) {
    source["CidrIpv6"] = rule["CidrIpv6"];
    permission["Ipv6Ranges"].push_back(source);
  } else if (rule.contains("PrefixListId")) {
    source["PrefixListId"] = rule["PrefixListId"];
    permission["PrefixListIds"].push_back(source);
  } else {
    source["GroupId"] = rule["ReferencedGroupInfo"]["GroupId"];
    source["UserId"] = rule["ReferencedGroupInfo"]["UserId"];
    permission["UserIdGroupPairs"].push_back(source);
  }
}

Json rule_base(const std::string& protocol, std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  Json rule{{"IpProtocol", read_protocol(protocol)}};
  set_ports(rule, from, to);
  return rule;
}

Json pair_reference(RequestContext& context, const Input& pair, const Resource& group) {
  pair.acknowledge("UserId", "other accounts' groups can be named only through peering, which is refused below");
  pair.acknowledge("VpcId", "follows from the group");
  pair.acknowledge("PeeringStatus", "an output member in a shared shape");
  if (pair.has("VpcPeeringConnectionId")) throw errors::unbuilt("VpcPeeringConnectionId");
  if (const auto id = pair.find_str("GroupId")) {
    pair.acknowledge("GroupName", "the id decides");
    return reference_to(context, *id);
  }
  const std::string name = pair.str("GroupName");
  const auto named = find_group_named(context, group.document["VpcId"], name);
  if (!named) throw errors::client("InvalidGroup.NotFound", "The security group '" + name + "' does not exist");
  return reference_to(context, named->id);
}

/// Reads one list of sources into rules that differ from `base` in `member`.
template <typename Read>
void read_sources(const Input& permission, std::string_view list, const Json& base, const char* member, Read read,
                  std::vector<Json>& out) {
  for (const Input& source : permission.objects(list)) {
    Json rule = base;
    rule[member] = read(source);
    if (const auto text = source.find_str("Description")) {
      check_rule_description(*text);
      if (!text->empty()) rule["Description"] = *text;
    }
    out.push_back(std::move(rule));
  }
}

void read_permission(RequestContext& context, const Input& permission, const Resource& group, std::vector<Json>& out) {
  const Json base =
      rule_base(permission.str("IpProtocol"), permission.find_integer("FromPort"), permission.find_integer("ToPort"));
  const auto before = out.size();
  read_sources(
      permission, "IpRanges", base, "CidrIpv4", [](const Input& s) { return Json(read_ipv4_range(s.str("CidrIp"))); },
      out);
  read_sources(
      permission, "Ipv6Ranges", base, "CidrIpv6",
      [](const Input& s) { return Json(read_ipv6_range(s.str("CidrIpv6"))); }, out);
  read_sources(
      permission, "PrefixListIds", base, "PrefixListId",
      [&](const Input& s) {
        const std::string id = s.str("PrefixListId");
        require_prefix_list(context, id);
        return Json(id);
      },
      out);
  read_sources(
      permission, "UserIdGroupPairs", base, "ReferencedGroupInfo",
      [&](const Input& s) { return pair_reference(context, s, group); }, out);
  if (out.size() == before)
    throw errors::client("MissingParameter",
                         "The request must contain the parameter cidrIp, or a source of another kind");
}

void read_flat(RequestContext& context, const Input& input, const Resource& group, std::vector<Json>& out) {
  const auto range = input.find_str("CidrIp"), name = input.find_str("SourceSecurityGroupName");
  if (!range && !name) return;
  // A source group without a protocol stands for all traffic (EC2 API reference, AuthorizeSecurityGroupIngress).
  const Json base = rule_base(input.str("IpProtocol", name ? "-1" : ""), input.find_integer("FromPort"),
                              input.find_integer("ToPort"));
  if (range) {
    out.push_back(base);
    out.back()["CidrIpv4"] = read_ipv4_range(*range);
  }
  if (!name) return;
  input.acknowledge("SourceSecurityGroupOwnerId", "groups of other accounts need peering");
  const auto source = find_group_named(context, group.document["VpcId"], *name);
  if (!source) throw errors::client("InvalidGroup.NotFound", "The security group '" + *name + "' does not exist");
  out.push_back(base);
  out.back()["ReferencedGroupInfo"] = reference_to(context, source->id);
}

}  // namespace

std::vector<Resource> rules_of_group(RequestContext& context, const std::string& group_id) {
  std::vector<Resource> out;
  for (const auto& edge : table(context).links_to(kSecurityGroup.name, group_id)) {
    if (edge.from.kind != kSecurityGroupRule.name || edge.role != "group") continue;
    if (auto rule = table(context).find(kSecurityGroupRule.name, edge.from.id)) out.push_back(std::move(*rule));
  }
  std::stable_sort(out.begin(), out.end(), [](const Resource& a, const Resource& b) { return a.created < b.created; });
  return out;
}

Json permissions(const std::vector<Resource>& rules, Direction direction) {
  Json out = Json::array();
  for (const Resource& rule : rules) {
    if (rule.document["IsEgress"] != (direction == Direction::egress)) continue;
    add_source(permission_of(out, rule.document), rule.document);
  }
  return out;
}

std::vector<Json> read_permissions(RequestContext& context, const Input& input, const Resource& group,
                                   Direction direction) {
  std::vector<Json> out;
  for (const Input& permission : input.objects("IpPermissions")) read_permission(context, permission, group, out);
  if (out.empty()) read_flat(context, input, group, out);
  for (Json& rule : out) rule["IsEgress"] = direction == Direction::egress;
  return out;
}

std::string read_protocol(const std::string& text) {
  if (text.empty()) throw errors::missing("ipProtocol");
  if (text == "-1" || text == "all") return "-1";
  if (text == "6" || text == "tcp") return "tcp";
  if (text == "17" || text == "udp") return "udp";
  if (text == "1" || text == "icmp") return "icmp";
  if (text == "58" || text == "icmpv6") return "icmpv6";
  const bool number = text.size() < 4 && text.find_first_not_of("0123456789") == std::string::npos;
  if (number && std::stoi(text) <= 255) return text;
  throw errors::invalid_parameter("Invalid value '" + text + "' for IP protocol. Unknown protocol.");
}

void set_ports(Json& rule, std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  const std::string protocol = rule["IpProtocol"];
  rule["FromPort"] = -1;
  rule["ToPort"] = -1;
  if (protocol == "tcp" || protocol == "udp") {
    if (!from || !to)
      throw errors::invalid_parameter(
          "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    if (*from < 0 || *to > 65535 || *from > *to)
      throw errors::invalid_parameter("Invalid TCP/UDP port range (" + std::to_string(*from) + ":" +
                                      std::to_string(*to) + ")");
    rule["FromPort"] = *from;
    rule["ToPort"] = *to;
  } else if (has_ports(rule)) {
    rule["FromPort"] = from.value_or(-1);
    rule["ToPort"] = to.value_or(-1);
    if (rule["FromPort"] < -1 || rule["FromPort"] > 255 || rule["ToPort"] < -1 || rule["ToPort"] > 255)
      throw errors::invalid_parameter("ICMP type (" + rule["FromPort"].dump() + ") or code (" + rule["ToPort"].dump() +
                                      ") out of range.");
  }
}

std::string read_ipv4_range(const std::string& text) {
  const auto cidr = aws::parse_cidr(text);
  if (!cidr) throw errors::invalid_parameter("CIDR block " + text + " is malformed");
  return cidr->text();
}

std::string read_ipv6_range(const std::string& text) {
  const auto cidr = parse_cidr6(text);
  if (!cidr) throw errors::invalid_parameter("CIDR block " + text + " is malformed");
  return cidr->text();
}

Json reference_to(RequestContext& context, const std::string& group_id) {
  if (!table(context).exists(kSecurityGroup.name, group_id)) throw not_found(kSecurityGroup, group_id);
  return {{"GroupId", group_id}, {"UserId", context.account}};
}

bool description_fits(const std::string& text) {
  static constexpr std::string_view allowed = "0123456789. _-:/()#,@[]+=&;{}!$*";
  return text.size() < 256 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || allowed.find(c) != allowed.npos;
         });
}

void check_rule_description(const std::string& text) {
  if (!description_fits(text))
    throw errors::invalid_parameter(
        "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  "
        "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
}

std::string rule_key(const Json& rule) {
  std::string source = rule.value("CidrIpv4", rule.value("CidrIpv6", rule.value("PrefixListId", "")));
  if (rule.contains("ReferencedGroupInfo")) source = rule["ReferencedGroupInfo"]["GroupId"];
  return rule["IsEgress"].dump() + "|" + rule["IpProtocol"].get<std::string>() + "|" + rule["FromPort"].dump() + "|" +
         rule["ToPort"].dump() + "|" + source;
}

Resource add_rule(RequestContext& context, const Resource& group, Json rule) {
  Resource out = make(context, kSecurityGroupRule);
  out.document.update(rule);
  out.document.update({{"GroupId", group.id}, {"GroupOwnerId", context.account}, {"SecurityGroupRuleArn", out.arn}});
  put(context, out);
  link(context, out, "group", kSecurityGroup, group.id);
  if (rule.contains("ReferencedGroupInfo"))
    link(context, out, "referenced-group", kSecurityGroup, rule["ReferencedGroupInfo"]["GroupId"]);
  return out;
}

Json self_rule(RequestContext& context, const Resource& group) {
  return {{"IpProtocol", "-1"},
          {"FromPort", -1},
          {"ToPort", -1},
          {"IsEgress", false},
          {"ReferencedGroupInfo", reference_to(context, group.id)}};
}

Json open_egress_rule() {
  return {{"IpProtocol", "-1"}, {"FromPort", -1}, {"ToPort", -1}, {"IsEgress", true}, {"CidrIpv4", "0.0.0.0/0"}};
}

}  // namespace orrery::ec2
